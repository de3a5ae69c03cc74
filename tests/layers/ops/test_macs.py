"""MACs of operations equal what the traced program of real Keras multiplies."""

from __future__ import annotations

from typing import Any

import pytest

from lstmcount.config import LayerConfig
from lstmcount.layers.ops.base import Operation
from lstmcount.layers.ops.classes import class_names, find
from lstmcount.layers.ops.from_configs import create
from tests.differential.jaxpr import traced_macs
from tests.layers.ops.against_keras import operation_class

pytestmark = pytest.mark.oracle

PRODUCTS: list[tuple[str, dict[str, Any], list[Any]]] = [
    ("Matmul", {}, [(1, 8, 4), (4, 3)]),
    ("Matmul", {}, [(1, 2, 8, 4), (1, 2, 4, 6)]),
    ("Matmul", {}, [(1, 4), (4,)]),
    ("Dot", {}, [(1, 5, 4), (4, 3)]),
    ("Dot", {}, [(1, 4), (4,)]),
    ("Inner", {}, [(1, 5, 4), (3, 4)]),
    ("Vdot", {}, [(1, 4), (1, 4)]),
    ("Tensordot", {"axes": 1}, [(1, 5, 4), (4, 3)]),
    ("Tensordot", {"axes": [[1, 2], [1, 0]]}, [(1, 5, 4), (4, 5, 3)]),
    ("Einsum", {"subscripts": "btd,du->btu"}, [(1, 5, 4), (4, 3)]),
    ("Einsum", {"subscripts": "bqhd,bkhd->bhqk"}, [(1, 5, 2, 4), (1, 6, 2, 4)]),
    ("Einsum", {"subscripts": "...d,du->...u"}, [(1, 5, 2, 4), (4, 3)]),
    ("Conv", {"strides": 2, "padding": "same"}, [(1, 9, 9, 4), (3, 3, 4, 2)]),
    ("Conv", {"dilation_rate": 2}, [(1, 9, 9, 4), (3, 3, 4, 2)]),
    ("Conv", {"data_format": "channels_first"}, [(1, 4, 9), (3, 4, 2)]),
    ("DepthwiseConv", {}, [(1, 9, 9, 4), (3, 3, 4, 2)]),
    ("SeparableConv", {"padding": "same"}, [(1, 9, 9, 4), (3, 3, 4, 2), (1, 1, 8, 5)]),
    ("DotProductAttention", {}, [(1, 5, 2, 4), (1, 6, 2, 4), (1, 6, 2, 4)]),
]


@pytest.mark.parametrize(("class_name", "arguments", "shapes"), PRODUCTS)
def test_products(class_name: str, arguments: dict[str, Any], shapes: list[Any]) -> None:
    pytest.importorskip("keras")
    import jax.numpy as jnp

    operation = operation_class(class_name)(**arguments)
    tensors = [jnp.zeros(shape) for shape in shapes]
    counted = traced_macs(operation.call, *tensors)
    ours = create(LayerConfig(class_name=class_name, kind="op", arguments=arguments))
    assert ours.macs(*shapes) == counted > 0


def test_every_operation_that_multiplies_is_in_the_table() -> None:
    found = {name: find(name) for name in class_names()}
    multiplying = {
        name
        for name, cls in found.items()
        if cls and cls.contractions is not Operation.contractions
    }
    multiplying.remove("ConvTranspose")  # called by itself, it fails in Keras 3.15 on JAX
    assert multiplying == {class_name for class_name, _, _ in PRODUCTS}
