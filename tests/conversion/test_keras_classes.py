"""Keras has all names that written programs use."""

from __future__ import annotations

import builtins
import importlib
import inspect
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from lstmcount.config import LayerConfig
from lstmcount.conversion.classes import place_of
from lstmcount.conversion.operations import _WITHOUT_FUNCTION
from lstmcount.conversion.variables import Variables
from lstmcount.errors import LstmcountError
from lstmcount.layers.base import Layer
from lstmcount.layers.families import FAMILIES
from lstmcount.layers.making.constructor_order import arguments
from lstmcount.layers.objects import CLASSES
from lstmcount.layers.ops.registry import by_operation, module_of, signatures
from lstmcount.layers.registry import find
from tests.differential import real_keras

OF_EVERY_LAYER = {"activity_regularizer", "autocast", "dtype", "name", "trainable"}
# Which Keras takes from `**kwargs`.
FROM_KWARGS = {"alpha", "has_input_vocabulary", "implementation", "rms_scaling", "vocabulary_size"}


def resolve(path: str) -> Any:
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


def parameters(made: Any) -> set[str]:
    """The arguments of a constructor or function; those of the bases behind `**kwargs`, too."""
    names: set[str] = set()
    for base in made.__mro__ if inspect.isclass(made) else (made,):
        init = base.__dict__.get("__init__") if inspect.isclass(base) else base
        if init is not None and base.__module__.startswith("keras"):
            names |= set(inspect.signature(init).parameters)
    return names


@pytest.mark.oracle
def test_classes_of_serialised_objects() -> None:
    real_keras.fresh()
    for module, classes in CLASSES.items():
        for name, names in classes.items():
            found = resolve(f"{module}.{name}")
            assert set(names) <= parameters(found), name


def layers_in_keras() -> Iterator[tuple[type[Layer], Any]]:
    """Our classes, and Keras's that programs make of them."""
    for name in " ".join(FAMILIES.values()).split():
        cls = find(name)
        assert cls is not None
        with suppress(LstmcountError):
            yield cls, resolve(".".join(place_of(cls.__name__, LayerConfig(class_name=name))))


@pytest.mark.oracle
def test_every_argument_of_a_layer_is_one_of_keras() -> None:
    real_keras.fresh()
    wrong = {}
    for cls, made in layers_in_keras():
        known = parameters(made) | OF_EVERY_LAYER | FROM_KWARGS
        if extra := set(arguments(cls)) - known:
            wrong[cls.__name__] = extra
    assert wrong == {}


@pytest.mark.oracle
def test_functions_and_operations() -> None:
    real_keras.fresh()
    for name, signature in signatures().items():
        prefix = "keras.ops.image" if "image" in module_of(signature.operation) else "keras.ops"
        named = {argument.strip("*") for argument in signature.arguments}
        assert named <= parameters(resolve(f"{prefix}.{name}")), name
    for name, signature in by_operation().items():
        made = resolve(f"{module_of(name)}.{name}")
        assert signature.constructor <= parameters(made), name
        called = {argument.strip("*") for argument in signature.called_with}
        assert called <= set(inspect.signature(made.call).parameters), name
    for name, names in _WITHOUT_FUNCTION.items():
        assert set(names) <= parameters(resolve(f"{module_of(name)}.{name}")), name


@pytest.mark.oracle
def test_arguments_of_calls() -> None:
    """But for `inputs`, which programs pass by position: it has other names in Keras."""
    real_keras.fresh()
    wrong = {}
    for cls, made in layers_in_keras():
        known = {*inspect.signature(made.call).parameters, "inputs", "training"}
        if extra := set(cls.keywords()) - known:
            wrong[cls.__name__] = extra
    assert wrong == {}


def test_variables_shadow_nothing_of_python() -> None:
    # Libraries such as debuggers add functions of their own.
    added = {name for name, value in vars(builtins).items() if inspect.isfunction(value)}
    taken = set(dir(builtins)) - set(dir(object)) - added - {"_"}
    variables = Variables()
    assert not taken & {variables.new(name) for name in sorted(taken)}
