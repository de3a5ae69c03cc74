"""The custom layers that a model may use: those of its spec, then those of its project."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from lstmcount.config import Declaration

Declarations = Mapping[str, Declaration]


class CustomLayers:
    """Declarations of layers by class name, which may have a package: `package>Class`."""

    def __init__(
        self,
        own: Declarations | None = None,
        load_project: Callable[[], Declarations] | None = None,
        code: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        self.own = own or {}
        self.load_project = load_project  # the project's declarations, read for unknown classes
        self.code = code  # the files and folders with the code of classes
        self.missing: set[str] = set()  # the classes that were looked up and not found
        self.found: set[str] = set()  # those whose declaration was found

    def find(self, class_name: str) -> Declaration | None:
        """The declaration of a class; None if it is not declared.

        A name without a package matches the class in any package. A name with a package does not
        match a class of another package.
        """
        declaration = _find(self.own, class_name) or _find(self._project(), class_name)
        (self.missing if declaration is None else self.found).add(class_name)
        return declaration

    def names(self) -> list[str]:
        return [*self.own, *self._project()]

    def with_declared(self, entries: Any) -> CustomLayers:
        """These declarations and those in a spec's `custom_layers`, which take precedence."""
        if entries is None:
            return self
        from lstmcount.layers.custom.declarations import parse_declarations

        own = {**self.own, **parse_declarations(entries)}
        extended = CustomLayers(own, self.load_project, self.code)
        extended.missing = self.missing
        return extended

    def declaring(self, class_names: Iterable[str]) -> dict[str, Any]:
        """All declarations as written in files, if any of the classes is declared; else {}."""
        if not any(self.find(name) for name in class_names):
            return {}
        return {name: each.written for name, each in {**self._project(), **self.own}.items()}

    def _project(self) -> Declarations:
        return {} if self.load_project is None else self.load_project()


NONE = CustomLayers()


def _find(declared: Declarations, class_name: str) -> Declaration | None:
    if class_name in declared:
        return declared[class_name]
    package, _, bare = class_name.rpartition(">")
    if package:
        return declared.get(bare)
    return next((each for each in declared.values() if each.class_name == bare), None)
