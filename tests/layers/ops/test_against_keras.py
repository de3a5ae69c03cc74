from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from lstmcount.layers.ops import class_names
from tests.examples import examples
from tests.layers.ops.against_keras import MODULES, ours, theirs
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
