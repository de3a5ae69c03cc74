"""Weights as values of a program, and whether they are trained."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.libraries.numpy.arrays import Array
from lstmcount.shapes import Unknown

# Names of attributes that weights have, of which the values are not followed.
_NAMES = frozenset({
    "aggregation", "assign", "assign_add", "assign_sub", "constraint", "name", "synchronization",
    "trainable",
})  # fmt: skip
_NAMES_IN_KERAS_3 = frozenset({"overwrite_with_gradient", "path", "regularizer"})


def is_trainable(run: Run, value: Any, node: ast.AST) -> bool:
    """Whether `trainable=value` lets weights be trained. For an unknown, both ways are followed."""
    if isinstance(value, Unknown):
        return bool(run.decide(value, node, value.text or run.source_of(node), True))
    return value is not False


class VariableValue(Array):
    """`variable.value` of Keras 3, and what `variable.value()` returns in Keras 2."""

    __slots__ = ()

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        return Array(self.shape, self.data, self.text)


def _value_of(variable: Array, name: str) -> Any:
    """The attribute of that name if it is the variable's value; else MISSING."""
    is_value = name in ("value", "read_value")
    return VariableValue(variable.shape, variable.data, variable.text) if is_value else MISSING


def _has_variable(run: Run, weight: Array, name: str) -> bool:
    session = run.library_state["keras"]
    is_of_keras_3 = name in _NAMES_IN_KERAS_3 and not session.is_keras_2
    return name in _NAMES or is_of_keras_3 or session.has_attribute(weight, name)


class OwnWeight(Array):
    """A weight that a custom layer adds itself."""

    __slots__ = ("dtype", "name", "trainable", "trains")

    def __init__(self, name: str, array: Array, trainable: bool, dtype: Any) -> None:
        super().__init__(array.shape, array.data, array.text)
        self.name = name
        self.trainable = trainable  # when it was made
        self.trains = trainable  # now, if its layer trains
        self.dtype = dtype  # a dtype or a policy

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        value = _value_of(self, name)
        return super().attribute(run, name, node) if value is MISSING else value

    def has_unfollowed(self, run: Run, name: str) -> bool:
        return _has_variable(run, self, name)

    def lacks_followed(self, run: Run, name: str) -> bool:
        return bool(run.library_state["keras"].lacks_attribute(self, name))

    def set_attribute(self, run: Run, name: str, new: Any, node: ast.AST) -> None:
        if name in ("trainable", "_trainable"):
            self.trains = is_trainable(run, new, node)
            run.note_set(id(self), self.trains, node)

    def is_trained(self) -> bool | None:
        return self.trains


class LayerWeight(Array):
    """A weight of a layer of Keras, which a layer around it may hold, too."""

    __slots__ = ("layer", "name", "trainable")

    def __init__(
        self, layer: Any, name: str, shape: tuple[Any, ...], trainable: bool | None
    ) -> None:
        super().__init__(shape)
        self.layer = layer
        self.name = name
        self.trainable = trainable  # when it was made; None if its layer was frozen then

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        if name == "name" and not run.library_state["keras"].is_keras_2:  # there, "dense/kernel:0"
            return self.name.rpartition("/")[2]
        if name == "path" and (path := self._path(run, node)):
            return path
        value = _value_of(self, name)
        return super().attribute(run, name, node) if value is MISSING else value

    def _path(self, run: Run, node: ast.AST) -> str | None:
        """Its path in Keras, if the layer was made for functional models or one Sequential."""
        layer, prefix = self.layer, ""
        if "/" in self.name or layer.attribute(run, "cell", node) is not MISSING:
            return None
        for holder in layer.holders:
            if hasattr(holder, "cls") and not (holder.is_graph or holder.is_sequential):
                return None  # the path begins with that of the own layer
            if holder.class_name == "Sequential" and len(layer.calls) == 1 and not prefix:
                has_input = holder.layers[0].class_name == "InputLayer"
                prefix = f"{holder.name}/" if has_input and holder.name else ""
            if not prefix and getattr(holder, "tensors_out", None) is None:
                return None
        return f"{prefix}{layer.name}/{self.name}"

    def has_unfollowed(self, run: Run, name: str) -> bool:
        return _has_variable(run, self, name)

    def lacks_followed(self, run: Run, name: str) -> bool:
        return bool(run.library_state["keras"].lacks_attribute(self, name))

    def set_attribute(self, run: Run, name: str, new: Any, node: ast.AST) -> None:
        if name in ("trainable", "_trainable"):
            frozen = self.layer.frozen_weights - {self.name}
            trains = is_trainable(run, new, node)
            run.note_set((self.layer.serial, self.name), trains, node)
            if trains and not (self.layer.trainable and self.trainable is not False):
                text = f"the effect of training {self.name} alone of the frozen {self.layer.name}"
                raise run.error(node, f"{text} is not known")
            self.layer.frozen_weights = frozen if trains else frozen | {self.name}

    def is_trained(self) -> bool | None:
        is_free = self.layer.trainable and self.name not in self.layer.frozen_weights
        return self.trainable if is_free else False
