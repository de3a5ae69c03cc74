from __future__ import annotations

from typing import Any

import pytest

from lstmcount import LstmcountError
from lstmcount.config import Call, LayerConfig, ModelConfig, TensorRef
from lstmcount.graph.inference import infer
from lstmcount.layers.ops.classes import class_names, find
from lstmcount.layers.ops.from_configs import create
from lstmcount.layers.ops.registry import CLASSES, by_operation
from lstmcount.shapes import UNKNOWN
from tests.layers.ops.against_keras import REFUSED, ours

N = None
ALL = {"class_name": "__slice__", "config": {"start": None, "stop": None, "step": None}}
EVERY_OTHER = {"class_name": "__slice__", "config": {"start": None, "stop": None, "step": 2}}
DOTS = {"class_name": "__ellipsis__", "config": {}}
ARRAY = {"class_name": "__numpy__", "config": {"value": [[1.0, 2.0, 3.0]], "dtype": "float32"}}


def op(class_name: str, **arguments: Any) -> Any:
    return create(LayerConfig(class_name=class_name, name="op", kind="op", arguments=arguments))


ONE_AXIS = ("Argsort", "Average", "Cumprod", "Cumsum", "Nanargmax", "Nanargmin", "Sort")


@pytest.mark.parametrize(
    ("class_name", "arguments", "args", "output"),
    [
        ("Add", {}, [(N, 5, 3), (3,)], (N, 5, 3)),
        ("Add", {}, [(N, 5, 3), 2.0], (N, 5, 3)),
        ("Multiply", {}, [(N, 5, 1), ARRAY], (N, 5, 3)),
        ("Subtract", {}, [(N, 5, 4), (3,)], REFUSED),
        ("Slice", {"shape": [2, 2]}, [(3, 3), [1, 1, 1]], REFUSED),
        ("Digitize", {}, [(2, 3), (2, 3)], REFUSED),
        ("Vander", {"N": 3}, [(4, 3)], REFUSED),
        ("Solve", {}, [(3, 3), ()], REFUSED),
        ("Solve", {}, [(N, 3, 3), (N, N, 5)], REFUSED),
        ("Solve", {}, [(3, 3), (2, 4, 5)], REFUSED),
        ("Where", {}, [(N, 5), (N, 5), 0.0], (N, 5)),
        ("Where", {}, [(N, 5), N, N], (N, 5)),
        ("Where", {}, [(N, 5), (N, 5), N], N),
        ("Average", {"axis": 1}, [(N, 3), (N,)], (N,)),
        ("Average", {"axis": 1}, [(N, 3), (4,)], REFUSED),
        ("Einsum", {"subscripts": "ii"}, [(2, 3)], ()),
        ("Einsum", {"subscripts": "ij,jk->ik"}, [(2, 3), (4, 5)], (2, 5)),
        ("Einsum", {"subscripts": "ij,ik->i"}, [(2, 3), (4, 5)], REFUSED),
        ("View", {"dtype": N}, [(N, 3)], (N, 3)),
        ("View", {"dtype": "int32"}, [()], ()),
        ("Mean", {"axis": [1, 2], "keepdims": False}, [(N, 8, 9, 3)], (N, 3)),
        ("Sum", {"axis": None, "keepdims": True}, [(N, 8)], (1, 1)),
        ("Max", {"axis": 4}, [(N, 8)], REFUSED),
        ("Amax", {"axis": [1, -1]}, [(N, 8)], REFUSED),  # Keras infers a shape and cannot run it
        *[(name, {"axis": [1]}, [(N, 8)], REFUSED) for name in ONE_AXIS],
        ("Sparsemax", {"axis": None}, [(N, 8)], REFUSED),
        ("Argpartition", {"axis": [1, 2]}, [(N, 8), 1], (N, 8)),
        ("Reshape", {"newshape": [-1, 72, 3]}, [(N, 8, 9, 3)], (N, 72, 3)),
        ("Reshape", {"newshape": [6, -1]}, [(4, 9)], (6, 6)),
        ("Reshape", {"newshape": [5, -1]}, [(4, 9)], REFUSED),
        ("Transpose", {"axes": None}, [(N, 8, 9)], (9, 8, N)),
        ("Concatenate", {"axis": -1}, [[(N, 8, 3), (N, 8, 4)]], (N, 8, 7)),
        ("Concatenate", {"axis": 1}, [[(N, 8, 3), (N, 8, 4)]], REFUSED),
        ("Stack", {"axis": 1}, [[(N, 3), (N, 3)]], (N, 2, 3)),
        ("Split", {"indices_or_sections": 3, "axis": -1}, [(N, 6)], [(N, 2)] * 3),
        ("Split", {"indices_or_sections": [2], "axis": -1}, [(N, 6)], [(N, 2), (N, 4)]),
        ("GetItem", {}, [(N, 8, 9), [ALL, EVERY_OTHER, None, DOTS]], (N, 4, 1, 9)),
        ("GetItem", {}, [(N, 8, 9), [DOTS, -1]], (N, 8)),
        ("GetItem", {}, [(N, 8), [ALL, 8]], REFUSED),
        ("Take", {"axis": 1}, [(N, 8), ARRAY], (N, 1, 3)),
        ("ExpandDims", {"axis": -1}, [(N, 8)], (N, 8, 1)),
        ("Squeeze", {"axis": 1}, [(N, 8)], REFUSED),
        ("Pad", {"pad_width": [[0, 0], [1, 2]]}, [(N, 8)], (N, 11)),
        ("OneHot", {"num_classes": 5, "axis": -1}, [(N, 8)], (N, 8, 5)),
        ("TopK", {"k": 2}, [(N, 8)], [(N, 2), (N, 2)]),
        ("Matmul", {}, [(N, 8, 4), ARRAY], REFUSED),
        ("Matmul", {}, [(N, 8, 1), ARRAY], (N, 8, 3)),
        ("Einsum", {"subscripts": "bqhd,bkhd->bhqk"}, [(N, 5, 2, 4), (N, 6, 2, 4)], (N, 2, 5, 6)),
        ("Resize", {"size": [4, 5], "data_format": None}, [(N, 8, 9, 3)], (N, 4, 5, 3)),
        ("Conv", {"strides": 2, "padding": "same"}, [(N, 9, N, 3), (3, 3, 3, 8)], (N, 5, N, 8)),
        ("ConvTranspose", {"strides": 2}, [(N, 4, 3), (N, N, 3)], (N, N, N)),
        ("MaxPool", {"pool_size": 2}, [(N, 9, 9, 3)], (N, 4, 4, 3)),
        ("Cast", {"dtype": "int32"}, [(N, 9)], (N, 9)),
        ("Rearrange", {}, [(N, 8, 9, 3), "b h w c -> b (h w) c"], (N, 72, 3)),
        ("WhileLoop", {}, [[(N, 2), ()]], [(N, 2), ()]),
        ("Scan", {}, [(N, 2), (N, 2)], None),
        ("NoSuchThing", {"a": 1}, [(N, 2)], None),
        ("Add", {}, [N, (N, 2)], None),
        ("Concatenate", {}, [[(N, 2), N]], None),
        ("Add", {}, [], REFUSED),
        ("Add", {}, ["text", {}], ()),
    ],
)  # fmt: skip
def test_an_operation_gives_the_recorded_shapes(
    class_name: str, arguments: dict[str, Any], args: list[Any], output: Any
) -> None:
    assert ours(class_name, arguments, args) == output


@pytest.mark.parametrize(
    ("class_name", "arguments", "args", "macs"),
    [
        ("Matmul", {}, [(UNKNOWN, 8, 4), (4, 3)], 8 * 4 * 3),
        ("Matmul", {}, [(UNKNOWN, 2, 8, 4), (UNKNOWN, 2, 4, 6)], 2 * 8 * 4 * 6),
        ("Einsum", {"subscripts": "bqhd,bkhd->bhqk"}, [(9, 5, 2, 4), (9, 6, 2, 4)], 5 * 2 * 4 * 6),
        ("Einsum", {"subscripts": "de,btd->bte"}, [ARRAY, (7, 5, 1)], 5 * 1 * 3),
        ("Dot", {}, [(9, 4), (4, 3)], 12),
        ("Tensordot", {"axes": 1}, [(9, 5, 4), (4, 3)], 60),
        ("Tensordot", {"axes": [[1, 2], [1, 0]]}, [(9, 5, 4), (4, 5, 3)], 60),
        ("Conv", {}, [(9, 5, 5, 4), (3, 3, 4, 2)], 9 * 3 * 3 * 4 * 2),
        ("ConvTranspose", {"strides": 2}, [(9, 5, 5, 4), (3, 3, 2, 4)], 25 * 3 * 3 * 4 * 2),
        ("SeparableConv", {}, [(9, 5, 4), (3, 4, 2), (1, 8, 6)], 3 * (3 * 8 + 8 * 6)),
        ("DotProductAttention", {}, [(9, 5, 2, 4), (9, 6, 2, 4), (9, 6, 2, 4)], 5 * 2 * 6 * 8),
        ("Add", {}, [(9, 4), (9, 4)], 0),
        ("Matmul", {}, [None, (4, 3)], 0),
    ],
)
def test_an_operation_has_the_expected_macs(
    class_name: str, arguments: dict[str, Any], args: list[Any], macs: int
) -> None:
    assert op(class_name, **arguments).macs(*args) == macs


@pytest.mark.parametrize("class_name", ["Relu", "Mean", "Reshape", "Add", "Softmax", "Conv"])
def test_a_list_where_one_tensor_belongs(class_name: str) -> None:
    arguments: dict[str, Any] = {"newshape": [8]} if class_name == "Reshape" else {}
    with pytest.raises(LstmcountError, match=r"expected one tensor, got \["):
        op(class_name, **arguments).output_shape([(None, 4, 2)], (2, 2, 2))


@pytest.mark.parametrize(
    "class_name", ["BitwiseAnd", "Digitize", "Meshgrid", "Scatter", "Take", "Where"]
)
def test_a_list_where_a_second_tensor_belongs(class_name: str) -> None:
    arguments: dict[str, Any] = {"shape": [8]} if class_name == "Scatter" else {}
    with pytest.raises(LstmcountError, match=r"expected one tensor, got \["):
        op(class_name, **arguments).output_shape((4, 2), [(4, 2)])


def test_every_name_in_the_registry_has_its_class() -> None:
    for name in class_names():
        assert find(name) is not None
        assert issubclass(find(name), type(op("NoSuchThing")).__mro__[1])  # type: ignore[arg-type]


def test_every_operation_has_a_function_that_makes_it() -> None:
    made_otherwise = {
        "Abs", "Conj", "FakeQuantWithMinMaxVars", "Function", "Mish", "ReLU", "SegmentReduction"
    }  # fmt: skip
    names = {name for names in CLASSES.values() for name in names.split()}
    assert names - set(by_operation()) == made_otherwise


@pytest.mark.parametrize(
    ("class_name", "arguments"),
    [("TopK", {"k": "two"}), ("Qr", {"mode": "full"}), ("Meshgrid", {"indexing": "kk"})],
)
def test_wrong_arguments_are_an_error_with_a_place(
    class_name: str, arguments: dict[str, Any]
) -> None:
    with pytest.raises(LstmcountError) as caught:
        create(LayerConfig(class_name=class_name, kind="op", arguments=arguments, path=("x",)))
    assert str(caught.value).startswith(f"$.x: operation {class_name}: ")


def test_tuples_and_arrays_as_keras_saves_them_among_arguments() -> None:
    wrapped = {"class_name": "__tuple__", "items": [1, 2]}
    assert ours("Mean", {"axis": wrapped, "keepdims": False}, [(N, 8, 9, 3)]) == (N, 3)


def test_a_graph_of_operations() -> None:
    def node(class_name: str, name: str, *args: Any, **arguments: Any) -> LayerConfig:
        calls = [Call(list(args))]
        return LayerConfig(
            class_name=class_name, name=name, kind="op", arguments=arguments, calls=calls
        )

    model = ModelConfig(
        name="model",
        class_name="Functional",
        inputs=TensorRef("x"),
        outputs=[TensorRef("mean"), TensorRef("odd")],
        layers=[
            LayerConfig(class_name="InputLayer", name="x", arguments={"shape": [8, 3]}),
            node("GetItem", "item", TensorRef("x"), [ALL, EVERY_OTHER]),
            node("Add", "add", TensorRef("item"), 1.0),
            node("Mean", "mean", TensorRef("add"), axis=1),
            node("Odd", "odd", TensorRef("add")),
        ],
    )
    found = [(layer.class_name, layer.output_shape, layer.params) for layer in infer(model).layers]
    assert found == [
        ("InputLayer", (N, 8, 3), 0),
        ("GetItem", (N, 4, 3), 0),
        ("Add", (N, 4, 3), 0),
        ("Mean", (N, 3), 0),
        ("Odd", None, 0),
    ]
