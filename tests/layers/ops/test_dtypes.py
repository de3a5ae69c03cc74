"""The dtypes that operations return, by hand and as Keras infers them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from lstmcount.layers.ops.dtypes import Typed, result_dtypes
from lstmcount.shapes import UNKNOWN
from tests.examples import examples
from tests.layers.ops.against_keras import dtypes_in_keras
from tests.layers.ops.cases import strategies

HALF, SINGLE, INT, BYTE, BOOL = map(Typed, ("float16", "float32", "int32", "uint8", "bool"))
ARRAY = {"class_name": "__numpy__", "config": {"value": [1.5], "dtype": "float64"}}


@pytest.mark.parametrize(
    ("class_name", "args", "dtypes"),
    [
        ("Relu", [HALF], ["float16"]),
        ("Reshape", [BYTE], ["uint8"]),
        ("Add", [HALF, 1.0], ["float16"]),
        ("Add", [INT, 1.0], ["float32"]),
        ("Add", [BOOL, 1], ["int32"]),
        ("Add", [BYTE, 1], ["uint8"]),
        ("Multiply", [HALF, ARRAY], ["float16"]),
        ("Multiply", [INT, HALF], ["float16"]),
        ("Maximum", [BYTE, Typed("int8")], ["int16"]),
        ("Subtract", [HALF, Typed("bfloat16")], ["float32"]),
        ("Concatenate", [[HALF, SINGLE]], ["float32"]),
        ("Add", [Typed("float64"), SINGLE], ["float64"]),
        ("Matmul", [Typed("int8"), Typed("int8")], ["int32"]),
        ("Divide", [INT, 2], ["float32"]),
        ("Nextafter", [HALF, 1.0], ["float32"]),
        ("Gcd", [BYTE, 2], ["int32"]),
        ("Mean", [INT], ["float32"]),
        ("Exp", [HALF], ["float16"]),
        ("Equal", [INT, INT], ["bool"]),
        ("Argmax", [HALF], ["int32"]),
        ("Sum", [BOOL], ["int32"]),
        ("Cumsum", [BOOL], ["int32"]),
        ("TopK", [HALF], ["float16", "int32"]),
        ("Split", [BYTE], ["uint8", "uint8"]),
        ("Where", [BOOL, HALF, 0.0], ["float16"]),
        ("Select", [[BOOL], [HALF]], ["float16"]),
        ("SearchSorted", [Typed("float32", (5,)), SINGLE], ["int32"]),
        ("SearchSorted", [Typed("float32", (UNKNOWN,)), SINGLE], ["int64"]),
        ("ViewAsComplex", [SINGLE], ["complex64"]),
        ("Unheard", [HALF], ["float16"]),
        ("Unheard", [], ["float32"]),
    ],
    ids=str,
)
def test_dtypes(class_name: str, args: list[Any], dtypes: list[str]) -> None:
    assert result_dtypes(class_name, {}, args, len(dtypes)) == dtypes


def test_an_argument_chooses_the_dtype() -> None:
    assert result_dtypes("Cast", {"dtype": "int8"}, [SINGLE], 1) == ["int8"]
    assert result_dtypes("OneHot", {"dtype": None}, [INT], 1) == ["float32"]


# Backends differ for 64 bits, so these are left out.
DTYPES = ("bool", "uint8", "int8", "int32", "uint32", "float16", "bfloat16", "float32")
WITHOUT_CASES = ("AssociativeScan", "SegmentReduction", "View", "ViewAsReal")
# Peculiarities of Keras: Arctan2 of an integer, booleans, 64 bits in JAX, Meshgrid with "ij".
ODD: dict[str, tuple[str, ...]] = {
    "Arctan2": ("float16", "bfloat16"), "Heaviside": ("bool",), "Hypot": ("bool",),
    "Gcd": ("uint32",), "Lcm": ("uint32",), "Meshgrid": DTYPES,
}  # fmt: skip
CASES = strategies()


@pytest.mark.oracle
@pytest.mark.parametrize("class_name", [name for name in CASES if name not in WITHOUT_CASES])
def test_dtypes_are_what_keras_infers(class_name: str) -> None:
    pytest.importorskip("keras")

    @given(CASES[class_name])
    @settings(
        max_examples=examples(5), deadline=None, database=None, suppress_health_check=HealthCheck
    )
    def compare(case: tuple[dict[str, Any], list[Any]]) -> None:
        arguments, args = case
        for dtype in DTYPES:
            theirs = dtypes_in_keras(class_name, arguments, args, dtype)
            if theirs is not None and dtype not in ODD.get(class_name, ()):
                ours = [_typed(each, dtype) for each in args]
                assert result_dtypes(class_name, arguments, ours, len(theirs)) == theirs

    compare()


def _typed(value: Any, dtype: str) -> Any:
    if isinstance(value, tuple):
        return Typed(dtype, tuple([UNKNOWN if dim is None else dim for dim in value]))
    return [_typed(item, dtype) for item in value] if isinstance(value, list) else value
