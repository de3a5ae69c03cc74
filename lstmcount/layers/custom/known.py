"""The custom layers for a model: the spec's own, then those of its project."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from lstmcount.config import Declaration

Declarations = Mapping[str, Declaration]


class CustomLayers:
    """Declarations by class name, possibly with a package: `package>Class`."""

    def __init__(
        self,
        own: Declarations | None = None,
        beyond: Callable[[], Declarations] | None = None,
        code: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        self.own = own or {}
        self.beyond = beyond  # called only for an unknown class
        self.code = code  # likewise, for the files and folders with the code of classes
        self.missing: set[str] = set()  # classes that nothing declares

    def find(self, class_name: str) -> Declaration | None:
        """The declaration of a class: of exactly that name, else of that class in any package.

        A name with a package does not match a class of another package.
        """
        found = _find(self.own, class_name) or _find(self._others(), class_name)
        if found is None:
            self.missing.add(class_name)
        return found

    def names(self) -> list[str]:
        return [*self.own, *self._others()]

    def with_own(self, given: Any) -> CustomLayers:
        """These declarations, preceded by those of a spec."""
        if given is None:
            return self
        from lstmcount.layers.custom.declarations import parse_declarations

        made = CustomLayers({**self.own, **parse_declarations(given)}, self.beyond, self.code)
        made.missing = self.missing
        return made

    def declaring(self, class_names: Iterable[str]) -> dict[str, Any]:
        """All declarations as a file writes them, if one is for such a class; else none."""
        if not any(self.find(name) for name in class_names):
            return {}
        return {name: found.given for name, found in {**self._others(), **self.own}.items()}

    def _others(self) -> Declarations:
        return {} if self.beyond is None else self.beyond()


NONE = CustomLayers()


def _find(declared: Declarations, class_name: str) -> Declaration | None:
    if class_name in declared:
        return declared[class_name]
    package, _, bare = class_name.rpartition(">")
    if package:
        return declared.get(bare)
    return next((found for found in declared.values() if found.class_name == bare), None)
