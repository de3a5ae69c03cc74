from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmcount import LstmcountError, summarize
from lstmcount.config import LayerConfig
from lstmcount.layers.einsum import EinsumDense
from lstmcount.layers.making.from_configs import create
from tests.examples import examples
from tests.layers.differential import (
    FLOATS,
    QUANTISED,
    REGULARIZERS,
    Case,
    arguments,
    assert_same,
    ours,
    shapes,
)

N = None


@pytest.mark.parametrize(
    ("equation", "output_shape", "bias_axes", "shape", "output", "kernel", "bias"),
    [
        ("ab,bc->ac", 5, "c", (N, 6), (N, 5), (6, 5), (5,)),
        ("abc,cd->abd", [N, 5], "d", (N, 7, 6), (N, N, 5), (6, 5), (5,)),
        ("abc,cd->abd", [7, 5], "bd", (N, 7, 6), (N, 7, 5), (6, 5), (7, 5)),
        ("abc,cde->abde", [N, 2, 3], "e", (N, 7, 6), (N, N, 2, 3), (6, 2, 3), (3,)),
        ("abc,cde->abde", [N, 2, 3], "d", (N, 7, 6), (N, N, 2, 3), (6, 2, 3), (2, 1)),
        ("...x,xy->...y", 5, "y", (N, 7, 6), (N, 7, 5), (6, 5), (5,)),
        ("...x,xy->...y", 5, None, (N, 7, 2, 6), (N, 2, 7, 5), (6, 5), None),
        ("ab...,bc->ac...", 5, "c", (N, 6, 7), (N, 5, 7), (6, 5), (5, 1)),
    ],
)
def test_shapes(
    equation: str,
    output_shape: Any,
    bias_axes: Any,
    shape: Any,
    output: Any,
    kernel: Any,
    bias: Any,
) -> None:
    given = {"equation": equation, "output_shape": output_shape, "bias_axes": bias_axes}
    found = ours(Case("EinsumDense", given, [shape]))
    assert found is not None
    assert found.outputs == output
    assert [w[1] for w in found.weights] == [kernel, *([bias] if bias else [])]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"equation": "ab,bc", "output_shape": 5}, "expected an equation such as ab,bc->ac"),
        ({"equation": "ab, bc->ac", "output_shape": 5}, "expected an equation such as ab,bc->ac"),
        ({"equation": "...ab,bc->ac", "output_shape": 5}, "expected the ellipsis on the same side"),
        ({"equation": "x...,xy->y...", "output_shape": 5}, "two input labels before an ellipsis"),
        (
            {"equation": "...x,xy->...y", "output_shape": 5, "dtype": "int8_from_float32"},
            "$.equation: int8 does not work with an ellipsis",
        ),
        (
            {"equation": "ab,bcde->acde", "output_shape": 5, "dtype": "awq/4/2_from_float32"},
            "$.equation: awq needs a kernel of two or three axes",
        ),
    ],
)
def test_wrong_arguments(given: dict[str, Any], said: str) -> None:
    with pytest.raises(LstmcountError) as caught:
        create(LayerConfig(class_name="EinsumDense", arguments=given))
    assert said in str(caught.value)


some = st.sampled_from
EQUATIONS = (
    "ab,bc->ac", "ab,bc->ca", "ab,b->ab", "ab,bc->a", "a,b->ab", "ab,bb->ab", "aab,bc->ac", "ab,bc",
    "ab,bcd->acd", "ab,cb->ac", "abc,cd->abd", "abc,bd->acd", "abc,acd->abd", "abc,cde->abde",
    "abc,dce->abde", "abcd,cde->abe", "abcd,dbe->abce", "abcd,cdef->abef", "...x,xy->...y",
    "...ab,bc->...ac", "x...,xy->y...", "ab...,bc->ac...", "abc...,cd->abd...", "...,xy->y",
)  # fmt: skip
EINSUM = st.builds(
    Case,
    st.just("EinsumDense"),
    arguments(
        "equation",
        "output_shape",
        equation=some(EQUATIONS),
        output_shape=some([5, [5], [N, 5], [N, 2, 5], [5, 2], [N, N, 5], [3, 4], [4], []]),
        bias_axes=some([N, "c", "d", "y", "de", "bc", "ab", "b", "x", "e"]),
        lora_rank=some([N, N, 2]),
        kernel_constraint=some([N, N, N, "non_neg"]),
        kernel_regularizer=REGULARIZERS,
        trainable=st.booleans(),
        dtype=some(FLOATS * 3 + QUANTISED),
    ),
    st.tuples(shapes(2, 4)).map(list),
)


@pytest.mark.oracle
@settings(max_examples=examples(200), deadline=None)
@given(EINSUM)
def test_as_keras(case: Case) -> None:
    pytest.importorskip("keras")
    assert_same(case)


@pytest.mark.parametrize(
    ("equation", "output_shape", "shape", "scale"),
    [
        ("ab,bc->ac", 5, (N, 6), (1, 5)),
        ("abc,cde->abde", [N, 2, 3], (N, 7, 6), (1, 1, 2, 3)),
        ("ab,ab->a", [2], (2, 4), (1,)),  # no place is left for b
        ("ab,abc->c", [3], (2, 4), (2,)),
    ],
)
def test_scales_of_an_8_bit_kernel(
    equation: str, output_shape: Any, shape: Any, scale: Any
) -> None:
    given = {"equation": equation, "output_shape": output_shape, "dtype": "int8_from_float32"}
    found = ours(Case("EinsumDense", given, [shape]))
    assert found is not None
    assert found.weights[-1][1] == scale


def test_elided_axes_come_out_in_the_order_that_keras_inserts_them() -> None:
    layer = EinsumDense(equation="...b,bc->...c", output_shape_=7)
    assert layer.output_shape((1, 2, 3, 4, 5)) == (1, 4, 3, 2, 7)


def test_an_axis_of_the_kernel_that_the_output_leaves_open_is_refused() -> None:
    entry = {"EinsumDense": {"equation": "ab,b->ab", "output_shape": [None]}}
    with pytest.raises(LstmcountError, match="kernel"):
        summarize({"input_shape": [3], "layers": [entry]})
