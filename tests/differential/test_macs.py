"""MACs equal what the traced program of real Keras multiplies, for every class of layer."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest
from hypothesis import given, reject

from lstmcount import LstmcountError
from lstmcount.costs.totals import costs
from lstmcount.graph.builder import build_layer
from lstmcount.graph.layer import node_macs, node_of
from lstmcount.layers.base import Layer
from lstmcount.layers.families import FAMILIES
from lstmcount.layers.registry import find
from lstmcount.shapes import flatten
from tests.conftest import built
from tests.differential import real_keras, specs
from tests.differential.jaxpr import traced_macs
from tests.differential.test_specs import compare
from tests.golden_layers import Case, cases, class_names, layer_config

pytestmark = pytest.mark.oracle

CANNOT_RUN = (
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    NotImplementedError,
    ImportError,
)
# Interpolation counts as data movement; JAX happens to write it as a product.
INTERPOLATING = ("image_preprocessing", "image_augmentation")
EXCLUDED = {name for family in INTERPOLATING for name in FAMILIES[family].split()}
CLASSES = sorted({*class_names()} - EXCLUDED - {"Wrapper"})  # which is abstract in Keras


@pytest.mark.parametrize("class_name", CLASSES)
def test_layer(class_name: str) -> None:
    keras = pytest.importorskip("keras")
    cls = find(class_name)
    assert cls is not None
    multiplies = cls.macs is not Layer.macs
    compared = []
    for number, case in enumerate(islice(cases(class_name), None if multiplies else 5)):
        fill = {0: 1, -1: 8 + number % 4}
        try:
            theirs = keras_macs(keras, case, fill)
        except CANNOT_RUN:
            continue  # Keras infers a shape for it, but cannot run it
        ours = our_macs(case, fill)
        if ours is not None:
            assert ours == theirs, case.facts["id"]
            compared.append(theirs)
    if multiplies:
        assert max(compared) > 0


def our_macs(case: Case, fill: dict[int, int]) -> int | None:
    """The MACs of the whole batch; None if a layer is refused, or mixes samples."""
    args, kwargs = case.inputs(fill)
    shapes = flatten([*args, *kwargs.values()])
    if case.class_name in ("Attention", "AdditiveAttention", "Dot") and len(shapes[0]) < 3:
        return None  # every sample then meets every other one
    if case.class_name == "StackedRNNCells" and len(args[1]) != len(case.config["cells"]):
        return None  # Keras runs only the cells it is given states for
    try:
        layer = build_layer(layer_config(case.class_name, "layer", case.config))
        node = node_of(layer, [], {}, [], None)
        macs: int = node_macs(node, args, kwargs)
    except LstmcountError:
        return None
    return macs * (shapes[0][0] if len(shapes[0]) > 1 else 1)


def keras_macs(keras: Any, case: Case, fill: dict[int, int]) -> int:
    import jax

    with real_keras.weightless():
        public = {"GroupedQueryAttention": "GroupQueryAttention"}.get(case.class_name)
        layer = getattr(keras.layers, public or case.class_name).from_config(dict(case.config))
        args, kwargs = case.tensors(fill)
        leaves, structure = jax.tree_util.tree_flatten((args, kwargs))
        arrays = [leaf for leaf in leaves if hasattr(leaf, "shape")]

        def call(*given: Any) -> Any:
            tensors = iter(given)
            filled = [next(tensors) if hasattr(leaf, "shape") else leaf for leaf in leaves]
            args, kwargs = jax.tree_util.tree_unflatten(structure, filled)
            return layer(*args, **kwargs)

        transposed = "Transpose" in case.facts["id"] + case.class_name
        macs = traced_macs(call, *arrays, transposed=transposed)
        keras.utils.clear_session(free_memory=False)  # nothing waits for initial values then
        return macs


@compare
@given(specs.sequential())
def test_sequential(spec: dict[str, Any]) -> None:
    assert_same_total(spec)


@compare
@given(specs.graph())
def test_graph(spec: dict[str, Any]) -> None:
    assert_same_total(spec)


def assert_same_total(spec: dict[str, Any]) -> None:
    import numpy as np

    with real_keras.weightless():
        model = real_keras.build(spec)
        shapes = [[3 if dim is None else dim for dim in i.shape] for i in model.inputs]
        dtypes = [i.dtype for i in model.inputs]
        inputs = [np.zeros(s, d) for s, d in zip(shapes, dtypes, strict=True)]
        try:
            theirs = traced_macs(model, inputs if len(inputs) > 1 else inputs[0])
        except (TypeError, ValueError) as error:
            if "Exception encountered when calling" not in str(error):
                raise
            reject()  # Keras makes the model, but JAX cannot run it: scans keep their dtypes
    unknown = any(None in i.shape[1:] for i in model.inputs)
    found = costs(built({**spec, "batch_size": 3}), timesteps=3 if unknown else None)
    assert 3 * (found.operations[0].amount.value or 0) == theirs
