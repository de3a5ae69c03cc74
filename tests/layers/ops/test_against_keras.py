from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from lstmcount.layers.ops.classes import class_names
from tests.examples import examples
from tests.layers.ops.against_keras import MODULES, REFUSED, ours, theirs
from tests.layers.ops.cases import strategies

CASES = strategies()
WITHOUT_CASES = ("AssociativeScan", "SegmentReduction", "View", "ViewAsReal")

pytestmark = pytest.mark.oracle


@pytest.mark.parametrize("class_name", [name for name in CASES if name not in WITHOUT_CASES])
def test_output_shapes_are_what_keras_infers(class_name: str) -> None:
    pytest.importorskip("keras")

    @given(CASES[class_name])
    @settings(
        max_examples=examples(25),
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
    )
    def compare(case: tuple[dict[str, Any], list[Any]]) -> None:
        arguments, args = case
        assert ours(class_name, arguments, args) == theirs(class_name, arguments, args)

    compare()


WITHOUT_LISTS = (*WITHOUT_CASES, "ForiLoop")  # which gives what its function makes of a list
STRUCTURES: dict[str, Callable[[Any], Any]] = {
    "a list of one": lambda tensor: [tensor],
    "a list of two": lambda tensor: [tensor, tensor],
    "a list in a list": lambda tensor: [[tensor]],
    "a dict": lambda tensor: {"a": tensor},
}


@pytest.mark.parametrize("class_name", [name for name in CASES if name not in WITHOUT_LISTS])
def test_a_structure_gives_no_shape_where_keras_takes_one_tensor(class_name: str) -> None:
    pytest.importorskip("keras")

    @given(CASES[class_name])
    @settings(max_examples=4, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def compare(case: tuple[dict[str, Any], list[Any]]) -> None:
        arguments, args = case
        tensors = [at for at, given in enumerate(args) if isinstance(given, tuple) and given]
        for at, structure in product(tensors, STRUCTURES.values()):
            called = [*args[:at], structure(args[at]), *args[at + 1 :]]
            here = ours(class_name, arguments, called)
            assert here in (None, REFUSED) or here == theirs(class_name, arguments, called)

    compare()


def test_every_operation_of_the_installed_keras_is_in_the_registry() -> None:
    pytest.importorskip("keras")
    for module in MODULES:
        importlib.import_module(f"keras.src.ops.{module}")
    missing = {cls.__name__ for cls in _operations()} - set(class_names())
    assert not missing


def _operations() -> Iterator[type]:
    from keras.src.layers.layer import Layer
    from keras.src.ops.operation import Operation

    todo = list(Operation.__subclasses__())
    while todo:
        cls = todo.pop()
        if not issubclass(cls, Layer):
            if cls.__module__.startswith("keras."):
                yield cls
            todo += cls.__subclasses__()
