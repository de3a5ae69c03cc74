"""Operations of TensorFlow in files of Keras 2, written as those of Keras 3 that mean the same."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from lstmcount import LstmcountError, summarize
from lstmcount.conversion.forms import written
from lstmcount.sources import open_source, read
from tests.conftest import ROOT
from tests.differential import real_keras

FILE = ROOT / "tests" / "layers" / "ops" / "keras2_functions.json.gz"
RECORDS = {
    record["expression"]: record["model"]
    for record in json.loads(gzip.decompress(FILE.read_bytes()))
}


def operations(expression: str) -> list[dict[str, Any]]:
    layers = json.loads(convert(expression, "keras-json"))["config"]["layers"]
    return [layer for layer in layers if layer["class_name"] != "InputLayer"]


def convert(expression: str, to: str) -> str:
    return written(read(open_source(json.dumps(RECORDS[expression]))), to)


SLICE = {"class_name": "__slice__", "config": {"start": 1, "stop": 3, "step": None}}


@pytest.mark.parametrize(
    ("expression", "class_name", "arguments", "passed"),
    [
        ("x-1.0", "Subtract", {}, [1.0]),
        ("2.0/x", "TrueDivide", {}, [2.0]),
        ("x[:,1:3]", "GetItem", {}, [SLICE]),
        ("tf.reduce_mean(x,[1,2],keepdims=True)", "Mean", {"axis": [1, 2], "keepdims": True}, []),
        ("tf.reshape(x,[-1,72,3])", "Reshape", {"newshape": [-1, 72, 3]}, []),
        ("tf.concat([x,y],axis=-1)", "Concatenate", {"axis": -1}, []),
        ("tf.split(x,[1,2],axis=-1)[1]", "Split", {"indices_or_sections": [1], "axis": -1}, []),
        ("tf.matmul(x,y,transpose_b=True)", "Einsum", {"subscripts": "...ij,...kj->...ik"}, []),
        ("tf.nn.leaky_relu(x,alpha=.1)", "LeakyRelu", {"negative_slope": 0.1}, []),
        ("tf.nn.gelu(x)", "Gelu", {"approximate": False}, []),
        ("tf.slice(x,[0,0,0,0],[-1,2,2,3])", "GetItem", {}, []),
        ("tf.argmin(x,axis=1)", "Argmin", {"axis": 1}, []),
    ],
)
def test_the_same_operation(
    expression: str, class_name: str, arguments: dict[str, Any], passed: list[Any]
) -> None:
    found = operations(expression)[-1]
    assert found["class_name"] == class_name
    assert found["config"] == {"name": found["name"], **arguments}
    args = found["inbound_nodes"][0]["args"]
    args = args[1] if class_name == "GetItem" else args
    assert [one for one in passed if one not in args] == []


@pytest.mark.parametrize(
    "expression",
    ["tf.shape(x)", "tf.nn.dropout(x,0.5)", "tf.math.squared_difference(x,y)",
     "tf.compat.v1.image.resize_bilinear(x,(4,5))", "tf.numpy_function(lambda a:a,[x],tf.float32)"],
)  # fmt: skip
def test_operations_without_an_equivalent_are_refused_by_name(expression: str) -> None:
    with pytest.raises(LstmcountError, match=r"'tf\..*is an operation of TensorFlow that no"):
        convert(expression, "keras-json")


def test_nodes_of_graphs() -> None:
    node = {"op": "StridedSlice", "attr": {"begin_mask": {"i": "1"}, "end_mask": {"i": "1"},
            "shrink_axis_mask": {"i": "2"}}}  # fmt: skip
    constants = {"1": [0, 0], "2": [0, 1], "3": [1, 1]}
    layers = [
        {"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [None, 8, 3]},
         "name": "x", "inbound_nodes": []},
        {"class_name": "TensorFlowOpLayer", "name": "tf_op_layer_a/first", "inbound_nodes":
         [[["x", 0, 0, {}]]], "config": {"name": "a/first", "node_def": node,
                                         "constants": constants}},
    ]  # fmt: skip
    config = {"name": "m", "layers": layers, "input_layers": [["x", 0, 0]],
              "output_layers": [["tf_op_layer_a/first", 0, 0]]}  # fmt: skip
    config = read(open_source({"class_name": "Model", "config": config}))
    found = summarize(written(config, "keras-json")).layers[-1]
    assert (found.name, found.class_name) == ("tf_op_layer_a_first", "GetItem")
    assert found.output_shape == (None, 3)


@pytest.mark.oracle
def test_keras_loads_them_with_the_same_shapes() -> None:
    loaded = 0
    for expression in RECORDS:
        try:
            text = convert(expression, "keras-json")
        except LstmcountError:
            continue
        model = real_keras.fresh().models.model_from_json(text)
        program: dict[str, Any] = {}
        exec(convert(expression, "python"), program)
        layers = summarize(RECORDS[expression]).layers
        if "tf.shape(" in expression:  # what only works out sizes is no layer any more
            kept = {layer.name for layer in summarize(text).layers}
            gone = [layer for layer in layers if layer.name not in kept]
            assert all(len(layer.output_shape) < 2 for layer in gone), expression
            layers = tuple(layer for layer in layers if layer not in gone)
        expected = [layer.output_shape for layer in layers]
        for made in (model, program["model"]):
            assert [_shape(layer.output) for layer in made.operations] == expected, expression
        loaded += 1
    assert loaded > 200


def _shape(output: Any) -> Any:
    if isinstance(output, list | tuple):
        return [tuple(one.shape) for one in output]
    return tuple(output.shape)


@pytest.mark.parametrize(
    ("expression", "arguments"),
    [
        ("tf.reshape(x,(tf.shape(x)[0],216))", {"newshape": [-1, 216]}),
        ("tf.reshape(x,[-1,tf.shape(x)[1]*27])", {"newshape": [-1, 216]}),
        ("tf.reshape(x,[tf.shape(x)[0],tf.shape(x)[1],27])", {"newshape": [-1, 8, 27]}),
    ],
)
def test_sizes_that_come_from_other_shapes(expression: str, arguments: dict[str, Any]) -> None:
    (found,) = operations(expression)
    assert found["config"] == {"name": found["name"], **arguments}
