"""The meaning of files of Keras 2 that Keras 3 would refuse or read differently."""

from __future__ import annotations

from typing import Any

import pytest

from lstmcount import LstmcountError, summarize, trace

Entries = list[dict[str, Any]]


def entry(class_name: str, name: str, nodes: list[Any], **config: Any) -> dict[str, Any]:
    config = {"name": name, **config}
    return {"class_name": class_name, "config": config, "name": name, "inbound_nodes": nodes}


def functional(layers: Entries, output: str, **inputs: list[int | None]) -> dict[str, Any]:
    given = [entry("InputLayer", name, [], batch_input_shape=s) for name, s in inputs.items()]
    config = {
        "name": "m",
        "layers": [*given, *layers],
        "input_layers": [[name, 0, 0] for name in inputs],
        "output_layers": [[output, 0, 0]],
    }
    return {"class_name": "Functional", "config": config, "keras_version": "2.11.0"}


X = ["x", 0, 0, {}]


@pytest.mark.parametrize("class_name", ["Add", "Average", "Concatenate", "Maximum", "Multiply"])
def test_merging_one_input(class_name: str) -> None:
    source = functional([entry(class_name, "y", [[X]])], "y", x=[None, 4])
    assert summarize(source).layers[-1].output_shape == (None, 4)


@pytest.mark.parametrize(
    ("class_name", "shape", "data_format", "output", "params"),
    [
        ("Conv1D", [None, 7, 9, 4], "channels_last", (None, 7, 7, 5), 65),
        ("Conv1D", [None, 7, 4, 9], "channels_first", (None, 7, 5, 7), 65),
        ("Conv2D", [None, 2, 8, 9, 4], "channels_last", (None, 2, 6, 7, 5), 185),
        ("Conv2D", [None, 2, 3, 8, 9, 4], "channels_last", (None, 2, 3, 6, 7, 5), 185),
    ],
)
def test_axes_in_front_of_a_convolution_are_more_of_the_batch(
    class_name: str, shape: list[int | None], data_format: str, output: Any, params: int
) -> None:
    conv = entry(class_name, "y", [[X]], filters=5, kernel_size=3, data_format=data_format)
    summary = summarize(functional([conv], "y", x=shape))
    assert summary.layers[-1].output_shape == output
    assert summary.total_params == params


def test_a_spec_means_keras_3() -> None:
    conv = {"Conv1D": {"filters": 5, "kernel_size": 3}}
    for layer in (conv, {"TimeDistributed": {"layer": {"TimeDistributed": {"layer": conv}}}}):
        with pytest.raises(LstmcountError, match=r"3-D input|at least"):
            summarize({"input_shape": [7, 9, 4], "layers": [layer]})


@pytest.mark.parametrize(
    ("nodes", "output"),
    [
        ([X], (None,)),  # tf.stack(x)
        ([[X]], (1, None)),  # tf.stack([x])
        ([[X, X]], (2, None)),
    ],
)
def test_functions_of_tensorflow_keep_their_lists(nodes: list[Any], output: Any) -> None:
    stack = entry("TFOpLambda", "y", nodes, function="stack")
    assert summarize(functional([stack], "y", x=[None])).layers[-1].output_shape == output


def test_layers_for_losses_and_metrics_are_listed() -> None:
    layers = [
        entry("Dense", "y", [[X]], units=3),
        entry("TFOpLambda", "s", [["y", 0, 0, {}]], function="math.square"),
        entry("AddLoss", "loss", [[["s", 0, 0, {}]]], unconditional=False),
        entry("Dense", "aside", [[["y", 0, 0, {}]]], units=2),
        entry("AddMetric", "metric", [[["aside", 0, 0, {}]]], aggregation="mean", metric_name="n"),
    ]
    summary = summarize(functional(layers, "y", x=[None, 4]))
    assert [layer.name for layer in summary.layers] == ["x", "y", "s", "loss", "aside", "metric"]
    assert summary.layers[3].connected_to == ("s[0][0]",)
    assert summary.total_params == 15 + 8


def test_the_class_of_all_layers_gives_its_input() -> None:
    summary = summarize(functional([entry("Layer", "y", [[X]])], "y", x=[None, 4]))
    assert (summary.layers[-1].class_name, summary.layers[-1].output_shape) == ("Layer", (None, 4))
    assert summary.total_params == 0


@pytest.mark.parametrize(
    ("class_name", "shape", "kernel"),
    [
        ("LocallyConnected1D", [None, 5, 2], 13 * 2 * 4),
        ("LocallyConnected2D", [None, 5, 4, 2], 13 * 10 * 2 * 4),
    ],
)
def test_connections_to_padding_have_no_weights(
    class_name: str, shape: list[int | None], kernel: int
) -> None:
    layer = entry(
        class_name, "y", [[X]], filters=4, kernel_size=3, padding="same", implementation=3,
        use_bias=False,
    )  # fmt: skip
    assert summarize(functional([layer], "y", x=shape)).total_params == kernel


def test_a_dense_kernel_with_a_mask_is_ordered_as_the_data() -> None:
    layer = entry(
        "LocallyConnected1D", "y", [[X]], filters=4, kernel_size=3, implementation=2,
        data_format="channels_first",
    )  # fmt: skip
    summary = summarize(functional([layer], "y", x=[None, 2, 6]))
    assert summary.layers[-1].weights[0].shape == (2, 6, 4, 4)


BACKWARDS = {"class_name": "LSTM", "config": {"units": 1, "go_backwards": True,
                                              "return_sequences": True}}  # fmt: skip


@pytest.mark.parametrize(
    ("class_name", "shape", "config"),
    [
        ("RandomRotation", [None, 8, 8, 3], {"factor": 20}),
        ("RandomContrast", [None, 8, 8, 3], {"factor": [0.2, 3.0]}),
        ("SeparableConv1D", [None, 8, 3], {"filters": 2, "kernel_size": 3, "padding": "causal"}),
        ("Hashing", [None, 8], {"num_bins": 3, "dtype": "float32"}),
        ("StringLookup", [None, 8], {"vocabulary": ["a", "a"]}),
        ("Bidirectional", [None, 8, 2], {"layer": BACKWARDS}),
    ],
)
def test_arguments_that_only_keras_3_refuses(
    class_name: str, shape: Any, config: dict[str, Any]
) -> None:
    source = functional([entry(class_name, "y", [[X]], **config)], "y", x=shape)
    assert summarize(source).layers[-1].output_shape == tuple(shape[:-1]) + (
        (2,) if class_name == "SeparableConv1D" else (shape[-1],)
    )


@pytest.mark.parametrize(("cropping", "left"), [([1, 1], 1), ([1, 2], 0), ([3, 4], 0)])
def test_cropping_may_leave_nothing(cropping: list[int], left: int) -> None:
    source = functional([entry("Cropping1D", "y", [[X]], cropping=cropping)], "y", x=[None, 3, 4])
    assert summarize(source).layers[-1].output_shape == (None, left, 4)


@pytest.mark.parametrize("class_name", ["BatchNormalization", "SyncBatchNormalization"])
@pytest.mark.parametrize("beside", [{}, {"module": "keras.layers", "registered_name": None}])
def test_the_one_axis_of_a_batch_normalization_is_in_a_list(
    class_name: str, beside: dict[str, Any]
) -> None:
    layer = entry(class_name, "y", [[X]], axis=[1]) | beside
    summary = summarize(functional([layer], "y", x=[None, 3, 8, 8]))
    assert (summary.total_params, summary.layers[-1].class_name) == (12, class_name)


def test_layers_of_a_nested_model_that_a_loss_reads_count_once() -> None:
    inside = entry("Dense", "mu", [[["i", 0, 0, {}]]], units=2)
    encoder = functional([inside], "mu", i=[None, 4])
    encoder |= {"name": "encoder", "inbound_nodes": [[X]]}
    encoder["config"]["name"] = "encoder"
    layers = [
        encoder,
        entry("Dense", "y", [[["encoder", 1, 0, {}]]], units=3),
        entry("Dense", "mu", [[X]], units=2),
        entry("AddLoss", "loss", [[["mu", 0, 0, {}]]]),
    ]
    summary = summarize(functional(layers, "y", x=[None, 4]))
    assert [layer.params for layer in summary.layers] == [0, 10, 9, 10, 0]
    assert summary.total_params == 19


def test_a_stack_of_tensors_of_unknown_shape_is_unknown() -> None:
    einsum = entry("TFOpLambda", "e", [["_CONSTANT_VALUE", -1, "ij,jk->ik", {}]], function="einsum")
    stack = entry(
        "TFOpLambda", "y", [[["e", 0, 0, {"axis": 1}], ["e", 0, 0, {"axis": 1}]]], function="stack"
    )
    assert summarize(functional([einsum, stack], "y", x=[None, 4])).layers[-1].output_shape is None


def test_an_array_among_the_inputs_of_a_layer() -> None:
    """A layer takes it as a tensor, an operation as a number or a list."""
    array = ["_CONSTANT_VALUE", -1, [[1.0, 2.0, 3.0, 4.0]], {}]
    double = entry("TFOpLambda", "d", [["_CONSTANT_VALUE", -1, 2.0, {"y": X[:3]}]],
                   function="math.multiply")  # fmt: skip
    both = entry("Concatenate", "y", [[["d", 0, 0, {}], array]])
    summary = summarize(functional([double, both], "y", x=[None, 4]))
    assert [layer.output_shape for layer in summary.layers[1:]] == [(None, 4), (None, 8)]


def test_a_model_takes_its_name_before_the_models_inside() -> None:
    dense = {"class_name": "Dense", "config": {"units": 3, "batch_input_shape": [None, 3]}}
    inner = {"class_name": "Sequential", "config": [dense]}
    summary = summarize({"class_name": "Sequential", "config": [inner, inner]})
    assert summary.name == "sequential"
    assert [layer.name for layer in summary.layers] == ["sequential_1", "sequential_2"]


def test_a_model_at_every_time_step() -> None:
    inner = {"input_shape": [4], "layers": [{"Dense": 3}]}
    spec = {"input_shape": [5, 4], "layers": [{"TimeDistributed": {"layer": {"model": inner}}}]}
    assert summarize(spec).layers[-1].output_shape == (None, 5, 3)


def test_several_tensors_at_every_time_step() -> None:
    shared = {"class_name": "Attention", "config": {"name": "a", "use_scale": True}}
    steps = entry("TimeDistributed", "t", [[X, ["z", 0, 0, {}]]], layer=shared)
    source = functional([steps], "t", x=[None, 5, 2, 8], z=[None, 5, 3, 8])
    summary = summarize(source)
    assert summary.layers[-1].output_shape == (None, 5, 2, 8)
    assert summary.total_params == 1
    given = {"inputs": {"x": [5, 2, 8], "z": [5, 3, 8]}, "layers": []}
    given["layers"] = [{"TimeDistributed": {"layer": "Attention"}, "inputs": ["x", "z"]}]
    with pytest.raises(LstmcountError, match="expected one tensor"):
        summarize(given)


def test_several_outputs_at_every_time_step() -> None:
    inner = {"class_name": "LSTM", "config": {"name": "a", "units": 3, "return_state": True}}
    steps = entry("TimeDistributed", "t", [[X]], layer=inner)
    summary = summarize(functional([steps], "t", x=[None, 5, 2, 8]))
    assert summary.layers[-1].output_shape == [(None, 5, 3)] * 3
    given = {"input_shape": [5, 2, 8], "layers": [{"TimeDistributed": {"layer": inner}}]}
    with pytest.raises(LstmcountError, match="expected a layer with one output"):
        summarize(given)


def test_layers_for_losses_in_files_that_name_modules() -> None:
    layers = [
        entry("Dense", "y", [[X]], units=3) | {"module": "keras.layers"},
        entry("AddLoss", "loss", [[["y", 0, 0, {}]]]) | {"module": "keras.src.engine.base_layer"},
    ]
    summary = summarize(functional(layers, "y", x=[None, 4]))
    assert [layer.name for layer in summary.layers] == ["x", "y", "loss"]


@pytest.mark.parametrize(
    ("class_name", "beside", "config", "is_known"),
    [
        ("Dense", {"module": "keras.layers"}, {"units": 3}, True),
        ("Dense", {}, {"units": 3}, True),
        ("Dense", {"module": "my.layers", "registered_name": "my>Dense"}, {"units": 3}, False),
        ("Dense", {"module": None, "registered_name": "Custom>Dense"}, {"units": 3}, False),
        ("Attention", {"module": "__main__", "registered_name": "Attention"}, {}, False),
        ("Attention", {}, {"step_dim": 5}, False),
        ("LayerNormalization", {}, {"eps": 1e-6}, False),
        ("LayerNormalization", {}, {"epsilon": 1e-6}, True),
        ("LayerScale", {}, {"scale": 1.0}, False),
        ("MultiHeadAttention", {}, {"head_num": 2, "use_bias": True}, False),
    ],
)
def test_an_authors_class_with_the_name_of_one_of_kerass(
    class_name: str, beside: dict[str, Any], config: dict[str, Any], is_known: bool
) -> None:
    layer = entry(class_name, "y", [[X]], **config) | beside
    summary = summarize(functional([layer], "y", x=[None, 4]))
    assert (summary.layers[-1].state == "built") is is_known
    assert summary.layers[-1].class_name == class_name


def test_the_base_class_of_lookups() -> None:
    config = {"max_tokens": 7, "oov_token": "[OOV]", "mask_token": "", "output_mode": "count"}
    layer = entry("IndexLookup", "y", [[X]], **config, pad_to_max_tokens=True)
    summary = summarize(functional([layer], "y", x=[None, 3]))
    assert (summary.layers[-1].output_shape, summary.total_params) == ((None, 7), 0)


def test_a_sequential_as_the_output_in_files_that_name_modules() -> None:
    inside = [
        {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 4]}},
        {"class_name": "Dense", "config": {"units": 3}},
    ]
    head = {"class_name": "Sequential", "config": {"name": "head", "layers": inside}}
    head |= {"name": "head", "module": "keras", "inbound_nodes": [[X]]}
    source = functional([head], "head", x=[None, 4])
    source["config"]["output_layers"] = [["head", 1, 0]]
    assert summarize(source).layers[-1].output_shape == (None, 3)


def test_arrays_in_files_that_name_modules() -> None:
    axes = {"class_name": "__numpy__", "config": {"value": [0, 1], "dtype": "int32"}}
    node = {"op": "Mean", "attr": {"keep_dims": {"b": False}}}
    layers = [
        entry("TensorFlowOpLayer", "mean", [[X]], node_def=node, constants={"1": axes}),
        entry("TFOpLambda", "y", [["x", 0, 0, {"axis": axes}]], function="math.reduce_sum"),
    ]
    summary = summarize(functional(layers, "y", x=[None, 4]))
    assert [layer.output_shape for layer in summary.layers[1:]] == [(), ()]


@pytest.mark.parametrize("class_name", ["ClassMethod", "InstanceMethod", "InstanceProperty"])
def test_methods_of_tensors_have_no_weights(class_name: str) -> None:
    layers = [
        entry(class_name, "values", [["x", 0, 0, {}]], attr_name="values"),
        entry("Dense", "y", [[X]], units=3),
    ]
    assert summarize(functional(layers, "values", x=[None, 4])).total_params == 15


def sequential(*layers: dict[str, Any]) -> dict[str, Any]:
    return {"class_name": "Sequential", "config": list(layers)}


def test_a_batch_normalisation_over_several_axes() -> None:
    normal = {"name": "n", "axis": [1, 3], "batch_input_shape": [None, 9, 8, 3]}
    for named in ({}, {"module": "keras.layers", "registered_name": None}):
        entry = {"class_name": "BatchNormalization", "config": normal, **named}
        (layer,) = summarize(sequential(entry)).layers
        assert (layer.class_name, layer.params) == ("BatchNormalization", 4 * 27)
        assert layer.weights[0].shape == (1, 9, 1, 3)


@pytest.mark.parametrize("shape", ["batch_input_shape", "batch_shape"])
def test_nothing_trains_inside_a_frozen_wrapper(shape: str) -> None:
    """This holds in Keras 2; in Keras 3 each weight decides."""
    entry = {"class_name": "InputLayer", "config": {"name": "x", shape: [None, 4, 5]}}
    dense = {"class_name": "Dense", "config": {"name": "d", "units": 3, "trainable": True}}
    wrapper = {"name": "t", "trainable": False, "layer": dense}
    summary = summarize(sequential(entry, {"class_name": "TimeDistributed", "config": wrapper}))
    assert summary.trainable_params == (0 if shape == "batch_input_shape" else 18)


def test_states_beside_an_empty_argument_of_that_name() -> None:
    """Bidirectional is saved like this: the states are tensors, and `initial_state` is None."""
    none = {"initial_state": None, "constants": None}
    lstm = {"class_name": "LSTM", "config": {"name": "l", "units": 3, "return_state": True}}
    reads = [["x", 0, 0, none], *[["b", 0, i, none] for i in range(1, 5)]]
    layers = [
        {"class_name": "InputLayer", "name": "x", "inbound_nodes": [],
         "config": {"name": "x", "batch_input_shape": [None, 6, 4]}},
        {"class_name": "Bidirectional", "name": "b", "inbound_nodes": [[["x", 0, 0, {}]]],
         "config": {"name": "b", "layer": lstm}},
        {"class_name": "Bidirectional", "name": "a", "inbound_nodes": [reads],
         "config": {"name": "a", "layer": lstm}},
    ]  # fmt: skip
    config = {"name": "m", "layers": layers, "input_layers": [["x", 0, 0]],
              "output_layers": [["a", 0, 0]]}  # fmt: skip
    summary = summarize({"class_name": "Functional", "config": config})
    assert [layer.name for layer in summary.layers] == ["x", "b", "a"]


def column(kind: str, **config: Any) -> dict[str, Any]:
    return {"class_name": f"{kind}Column", "config": config}


def test_feature_columns_set_the_width_of_dense_features() -> None:
    words = column("VocabularyListCategorical", key="w", vocabulary_list=["a", "b"],
                   num_oov_buckets=1)  # fmt: skip
    age = column("Numeric", key="age", shape=[1])
    columns = [
        column("Numeric", key="price", shape=[3]),
        column("Bucketized", source_column=age, boundaries=[1.0, 2.0]),
        column("Indicator", categorical_column=words),
        column("Embedding", categorical_column=column("HashedCategorical", key="h",
               hash_bucket_size=7), dimension=4, trainable=True),
    ]  # fmt: skip
    layers = [
        {"class_name": "InputLayer", "name": "price", "inbound_nodes": [],
         "config": {"name": "price", "batch_input_shape": [None, 3]}},
        {"class_name": "DenseFeatures", "name": "f", "inbound_nodes": [{"price": ["price", 0, 0]}],
         "config": {"name": "f", "feature_columns": columns}},
    ]  # fmt: skip
    config = {"name": "m", "layers": layers, "input_layers": {"price": ["price", 0, 0]},
              "output_layers": [["f", 0, 0]]}  # fmt: skip
    found = summarize({"class_name": "Functional", "config": config}).layers[-1]
    assert found.output_shape == (None, 3 + 3 + 3 + 4)
    assert [(w.name, w.shape) for w in found.weights] == [("h_embedding/embedding_weights", (7, 4))]


@pytest.mark.parametrize("sequences", [True, False])
def test_the_first_axis_is_time(sequences: bool) -> None:
    layer = {"units": 4, "time_major": True, "return_sequences": sequences}
    both = {"layer": {"class_name": "LSTM", "config": {"name": "l", **layer}}}
    layers = [
        entry("GRU", "g", [[X]], **layer, return_state=True),
        entry("Bidirectional", "b", [[X]], **both),
    ]
    summary = summarize(functional(layers, "b", x=[None, 2, 3]))
    outputs = {each.name: (each.class_name, each.output_shape) for each in summary.layers[1:]}
    steps: tuple[int | None, ...] = (None,) if sequences else ()
    assert outputs == {
        "g": ("GRU", [(*steps, 2, 4), (2, 4)]),
        "b": ("Bidirectional", (*steps, 2, 8)),
    }


def test_the_steps_of_a_trace_are_on_the_first_axis() -> None:
    layer = entry("LSTM", "l", [[X]], units=4, time_major=True)
    assert trace(functional([layer], "l", x=[7, 2, 3])).about.timesteps == 7


SEQUENCE = {"return_sequences": True}
STATE = {"return_state": True}


@pytest.mark.parametrize(
    ("mode", "options", "output"),
    [
        ("concat", {}, (None, 7)),
        ("concat", SEQUENCE, (None, 9, 7)),
        ("concat", STATE, [(None, 7), (None, 4), (None, 4), (None, 3)]),
        (None, SEQUENCE, [(None, 9, 4), (None, 9, 3)]),
        (None, STATE, [(None, 4), (None, 3), (None, 4), (None, 4), (None, 3)]),
    ],
)
def test_each_direction_of_a_bidirectional_has_its_own_size(
    mode: str | None, options: dict[str, bool], output: Any
) -> None:
    forward = {"class_name": "LSTM", "config": {"name": "f", "units": 4, **options}}
    backward = {
        "class_name": "GRU",
        "config": {"name": "b", "units": 3, "go_backwards": True, **options},
    }
    both = entry(
        "Bidirectional", "y", [[X]], layer=forward, backward_layer=backward, merge_mode=mode
    )
    summary = summarize(functional([both], "y", x=[None, 9, 5]))
    shape = summary.layers[-1].output_shape
    assert (list(shape) if isinstance(output, list) else shape) == output
    assert summary.layers[-1].class_name == "Bidirectional"


def test_a_layer_after_two_directions_reads_the_features_of_both() -> None:
    forward = {"class_name": "LSTM", "config": {"name": "f", "units": 4}}
    backward = {"class_name": "LSTM", "config": {"name": "b", "units": 3, "go_backwards": True}}
    both = entry("Bidirectional", "y", [[X]], layer=forward, backward_layer=backward)
    dense = entry("Dense", "z", [[["y", 0, 0, {}]]], units=2)
    source = functional([both, dense], "z", x=[None, 9, 5])
    assert summarize(source).layers[-1].params == (4 + 3 + 1) * 2


def test_directions_of_different_sizes_have_no_sum() -> None:
    forward = {"class_name": "GRU", "config": {"name": "f", "units": 4}}
    backward = {"class_name": "GRU", "config": {"name": "b", "units": 3, "go_backwards": True}}
    both = entry(
        "Bidirectional", "y", [[X]], layer=forward, backward_layer=backward, merge_mode="sum"
    )
    with pytest.raises(LstmcountError, match="merge_mode sum needs outputs of the same shape"):
        summarize(functional([both], "y", x=[None, 9, 5]))
