"""Variables that a program creates itself, and those that count as weights of a custom layer."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.language.run import Run
from lstmcount.programs.language.values.natives import arguments_by_name
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.libraries.keras.session import construct
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.libraries.keras.values.layer_classes import KerasObject
from lstmcount.programs.libraries.keras.values.objects import Custom
from lstmcount.programs.libraries.keras.values.trainable import LayerWeight, OwnWeight, is_trainable
from lstmcount.programs.libraries.numpy.arrays import Array, from_data
from lstmcount.shapes import Unknown

_NUMBERS_OF_METRICS = {"Sum": 1, "AUC": 800}  # other metrics have a total and a count


class Variable(OwnWeight):
    """A variable of Keras or TensorFlow. The Keras version decides which variables are weights."""

    __slots__ = ("is_of_keras",)

    def __init__(
        self, array: Array, name: str, trainable: bool, is_of_keras: bool, dtype: Any
    ) -> None:
        super().__init__(name, array, trainable, dtype)
        self.is_of_keras = is_of_keras

    def __reduce__(self) -> Any:
        array = Array(self.shape, self.data, self.text)
        return Variable, (array, self.name, self.trains, self.is_of_keras, self.dtype)


def keras_variable(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`keras.Variable(initializer, shape=None, dtype=None, trainable=True, …)`."""
    names = ("initializer", "shape", "dtype", "trainable")
    return _variable(run, arguments_by_name(names, args, kwargs), True, node)


def tensorflow_variable(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`tf.Variable(initial_value, trainable=True, …)`."""
    names = ("initializer", "trainable")
    passed = arguments_by_name(names, args, kwargs)
    passed.setdefault("initializer", passed.get("initial_value"))
    return _variable(run, passed, False, node)


def backend_variable(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`K.variable(value, dtype=None, name=None)`."""
    passed = arguments_by_name(("initializer", "dtype", "name"), args, kwargs)
    passed.setdefault("initializer", passed.get("value"))
    return _variable(run, passed, False, node)


def _variable(run: Run, passed: dict[str, Any], is_of_keras: bool, node: ast.AST) -> Variable:
    value, shape = passed.get("initializer"), passed.get("shape")
    if isinstance(value, Function | Native):
        value = run.call(value, [], {}, node)
    if isinstance(shape, int):
        shape = (shape,)
    if isinstance(shape, list | tuple):
        value = Array(tuple([Unknown("?") if dim is None else dim for dim in shape]))
    elif isinstance(value, list | tuple):
        value = from_data(list(value))
    elif isinstance(value, int | float):
        value = Array((), value)
    if not isinstance(value, Array):
        value = Array((Unknown(f"the shape of {run.source_of(node)}"),))
    name, trainable = passed.get("name"), passed.get("trainable")
    name = name if isinstance(name, str) else "variable"
    dtype = weight_dtype(run, passed, session_of(run).floatx, node)
    return Variable(value, name, is_trainable(run, trainable, node), is_of_keras, dtype)


def weight_dtype(run: Run, passed: dict[str, Any], default: Any, node: ast.AST) -> Any:
    """The argument `dtype` of a variable as plain data, or the default."""
    dtype = construct.as_argument(passed.get("dtype"))
    dtype = default if dtype is None else dtype
    construct.note_unknown_dtype(session_of(run), dtype, run.place(node))
    return dtype


def track(run: Run, layer: Custom, value: Any, node: ast.AST) -> None:
    """Add the variables in a new attribute's value to the custom layer's weights."""
    place = run.place(node)
    for part in parts(value):
        if isinstance(part, LayerWeight):
            layer.held_weights.append(part)
        elif isinstance(part, OwnWeight):
            if any(part is each for each in layer.own_weights):
                continue
            layer.own_weights.append(part)
            if isinstance(part, Variable) and not part.is_of_keras:
                message = "a tf.Variable is a weight in Keras 2 and counted as one"
                session_of(run).note(place, message, "Keras 3 does not count it")
        elif part.kind == "metrics" and session_of(run).is_keras_2:
            count = _NUMBERS_OF_METRICS.get(part.class_name, 2)
            layer.own_weights.append(OwnWeight(part.class_name, Array((count,)), False, "float32"))
            message = "the numbers of a metric are weights in Keras 2 and counted as such"
            session_of(run).note(place, message, "Keras 3 does not count them")


def parts(value: Any) -> Iterator[OwnWeight | LayerWeight | KerasObject]:
    """The variables and objects of Keras in a value, of which each container is searched once."""
    searched: set[int] = set()
    todo = [value]
    while todo:
        part = todo.pop()
        if isinstance(part, list | tuple | dict) and id(part) not in searched:
            searched.add(id(part))
            todo += reversed(part.values() if isinstance(part, dict) else part)
        elif isinstance(part, OwnWeight | LayerWeight | KerasObject):
            yield part
