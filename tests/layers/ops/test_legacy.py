from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from lstmcount import summarize
from lstmcount.config import LayerConfig
from lstmcount.graph.builder import create
from lstmcount.shapes import UNKNOWN, public

N = UNKNOWN
RECORDS = json.loads(
    gzip.decompress(Path(__file__).with_name("keras2_functions.json.gz").read_bytes())
)
# Functions whose tensors Keras 2 did not save, and those that run anything.
UNKNOWN_HERE = {"einsum", "meshgrid", "numpy_function", "py_function", "scatter_nd"}


@pytest.mark.parametrize("record", RECORDS, ids=[record["expression"] for record in RECORDS])
def test_shapes_are_what_keras_2_infers(record: dict[str, Any]) -> None:
    summary = summarize(json.dumps(record["model"]))
    functions = {
        layer["name"]: layer["config"].get("function")
        for layer in record["model"]["config"]["layers"]
    }
    found = {layer.name: layer.output_shape for layer in summary.layers}
    lost = not UNKNOWN_HERE.isdisjoint(functions.values())
    for name, shape in record["shapes"].items():
        if functions[name] not in UNKNOWN_HERE and not (lost and name not in found):
            assert found[name] == _shapes(shape), name
    assert summary.total_params == 0


def _shapes(value: Any) -> Any:
    if value is None:
        return None
    if all(dim is None or isinstance(dim, int) for dim in value):
        return tuple(value)
    shapes = [_shapes(shape) for shape in value]
    return shapes[0] if len(shapes) == 1 else shapes


def node(op: str, constants: dict[str, Any] | None = None, **attributes: Any) -> Any:
    node_def = {"name": "node", "op": op, "input": ["x"], "attr": attributes}
    arguments = {"node_def": node_def, "constants": constants or {}}
    return create(LayerConfig(class_name="TensorFlowOpLayer", kind="op", arguments=arguments))


def ints(*values: int) -> dict[str, Any]:
    return {"list": {"i": [str(value) for value in values]}}


IMAGE = (N, 8, 9, 3)


@pytest.mark.parametrize(
    ("operation", "args", "output"),
    [
        (node("Relu6", T={"type": "DT_FLOAT"}), [IMAGE], IMAGE),
        (node("AddV2"), [[IMAGE, (N, 1, 1, 3)]], IMAGE),
        (node("Mul", {"1": 2.0}), [IMAGE], IMAGE),
        (node("Sub", {"0": 1.0}), [IMAGE], IMAGE),
        (node("Mean", {"1": [1, 2]}, keep_dims={"b": True}), [IMAGE], (N, 1, 1, 3)),
        (node("Sum", {"1": -1}, keep_dims={"b": False}), [IMAGE], (N, 8, 9)),
        (node("Reshape", {"1": [-1, 72, 3]}), [IMAGE], (N, 72, 3)),
        (node("Transpose", {"1": [0, 3, 1, 2]}), [IMAGE], (N, 3, 8, 9)),
        (node("ExpandDims", {"1": -1}), [IMAGE], (*IMAGE, 1)),
        (node("Squeeze", squeeze_dims=ints(1)), [(N, 1, 9)], (N, 9)),
        (node("ConcatV2", {"2": -1}, N={"i": "2"}), [[IMAGE, IMAGE]], (N, 8, 9, 6)),
        (node("Pack", axis={"i": "1"}), [[IMAGE, IMAGE]], (N, 2, 8, 9, 3)),
        (node("Unpack", axis={"i": "1"}, num={"i": "2"}), [(N, 2, 3)], [(N, 3)] * 2),
        (node("Split", {"0": -1}, num_split={"i": "3"}), [IMAGE], [(N, 8, 9, 1)] * 3),
        (node("MatMul", transpose_b={"b": True}), [[(N, 4), (5, 4)]], (N, 5)),
        (node("BatchMatMulV2", adj_y={"b": True}), [[(N, 3, 4), (N, 5, 4)]], (N, 3, 5)),
        (
            node("Conv2D", {"1": [[[[1.0] * 4] * 3] * 3] * 3}, strides=ints(1, 2, 2, 1),
                 padding={"s": "U0FNRQ=="}, data_format={"s": "TkhXQw=="}),
            [IMAGE],
            (N, 4, 5, 4),
        ),
        (
            node("MaxPool", ksize=ints(1, 2, 2, 1), strides=ints(1, 2, 2, 1),
                 padding={"s": "VkFMSUQ="}),
            [IMAGE],
            (N, 4, 4, 3),
        ),
        (node("ResizeBilinear", {"1": [4, 5]}), [IMAGE], (N, 4, 5, 3)),
        (node("DepthToSpace", block_size={"i": "2"}), [(N, 4, 4, 8)], (N, 8, 8, 2)),
        (
            node("StridedSlice", {"1": [0, 0], "2": [0, 1], "3": [1, 1]}, begin_mask={"i": "1"},
                 end_mask={"i": "1"}, shrink_axis_mask={"i": "2"}),
            [IMAGE],
            (N, 9, 3),
        ),
        (node("Einsum", equation={"s": "YmksaWotPmJq"}), [[(N, 4), (4, 5)]], (N, 5)),
        (node("OneHot", {"1": 5, "2": 1.0, "3": 0.0}, axis={"i": "-1"}), [(N, 4)], (N, 4, 5)),
        (node("ArgMax", {"1": -1}), [IMAGE], (N, 8, 9)),
        (node("Pad", {"1": [[0, 0], [1, 1], [1, 1], [0, 0]]}), [IMAGE], (N, 10, 11, 3)),
        (node("GatherV2", {"1": [0, 1], "2": 1}), [IMAGE], (N, 2, 9, 3)),
        (node("Tile", {"1": [1, 2, 1, 1]}), [IMAGE], (N, 16, 9, 3)),
        (node("NobodyKnows"), [IMAGE], None),
        (node("Reshape"), [IMAGE], None),
    ],
)  # fmt: skip
def test_nodes_of_tensorflow_graphs(operation: Any, args: list[Any], output: Any) -> None:
    assert public(operation.output_shape(*args)) == public(output)
    assert operation.class_name == "TensorFlowOpLayer"


def test_a_matrix_product_has_macs() -> None:
    assert node("MatMul").macs([(N, 4), (4, 5)]) == 20


@pytest.mark.parametrize("arguments", [{}, {"function": None}, {"function": "no.such"}])
def test_an_unknown_function(arguments: dict[str, Any]) -> None:
    config = LayerConfig(class_name="TFOpLambda", name="f", kind="op", arguments=arguments)
    assert create(config).output_shape(IMAGE) is None
