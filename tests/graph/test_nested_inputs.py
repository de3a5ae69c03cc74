"""Inputs that a nested model accepts: by name, with or without a last axis of 1, unknown ones."""

from __future__ import annotations

from typing import Any

import pytest

from lstmcount import LstmcountError, summarize
from lstmcount.shapes import Unknown


def layer(class_name: str, name: str, reads: Any, **config: Any) -> dict[str, Any]:
    return {
        "module": "keras.layers",
        "class_name": class_name,
        "config": {"name": name, **config},
        "name": name,
        "inbound_nodes": [] if reads is None else [{"args": [reads], "kwargs": {}}],
    }


def tensor(name: str, *shape: int | None) -> dict[str, Any]:
    config = {"shape": [None, *shape], "keras_history": [name, 0, 0]}
    return {"class_name": "__keras_tensor__", "config": config}


def model(name: str, layers: list[Any], inputs: Any, output: str, reads: Any) -> dict[str, Any]:
    config = {
        "name": name,
        "layers": layers,
        "input_layers": inputs,
        "output_layers": [output, 0, 0],
    }
    nodes = [] if reads is None else [{"args": [reads], "kwargs": {}}]
    return {
        "module": "keras",
        "class_name": "Functional",
        "config": config,
        "name": name,
        "inbound_nodes": nodes,
    }


def around(inner: dict[str, Any], **shapes: list[int]) -> dict[str, Any]:
    inputs = [
        layer("InputLayer", name, None, batch_shape=[None, *shape])
        for name, shape in shapes.items()
    ]
    names = [[name, 0, 0] for name in shapes]
    outer = model("outer", [*inputs, inner], names, inner["name"], None)
    outer["config"]["output_layers"][1] = 1  # a model's own making is its call 0
    return outer


def inner(reads: Any, shape: list[int], kind: str = "Dense") -> dict[str, Any]:
    layers = [
        layer("InputLayer", "x", None, batch_shape=[None, *shape]),
        layer(kind, "d", tensor("x", *shape), units=4),
    ]
    return model("inner", layers, ["x", 0, 0], "d", reads)


@pytest.mark.parametrize(
    ("made_with", "given", "output"),
    [
        ([3], [3, 1], (None, 3, 4)),
        ([3], [3, 2], (None, 3, 4)),
        ([3, 1], [3], (None, 4)),
        ([3], [5], None),
        ([3], [4, 1], None),
    ],
)
def test_ranks(made_with: list[int], given: list[int], output: Any) -> None:
    source = around(inner(tensor("a", *given), made_with), a=given)
    if output is None:
        with pytest.raises(LstmcountError, match="the model 'inner' takes"):
            summarize(source)
    else:
        assert summarize(source).layers[-1].output_shape == output


def test_arguments_count_the_calls_of_a_nested_model_from_0_and_outputs_from_1() -> None:
    outer = around(inner(tensor("a", 3), [3]), a=[3])
    reads, layers = tensor("inner", 4), outer["config"]["layers"]
    layers[-1]["inbound_nodes"] *= 2
    reads["config"]["keras_history"][1] = 1
    layers.append(layer("Dense", "e", reads, units=2))
    outer["config"]["output_layers"] = [["inner", 1, 0], ["e", 0, 0]]
    summary = summarize(outer)
    assert [record.connected_to for record in summary.layers[1:]] == [
        ("a[0][0]", "a[0][0]"),
        ("inner[1][0]",),
    ]


def test_a_sequential_of_its_input_alone_takes_that_shape() -> None:
    layers = [layer("InputLayer", "x", None, batch_shape=[2, 3])]
    only = {"module": "keras", "class_name": "Sequential", "config": {"name": "only"}}
    only |= {"name": "only", "inbound_nodes": [{"args": [tensor("a", 3)], "kwargs": {}}]}
    only["config"]["layers"] = layers
    source = around(only, a=[3])
    source["config"]["output_layers"][1] = 0
    with pytest.raises(LstmcountError, match=r"takes \(2, 3\), got \(None, 3\)"):
        summarize(source)
    layers[0]["config"]["batch_shape"] = [None, 3]
    assert summarize(source).layers[-1].output_shape == (None, 3)


@pytest.mark.parametrize(("keepdims", "output"), [(False, (None, 7)), (True, (None, 1, 1, 1, 7))])
def test_global_pooling_of_another_rank(keepdims: bool, output: Any) -> None:
    pooling = layer("GlobalAveragePooling1D", "p", tensor("x", None, 4), keepdims=keepdims)
    layers = [layer("InputLayer", "x", None, batch_shape=[None, None, 4]), pooling]
    nested = model("inner", layers, ["x", 0, 0], "p", tensor("a", None, 4, 5, 7))
    source = around(nested, a=[None, 4, 5, 7])
    assert summarize(source).layers[-1].output_shape == output


def two(inputs: Any, reads: Any) -> dict[str, Any]:
    layers = [
        layer("InputLayer", "z", None, batch_shape=[None, 3]),
        layer("InputLayer", "y", None, batch_shape=[None, 5]),
        layer("Concatenate", "c", [tensor("z", 3), tensor("y", 5)]),
    ]
    return model("two", layers, inputs, "c", reads)


@pytest.mark.parametrize(
    "inputs", [[["z", 0, 0], ["y", 0, 0]], {"z": ["z", 0, 0], "y": ["y", 0, 0]}]
)
@pytest.mark.parametrize("extra", [False, True])
def test_names(inputs: Any, extra: bool) -> None:
    reads = {"y": tensor("b", 5), "z": tensor("a", 3)} | (
        {"other": tensor("e", 7)} if extra else {}
    )
    shapes = {"a": [3], "b": [5]} | ({"e": [7]} if extra else {})
    summary = summarize(around(two(inputs, reads), **shapes))
    assert summary.layers[-1].output_shape == (None, 8)


def test_missing_name() -> None:
    reads = {"y": tensor("b", 5), "w": tensor("a", 3)}
    with pytest.raises(LstmcountError, match="takes z, y, got y, w"):
        summarize(around(two([["z", 0, 0], ["y", 0, 0]], reads), a=[3], b=[5]))


def test_an_unknown_layer_inside_leaves_the_output_unknown() -> None:
    source = around(inner(tensor("a", 3, 1), [3], kind="NobodysLayer"), a=[3, 1])
    summary = summarize(source)
    assert summary.layers[-1].output_shape is None


def test_outputs_beside_an_unknown_one_keep_their_places() -> None:
    nested = inner(tensor("a", 3), [3], kind="NobodysLayer")
    nested["config"]["output_layers"] = [["d", 0, 0], ["x", 0, 0]]
    source = around(nested, a=[3])
    for index, shape in enumerate([(None, 7), (None, 3)]):
        reads = tensor("inner", *shape[1:])
        reads["config"]["keras_history"][2] = index
        source["config"]["layers"].append(layer("ReLU", f"r{index}", reads))
    source["config"]["output_layers"] = [["r0", 0, 0], ["r1", 0, 0]]
    records = summarize(source).layers
    assert [record.output_shape for record in records[1:]] == [
        [(None, 7), (None, 3)],
        (None, 7),
        (None, 3),
    ]


def test_shapes_after_an_unknown_layer_are_those_of_the_call() -> None:
    own = layer("NobodysLayer", "o", tensor("x", None, 3))
    dense = layer("Dense", "d", tensor("o", None, 3), units=4)
    dense["build_config"] = {"input_shape": [None, None, 3]}
    layers = [layer("InputLayer", "x", None, batch_shape=[None, None, 3]), own, dense]
    nested = model("inner", layers, ["x", 0, 0], "d", tensor("a", 7, 3))
    source = around(nested, a=[7, 3])
    assert summarize(source).layers[-1].output_shape is None
    source["config"]["layers"].append(layer("ReLU", "r", tensor("inner", 7, 4)))
    source["config"]["output_layers"] = ["r", 0, 0]
    assert [record.output_shape for record in summarize(source).layers[1:]] == [(None, 7, 4)] * 2


def test_a_model_with_an_unknown_layer_at_every_step() -> None:
    own = {"module": "mine", "class_name": "Mine", "config": {"units": 3}}
    inside = {"layers": [layer("InputLayer", "y", None, batch_shape=[None, 3]), own]}
    over = {"module": "keras", "class_name": "Sequential", "config": inside}
    layers = [
        layer("InputLayer", "x", None, batch_shape=[None, 5, 3]),
        layer("TimeDistributed", "t", tensor("x", 5, 3), layer=over),
    ]
    record = summarize(model("m", layers, ["x", 0, 0], "t", None)).layers[-1]
    assert record.output_shape is None
    assert isinstance(record.params, Unknown)


@pytest.mark.parametrize(
    ("kind", "key"), [("RNN", "cell"), ("TimeDistributed", "layer"), ("Bidirectional", "layer")]
)
def test_wrappers_of_an_unknown_layer_are_unknown(kind: str, key: str) -> None:
    own = {"module": "mine", "class_name": "Mine", "config": {"units": 3}}
    layers = [
        layer("InputLayer", "x", None, batch_shape=[None, 5, 3]),
        layer(kind, "w", tensor("x", 5, 3), **{key: own}),
    ]
    summary = summarize(model("m", layers, ["x", 0, 0], "w", None))
    assert summary.layers[-1].state == "unknown"


def test_a_built_layer_may_be_called_with_a_less_known_shape() -> None:
    dense = layer("Dense", "d", tensor("x", None), units=4)
    layers = [layer("InputLayer", "x", None, batch_shape=[None, None]), dense]
    source = model("m", layers, ["x", 0, 0], "d", None)
    for build_config in ({}, {"input_shape": [None, 5, 3]}):
        dense["build_config"] = build_config
        with pytest.raises(LstmcountError, match="features"):
            summarize(source)
    dense["build_config"] = {"input_shape": [None, 3]}
    assert summarize(source).total_params == 16


DENSE = {"class_name": "Dense", "config": {"units": 4}}
GRU = {"class_name": "GRU", "config": {"units": 4}}
KINDS = [
    ("Dense", {"units": 4}),
    ("LSTM", {"units": 4}),
    ("LayerNormalization", {}),
    ("TimeDistributed", {"layer": DENSE}),
    ("Bidirectional", {"layer": GRU}),
]
SHAPES = [
    ([None, 5, 3], True),
    ([2, 7, 3], True),
    ([None, 5, 6], False),
    ([None, 7, 6], False),
    ([None, None, 6], False),
    ([None, 5, None], False),
    (None, False),
    ("5, 3", False),
]


@pytest.mark.parametrize(("kind", "config"), KINDS)
@pytest.mark.parametrize(("shape", "is_refused"), SHAPES)
def test_a_layer_was_built_for_the_input_that_it_reads(
    kind: str, config: dict[str, Any], shape: Any, is_refused: bool
) -> None:
    """Keras makes the weights for the shape in `build_config`, not for the call's."""
    entry = layer(kind, "d", tensor("x", 5, 6), **config)
    layers = [layer("InputLayer", "x", None, batch_shape=[None, 5, 6]), entry]
    source = model("m", layers, ["x", 0, 0], "d", None)
    params = summarize(source).total_params
    entry["build_config"] = {"input_shape": shape}
    if is_refused:
        with pytest.raises(LstmcountError, match="its build_config says that it was built for"):
            summarize(source)
    else:
        assert summarize(source).total_params == params


def test_an_unknown_layer_that_was_built_may_have_weights() -> None:
    own = {"module": "mine", "class_name": "Mine", "config": {}}
    source = {"module": "keras", "class_name": "Sequential", "config": {"layers": [own]}}
    assert summarize(source).layers[0].state == "unbuilt"
    own["build_config"] = {"input_shape": {"a": [3, 2]}}
    record = summarize(source).layers[0]
    assert (record.state, record.output_shape) == ("unknown", None)


@pytest.mark.parametrize(
    ("build_config", "output", "params"),
    [
        ({"input_shape": [None, 3]}, (None, 4), 16),
        ({"shapes_dict": {"inputs_shape": [None, 3]}}, (None, 4), 16),
        ({}, None, 0),
    ],
)
def test_layers_that_were_built_and_never_called(
    build_config: dict[str, Any], output: Any, params: int
) -> None:
    dense = layer("Dense", "d", None, units=4) | {"build_config": build_config}
    source = {"module": "keras", "class_name": "Sequential", "config": {"layers": [dense]}}
    summary = summarize(source)
    assert (summary.layers[0].output_shape, summary.total_params) == (output, params)


def test_quantized_embeddings_are_built_without_a_shape() -> None:
    policy = {
        "class_name": "Int4DTypePolicy",
        "config": {"mode": "int4/8", "source_name": "float32"},
    }
    entry = layer("Embedding", "e", None, input_dim=10, output_dim=16, dtype=policy)
    entry["build_config"] = {"shapes_dict": {}}
    source = {"module": "keras", "class_name": "Sequential", "config": {"layers": [entry]}}
    summary = summarize(source)
    assert summary.layers[0].output_shape is None
    assert summary.total_params > 0


@pytest.mark.parametrize("holds", [["InputLayer"], ["Dense"]])
@pytest.mark.parametrize("where", ["build_input_shape", "build_config"])
def test_layers_after_a_sequential_read_the_shape_that_it_was_built_with(
    holds: list[str], where: str
) -> None:
    """An input layer alone builds no model; Keras 3 stores the shape in either place."""
    arguments = {"InputLayer": {"batch_shape": [None, 4, 3]}, "Dense": {"units": 3}}
    config = {"name": "inner", "layers": [layer(n, n, None, **arguments[n]) for n in holds]}
    inner: dict[str, Any] = {"module": "keras", "class_name": "Sequential", "config": config}
    outer = {"name": "m", "layers": [inner, layer("Dense", "d", None, units=2)]}
    data = {"module": "keras", "class_name": "Sequential", "config": outer}
    assert summarize(data).layers[1].output_shape is None
    if where == "build_config":
        inner["build_config"] = {"input_shape": [None, 4, 3]}
    else:
        config["build_input_shape"] = [None, 4, 3]
    summary = summarize(data)
    assert [each.output_shape for each in summary.layers] == [(None, 4, 3), (None, 4, 2)]
