"""Objects of a program's classes that derive from Keras's optimizers, metrics, losses, …"""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.language.objects.own_classes import Class, Instance
from lstmcount.programs.language.run import Run
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.libraries.keras.values.layer_classes import KerasObject

# What gives an optimizer variables besides those of its base.
_METHODS = {"build", "variables", "_create_slots", "_create_all_weights"}
_CALLS = {
    "Variable", "add_variable", "add_variable_from_reference", "add_optimizer_variables",
    "add_slot", "add_weight",
}  # fmt: skip


class OwnObject(Instance):
    """An object of a program's class that derives from a class of Keras without weights."""

    def __init__(self, cls: Class, base: Native, models_before: int) -> None:
        super().__init__(cls)
        self.base = base
        self.models_before = models_before
        self.of_base: KerasObject | None = None  # what the constructor of the base makes

    def after_init(self, run: Run) -> None:
        """The models that its `__init__` makes serve it, and are none of the program itself."""
        for helper in run.library_state["keras"].models[self.models_before :]:
            helper.is_part = True

    def inherited(self, run: Run, name: str) -> Any:
        if name == "__init__":
            return Native(name, self._init_base, raw=True)
        return super().inherited(run, name)

    def init_without_own(
        self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST
    ) -> None:
        self._init_base(run, args, kwargs, node)

    def _init_base(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> None:
        made = self.base.call(run, args, kwargs, node)
        self.of_base = made if isinstance(made, KerasObject) else None

    def as_base(self, deciding: set[str]) -> KerasObject | None:
        """The object of the base, if its class adds no variables and sets none of these names."""
        classes = [each for each in self.cls.ancestry() if isinstance(each, Class)]
        is_known = len(classes) + 1 == len(self.cls.ancestry())
        adds = any(_adds_variables(each) for each in classes)
        if self.of_base is None or not is_known or adds:
            return None
        own = {name: self.attributes[name] for name in deciding & {*self.attributes}}
        is_changed = any(value is not self.of_base.arguments.get(key) for key, value in own.items())
        return None if is_changed else self.of_base


def _adds_variables(cls: Class) -> bool:
    return any(
        (isinstance(node, ast.FunctionDef) and node.name in _METHODS)
        or (isinstance(node, ast.Attribute) and node.attr in _CALLS)
        or (isinstance(node, ast.Name) and node.id in _CALLS)
        for node in ast.walk(cls.node)
    )
