"""Written and read again: the same summary; and real Keras loads and runs what is written."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from lstmcount import LstmcountError, Summary, summarize
from lstmcount.conversion.forms import written
from lstmcount.graph.inference import infer
from lstmcount.renderers.cells import Options
from lstmcount.renderers.table import as_text
from lstmcount.sources import Source, open_source, read
from tests.conftest import ROOT, Call
from tests.differential import real_keras

CONFIGS = sorted((ROOT / "configs").glob("*.yaml"))
MODELS = sorted((ROOT / "tests" / "golden" / "models").glob("*/model.json"))
SOURCES = [pytest.param(path, id=path.stem) for path in CONFIGS] + [
    pytest.param(path, id=path.parent.name) for path in MODELS
]


def convert(source: Any, to: str) -> str:
    try:
        return written(read(open_source(source)), to)
    except LstmcountError as error:
        words = (
            "subclassed",
            "not Keras's own",
            "is a Lambda",
            "nowhere declared",
            "constant",
            "at least one layer",
            "at least one layer",
            "cannot say this model",
        )
        if any(word in str(error) for word in words):
            pytest.skip(str(error))
        raise


def same(text: str, path: Path) -> None:
    same_summaries(summarize(yaml.safe_load(text)), summarize(path))


def same_summaries(ours: Summary, theirs: Summary) -> None:
    assert str(ours.total_params) == str(theirs.total_params)
    assert str(ours.trainable_params) == str(theirs.trainable_params)
    totals = " Total params"
    assert as_text(ours).partition(totals)[0] == as_text(theirs).partition(totals)[0]


@pytest.mark.parametrize("path", SOURCES)
def test_as_a_spec_and_back(path: Path) -> None:
    same(convert(path, "yaml"), path)
    same(convert(path, "json"), path)


@pytest.mark.parametrize("path", SOURCES)
def test_as_keras_json_and_back(path: Path) -> None:
    same(convert(path, "keras-json"), path)


@pytest.mark.parametrize("path", SOURCES)
def test_as_a_program_and_back(path: Path, tmp_path: Path) -> None:
    if path.parent.name == "sequential_empty":
        pytest.skip("models that programs are not read for")
    program = tmp_path / "program.py"
    program.write_text(convert(path, "python"))
    same_summaries(summarize(program), summarize(path))


# What Keras can make again without TensorFlow, and without the code of the model's author.
IN_KERAS = [path for path in MODELS if not re.search("odd_|_string_|_text_", str(path.parent))]


@pytest.mark.oracle
@pytest.mark.parametrize("path", IN_KERAS, ids=lambda path: path.parent.name)
def test_keras_makes_the_same_model_again(path: Path) -> None:
    """From its JSON, and from its code."""
    text = as_text(summarize(path), Options(line_length=200))
    expected = text.partition(" Total params")[0].split()
    for form in ("keras-json", "python"):
        keras = real_keras.fresh()
        if form == "python":
            program: dict[str, Any] = {}
            exec(convert(path, form), program)
            model = program["model"]
        else:
            model = keras.models.model_from_json(convert(path, form))
        found = real_keras.summary_text(model, line_length=200)
        assert found.partition(" Total params")[0].split() == expected, form


@pytest.mark.oracle
@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_keras_loads_the_json_and_runs_the_code(path: Path) -> None:
    keras = real_keras.fresh()
    with real_keras.weightless():
        loaded = keras.models.model_from_json(convert(path, "keras-json"))
        program: dict[str, Any] = {}
        exec(convert(path, "python"), program)
    expected = as_text(summarize(path)).splitlines()[-3]
    for model in (loaded, program["model"]):
        assert real_keras.summary_text(model).splitlines()[-3] == expected


def test_most_models_can_be_written() -> None:
    """Few models are skipped above: those with code of their author."""
    written_ones = 0
    for path in MODELS:
        try:
            written(read(open_source(path)), "yaml")
            written_ones += 1
        except LstmcountError:
            pass
    assert written_ones > 0.92 * len(MODELS)


def test_custom_layers_are_written_as_they_were_read(call: Call, tmp_path: Path) -> None:
    """Layers of the author's own are written as they were read; unknown shapes stay unknown."""
    inner = {"class_name": "Ours", "config": {"name": "i", "size": 3}}
    layers = [
        {"class_name": "Dense", "config": {"name": "d", "units": 4, "dtype": "float",
                                           "batch_input_shape": [None, 5, 8]}},
        {"class_name": "Lambda", "config": {"name": "l", "function": ["4wEA"]}},
        {"class_name": "Dense", "config": {"name": "e", "units": 4}},
        {"class_name": "Ours", "config": {"name": "o", "size": [3, 4], "rate": 0.5}},
        {"class_name": "TimeDistributed", "config": {"name": "t", "layer": inner}},
    ]  # fmt: skip
    path = tmp_path / "ours.json"
    model = {"class_name": "Sequential", "config": layers}
    path.write_text(json.dumps(model))
    text = convert(path, "keras-json")
    assert as_text(summarize(text)) == as_text(summarize(path))
    found = json.loads(text)["config"]["layers"]
    assert found[4]["config"] == {"name": "o", "size": [3, 4], "rate": 0.5}
    assert found[5]["config"]["layer"]["class_name"] == "Ours"
    done = call("convert", str(path), "--to", "yaml")
    assert "take --to keras-json" in done.stderr
    path.write_text(json.dumps({**model, "config": layers[:3]}))
    graph = {"inputs": {"x": [5, 8]}, "layers": [{"Lambda": {"function": "f"}}, {"Dense": 3}]}
    for source in (path, graph):
        assert summarize(yaml.safe_load(convert(source, "yaml"))).layers[-1].state == "unknown"


OLD_INITIALIZERS = {
    "kernel_initializer": {"class_name": "GlorotUniform",
                           "config": {"seed": None, "dtype": "float32"}},
    "recurrent_initializer": {"class_name": "Orthogonal",
                              "config": {"gain": 0.5, "seed": None, "dtype": "float32"}},
    "bias_initializer": {"class_name": "RandomUniform",
                         "config": {"minval": 0, "maxval": 1, "seed": 3, "dtype": "float32"}},
}  # fmt: skip


OLD_LSTM = {"name": "l", "units": 2, "batch_input_shape": [None, 5, 3], **OLD_INITIALIZERS}
OLD_MODEL = {"class_name": "Sequential", "config": [{"class_name": "LSTM", "config": OLD_LSTM}]}


def test_initializers_as_keras_2_wrote_them() -> None:
    found = yaml.safe_load(convert(OLD_MODEL, "yaml"))["layers"][0]["LSTM"]
    assert "kernel_initializer" not in found
    assert found["recurrent_initializer"] == {"class_name": "Orthogonal", "config": {"gain": 0.5}}
    text = convert(OLD_MODEL, "keras-json")
    assert "dtype" not in json.loads(text)["config"]["layers"][1]["config"]["bias_initializer"]


@pytest.mark.oracle
def test_keras_takes_them() -> None:
    keras = real_keras.fresh()
    assert keras.models.model_from_json(convert(OLD_MODEL, "keras-json")).count_params() == 48
    program: dict[str, Any] = {}
    exec(convert(OLD_MODEL, "python"), program)
    assert program["model"].count_params() == 48


def test_shapes_that_a_file_records_are_written_again() -> None:
    def keras_tensor(name: str, shape: list[int | None]) -> dict[str, Any]:
        config = {"shape": shape, "dtype": "float32", "keras_history": [name, 0, 0]}
        return {"class_name": "__keras_tensor__", "config": config}

    def layer(class_name: str, read: Any, module: str | None, **config: Any) -> dict[str, Any]:
        calls = [] if read is None else [{"args": [read], "kwargs": {}}]
        return {"class_name": class_name, "module": module, "name": config["name"],
                "config": config, "inbound_nodes": calls}  # fmt: skip

    layers = [
        layer("InputLayer", None, "keras.layers", name="x", batch_shape=[None, 5]),
        layer("Ours", keras_tensor("x", [None, 5]), None, name="o"),
        layer("Dense", keras_tensor("o", [None, 7]), "keras.layers", name="d", units=2),
    ]
    config = {"name": "m", "layers": layers, "input_layers": [["x", 0, 0]],
              "output_layers": [["d", 0, 0]]}  # fmt: skip
    model = {"class_name": "Functional", "module": "keras", "config": config}
    text = convert(model, "keras-json")
    assert as_text(summarize(text)) == as_text(summarize(model))
    assert summarize(text).layers[-1].params == 16


OPERATIONS = """\
name: operations
inputs: {x: [8, 6], y: [8, 6]}
layers:
  - ops.add: {}
    inputs: [x, y]
  - ops.get_item: {key: ':, 1:5'}
    inputs: add
  - ops.subtract: {x1: 1}
    name: rest
    inputs: get_item
  - ops.mean: {axis: 1, keepdims: true}
    inputs: rest
  - ops.concatenate: {axis: 1}
    inputs: [rest, mean]
  - ops.transpose: {axes: [0, 2, 1]}
    inputs: concatenate
  - ops.einsum: {subscripts: 'bij,bjk->bik'}
    inputs: [concatenate, transpose]
  - ops.image.resize: {size: [4, 4]}
    name: small
    inputs: pixels
  - Dense: 4
    inputs: einsum
outputs: [dense, small]
"""


def test_operations_in_a_spec(tmp_path: Path) -> None:
    text = OPERATIONS.replace("y: [8, 6]}", "y: [8, 6], pixels: [8, 8, 3]}")
    summary = summarize(yaml.safe_load(text))
    shapes = {layer.name: layer.output_shape for layer in summary.layers}
    assert shapes["rest"] == (None, 4, 6)
    assert shapes["concatenate"] == (None, 5, 6)
    assert shapes["einsum"] == (None, 5, 5)
    assert shapes["small"] == (None, 4, 4, 3)
    path = tmp_path / "spec.yaml"
    path.write_text(text)
    assert yaml.safe_load(convert(path, "yaml")) == yaml.safe_load(text)
    same(convert(path, "keras-json"), path)
    short = text.replace("{key: ':, 1:5'}", "':, 1:5'").replace("{axis: 1}", "1")
    assert yaml.safe_load(convert(yaml.safe_load(short), "yaml")) == yaml.safe_load(text)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("ops.men: 1", "unknown operation 'ops.men'. Did you mean mean?"),
        ("ops.mean: {axs: 1}", "mean has no argument 'axs'. Did you mean axis?"),
        ("ops.get_item: 'a:b'", "expected what stands between brackets"),
        ("ops.mean: {axis: x}", "operation Mean: expected `int | array | null`"),
        ("TimeDistributed: {layer: ops.relu}", "expected a layer, got an operation"),
        ("{ops.relu: {}, name: 3}", "expected a name"),
        ("{ops.square: {}, name: s}\n  - call: s", "an operation, which has nothing to share"),
    ],
)
def test_a_wrong_operation_in_a_spec_is_an_error(entry: str, words: str) -> None:
    with pytest.raises(LstmcountError, match=re.escape(words)):
        summarize(yaml.safe_load(f"inputs: {{x: [8, 6]}}\nlayers:\n  - {entry}\n"))


def test_half_a_surrogate_pair_is_spelled_out() -> None:
    config = read(open_source({"name": "a\ud800", "input_shape": [3], "layers": [{"Dense": 2}]}))
    for to in ("yaml", "json"):
        assert yaml.safe_load(written(config, to))["name"] == "a\\ud800"


def test_yaml_is_written_in_the_short_form(call: Call) -> None:
    done = call("convert", "configs/action_recognition.yaml", "--to", "yaml")
    assert done.stdout.splitlines()[:5] == [
        "# yaml-language-server: $schema=lstmcount.schema.json",
        "name: action_recognition",
        "input_shape: [5, 126]",
        "layers:",
        "  - LSTM: {units: 64, activation: relu, return_sequences: true}",
    ]


def test_the_output_goes_to_a_file(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    done = call("convert", "configs/lstm_cell.yaml", "--to", "keras-json", "-o", str(path))
    assert (done.returncode, done.stdout) == (0, "")
    assert json.loads(path.read_text())["class_name"] == "Sequential"


def test_names_with_slashes() -> None:
    """Keras 3 refuses slashes; names that become equal without them get numbers."""
    dense = {"name": "a/b", "units": 3, "batch_input_shape": [None, 4]}
    model = {
        "class_name": "Sequential",
        "config": [
            {"class_name": "Dense", "config": dense},
            {"class_name": "Dense", "config": {"name": "a_b", "units": 2}},
        ],
    }
    for form in ("keras-json", "python"):
        assert re.findall(r"\ba_b\w*", convert(model, form)) == ["a_b_1", "a_b"]
    assert "name: a/b" in convert(model, "yaml")


def first(class_name: str, shape: list[int], **arguments: Any) -> dict[str, Any]:
    config = {"name": "first", "batch_input_shape": [None, *shape], **arguments}
    return {"class_name": "Sequential", "config": [{"class_name": class_name, "config": config}]}


BACKWARD = {"class_name": "GRU", "config": {"name": "g", "units": 3, "go_backwards": True}}
OLD_LAYERS = [
    (first("CuDNNGRU", [6, 4], units=3), "GRU"),
    (first("TimeDistributedDense", [6, 4], output_dim=3), "Dense"),
    (first("ThresholdedReLU", [4], theta=0.5), "ReLU"),
    (first("SyncBatchNormalization", [4]), "BatchNormalization"),
    (first("Layer", [4]), "Identity"),
    (first("Bidirectional", [6, 4], layer=BACKWARD), "Bidirectional"),
    (first("Deconvolution2D", [6, 6, 2], nb_filter=3, nb_row=2, nb_col=2, subsample=[2, 2],
           output_shape=[None, 12, 12, 3], dim_ordering="tf", border_mode="same"),
     "Conv2DTranspose"),
    (first("Dense", [0], units=3), "Dense"),
    (first("EinsumDense", [7, 5], equation="abc,cd->abd", output_shape=[None, 3]), "EinsumDense"),
    (first("Dense", [5], units=3, dtype={"module": "keras.mixed_precision", "class_name": "Policy",
           "config": {"name": "mixed_float16"}, "registered_name": None}), "Dense"),
]  # fmt: skip


@pytest.mark.parametrize(("model", "class_name"), OLD_LAYERS)
def test_layers_of_older_versions(model: dict[str, Any], class_name: str, tmp_path: Path) -> None:
    before = summarize(model)
    program = tmp_path / "program.py"
    program.write_text(convert(model, "python"))
    for after in (summarize(convert(model, "keras-json")), summarize(program)):
        assert after.total_params == before.total_params
        (layer,) = after.layers
        assert (layer.class_name, layer.output_shape) == (class_name, before.layers[0].output_shape)
    same_summaries(summarize(yaml.safe_load(convert(model, "yaml"))), before)


@pytest.mark.oracle
@pytest.mark.parametrize(("model", "class_name"), OLD_LAYERS)
def test_keras_takes_layers_of_older_versions(model: dict[str, Any], class_name: str) -> None:
    keras = real_keras.fresh()
    count = summarize(model).total_params
    assert keras.models.model_from_json(convert(model, "keras-json")).count_params() == count
    program: dict[str, Any] = {}
    exec(convert(model, "python"), program)
    assert program["model"].count_params() == count


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (first("CuDNNLSTM", [6, 4], units=3), "today's LSTM has one bias for each gate"),
        (first("Highway", [4], activation="relu", bias=True), "of class Highway, which Keras"),
        (first("Convolution1D", [6, 4], nb_filter=3, filter_length=2, border_mode="full"),
         "'first' is a Conv1D with padding full, which Keras 3 does not have"),
        (first("Deconvolution2D", [6, 6, 2], nb_filter=3, nb_row=2, nb_col=2, subsample=[2, 2],
               output_shape=[None, 13, 13, 3], dim_ordering="tf", border_mode="same"),
         "Keras 3 cannot say this model exactly: layer 'first' would differ"),
    ],
)  # fmt: skip
def test_layers_that_keras_3_lacks(model: dict[str, Any], words: str) -> None:
    for form in ("keras-json", "python"):
        with pytest.raises(LstmcountError, match=re.escape(words)):
            written(read(open_source(model)), form)


def test_layers_inside_applications_and_keys_of_slices(tmp_path: Path) -> None:
    """Written programs also use names outside `keras.layers`."""
    program = tmp_path / "program.py"
    program.write_text(
        "import keras\n"
        "x = keras.Input((5, 4))\n"
        "y = keras.src.ops.numpy.GetItem(name='y')(x, [slice(None, None, None), 0])\n"
        "z = keras.src.applications.convnext.LayerScale(0.1, 4, name='scale')(y)\n"
        "model = keras.Model(x, z)\n"
    )
    found = [(layer.name, layer.output_shape, layer.params) for layer in summarize(program).layers]
    assert found[1:] == [("y", (None, 4), 0), ("scale", (None, 4), 4)]


MHA = {"name": "m", "num_heads": 2, "key_dim": 3}
OLD_CALLS = [  # what Keras 2 says a layer was built with, and arguments that it called it with
    {"class_name": "InputLayer", "module": "keras.layers", "name": "x", "inbound_nodes": [],
     "config": {"name": "x", "batch_input_shape": [None, 6, 4]}},
    {"class_name": "MultiHeadAttention", "module": "keras.layers", "name": "m", "config": MHA,
     "inbound_nodes": [[["x", 0, 0, {"value": ["x", 0, 0]}]]],
     "build_config": {"input_shape": [None, 6, 4]}},
    {"class_name": "Bidirectional", "module": "keras.layers", "name": "b",
     "config": {"name": "b", "layer": {"class_name": "GRU", "module": "keras.layers",
                "config": {"name": "g", "units": 3}, "build_config": {"input_shape": [6, 4]}}},
     "inbound_nodes": [[["m", 0, 0, {"initial_state": None, "constants": None}]]],
     "build_config": {"input_shape": [[None, 6, 4], 9]}},
]  # fmt: skip


@pytest.mark.oracle
def test_keras_builds_by_calls_what_keras_2_had_built() -> None:
    config = {"name": "m", "layers": OLD_CALLS, "input_layers": [["x", 0, 0]],
              "output_layers": [["b", 0, 0]]}  # fmt: skip
    model = {"class_name": "Functional", "config": config}
    made = real_keras.fresh().models.model_from_json(convert(model, "keras-json"))
    assert made.count_params() == summarize(model).total_params


def test_frozen_layers_without_the_argument_trainable(tmp_path: Path) -> None:
    program = tmp_path / "model.py"
    program.write_text(
        "import keras\n"
        "model = keras.Sequential([keras.Input((4, 3)), keras.layers.SpatialDropout1D(0.2),"
        " keras.layers.Discretization(num_bins=3), keras.layers.Dense(2)])\n"
        "model.trainable = False\n"
    )
    for form in ("python", "yaml", "keras-json"):
        text = convert(program, form)
        lines = [line for line in text.splitlines() if "SpatialDropout1D" in line]
        assert not [line for line in lines if "trainable" in line]
    config = json.loads(convert(program, "keras-json"))["config"]
    assert [layer["config"].get("trainable") for layer in config["layers"][1:]] == [
        None,
        None,
        False,
    ]


REFUSED = {
    "a layer of which one weight is frozen": (
        "import keras\n"
        "model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])\n"
        "model.output\n"
        "model.layers[0].bias.trainable = False\n",
        r"only some weights of 'dense'|cannot say this model",
    ),
    "a weight of an own class": (
        "import keras\n"
        "class Own(keras.layers.Layer):\n"
        "    def build(self, shape): self.kernel = self.add_weight(shape=(shape[-1], 3))\n"
        "    def call(self, x): return x @ self.kernel\n"
        "model = keras.Sequential([keras.Input((4,)), Own()])\n",
        "a weight or array of the program's own is used here",
    ),
    "a weight that a derived layer adds": (
        "import keras\n"
        "class Own(keras.layers.LayerNormalization):\n"
        "    def build(self, shape):\n"
        "        super().build(shape)\n"
        "        self.extra = self.add_weight(shape=shape[1:])\n"
        "model = keras.Sequential([keras.Input((8, 6)), Own()])\n",
        "cannot say this model exactly: layer 'own' would differ",
    ),
    "a layer that call does not use": (
        "import keras\n"
        "class Own(keras.layers.Layer):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.dense = keras.layers.Dense(3)\n"
        "        self.other = keras.Sequential([keras.Input((4,)), keras.layers.Dense(9)])\n"
        "    def call(self, x): return self.dense(x)\n"
        "x = keras.Input((8, 4))\n"
        "model = keras.Model(x, Own()(x))\n",
        "cannot say this model exactly: layer 'own' would differ",
    ),
    "a model beside a functional one": (
        "import keras\n"
        "class Own(keras.Model):\n"
        "    def __init__(self):\n"
        "        x = keras.Input((5,))\n"
        "        super().__init__(inputs=x, outputs=keras.layers.Dense(4)(x))\n"
        "        self.other = keras.Sequential([keras.Input((5,)), keras.layers.Dense(70)])\n"
        "model = Own()\n",
        "cannot say this model exactly: the number of parameters would differ",
    ),
    "a cell that is derived from Keras's": (
        "import keras\n"
        "class Own(keras.layers.LSTMCell):\n"
        "    def build(self, shape):\n"
        "        super().build(shape)\n"
        "        self.extra = self.add_weight(shape=(self.units * 3,))\n"
        "x = keras.Input((None, 5))\n"
        "model = keras.Model(x, keras.layers.RNN(Own(8))(x))\n",
        "cannot say this model: the cell of an RNN must be",
    ),
    "a variable of a subclassed model": (
        "import keras\n"
        "class Own(keras.Model):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.dense = keras.layers.Dense(3)\n"
        "        self.factor = keras.Variable(1.0)\n"
        "    def call(self, x): return self.dense(x)\n"
        "model = Own()\n"
        "model(keras.ops.zeros((1, 4)))\n",
        "cannot say this model exactly: the number of parameters would differ",
    ),
    "arguments without names": (
        "import keras\n"
        "x = keras.Input((5,))\n"
        "norm = keras.constraints.MaxNorm(2, 0, 1)\n"
        "model = keras.Model(x, keras.layers.Dense(3, kernel_constraint=norm)(x))\n",
        "kernel_constraint: what the arguments of MaxNorm are called is not known",
    ),
}


@pytest.mark.parametrize("form", ["yaml", "keras-json", "python"])
@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_what_no_form_can_say_is_refused(
    form: str, text: str, message: str, tmp_path: Path
) -> None:
    program = tmp_path / "program.py"
    program.write_text(text)
    with pytest.raises(LstmcountError, match=message):
        written(read(open_source(program)), form)


WITH_OBJECTS = """
import keras
import numpy as np
from keras import constraints, initializers, regularizers
known = np.array([[1.0, 2.0], [3.0, 4.0]])
loaded = np.load("a.npy").reshape((2, 2))
model = keras.Sequential([
    keras.Input((2,)),
    keras.layers.Dense(2, kernel_initializer=initializers.get("he_normal"),
                       kernel_constraint=constraints.MinMaxNorm(0.1, 1.0, 0.5)),
    keras.layers.Dense(2, kernel_initializer=initializers.Constant(known),
                       bias_initializer=initializers.Constant(),
                       kernel_regularizer=regularizers.l1_l2(0.1, 0.2)),
    keras.layers.Dense(2, kernel_initializer=initializers.Constant(loaded),
                       kernel_constraint=constraints.deserialize("max_norm")),
    keras.layers.Dense(2, kernel_initializer=initializers.random_normal(0.0, 0.02),
                       kernel_regularizer=regularizers.get({"class_name": "L2", "config": {}}),
                       bias_initializer=initializers.HeUniform.from_config({"seed": 3})),
])
"""
MASKED = """
import keras
from keras import layers
class Part(layers.Layer):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(3)
    def call(self, x): return self.dense(x)
x = keras.Input((9,))
embedding = layers.Embedding(30, 6, mask_zero=True)
mask = embedding.compute_mask(x)
model = keras.Model(x, layers.LSTM(2)(Part()(embedding(x)), mask=mask))
"""
SUBCLASSED = """
import keras
from keras import layers
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.last = layers.LSTM(3)
        self.first = layers.LSTM(4, return_sequences=True)
        self.drop = layers.Dropout(0.2)
    def call(self, x): return self.last(self.drop(self.first(x) * 2))
model = Net()
model(keras.ops.zeros((1, 7, 2)))
"""
CONVERTED = {
    "objects": (WITH_OBJECTS, 24),
    "masks of a custom layer": (MASKED, 249),
    "attributes in another order than calls": (SUBCLASSED, 208),
}


@pytest.mark.parametrize("form", ["yaml", "keras-json", "python"])
@pytest.mark.parametrize(("text", "count"), CONVERTED.values(), ids=CONVERTED)
def test_programs_keep_their_counts(form: str, text: str, count: int) -> None:
    again = convert_program(text, form)
    if form == "python":
        assert infer(read(Source("again.py", again.encode()))).total_params == count
    else:
        assert summarize(yaml.safe_load(again)).total_params == count


def test_objects_are_written_with_the_names_of_their_arguments() -> None:
    text = convert_program(WITH_OBJECTS, "python")
    for written_object in (
        "kernel_initializer='he_normal'",
        "keras.constraints.MinMaxNorm(min_value=0.1, max_value=1.0, rate=0.5)",
        "keras.initializers.Constant(value=[[1.0, 2.0], [3.0, 4.0]])",
        "keras.initializers.Constant(value=0.0)",
        "keras.regularizers.L1L2(l1=0.1, l2=0.2)",
        "layers.Dense(units=2, kernel_constraint='max_norm', name='dense_2')",
        "keras.initializers.RandomNormal(mean=0.0, stddev=0.02)",
        "keras.initializers.HeUniform(seed=3)",
    ):
        assert written_object in text


@pytest.mark.oracle
@pytest.mark.parametrize(("text", "count"), CONVERTED.values(), ids=CONVERTED)
def test_keras_takes_converted_programs(text: str, count: int) -> None:
    keras = real_keras.fresh()
    loaded = keras.models.model_from_json(convert_program(text, "keras-json"))
    assert loaded.count_params() == count
    program: dict[str, Any] = {}
    exec(convert_program(text, "python"), program)
    assert program["model"].count_params() == count


def convert_program(text: str, form: str) -> str:
    return written(read(Source("program.py", text.encode())), form)
