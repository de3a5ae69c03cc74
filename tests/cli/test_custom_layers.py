"""`custom_layers:` of a spec or a project file: a declared class is a layer like any other."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from lstmcount import LstmcountError, summarize
from lstmcount.api.sweep import sweep
from lstmcount.design.formula import formulas, open_variables
from lstmcount.design.template import Template
from lstmcount.graph.builder import build
from lstmcount.graph.inference import infer
from lstmcount.layers.custom.known import NONE
from lstmcount.renderers.table import as_text
from lstmcount.sources import open_source, read
from tests.conftest import Call

POOL: dict[str, Any] = {
    "arguments": {"units": None, "heads": 4, "use_bias": True},
    "weights": {
        "kernel": ["features", "units"],
        "steps": {"shape": ["heads"], "trainable": False, "dtype": "int32"},
        "bias": {"shape": ["units"], "when": "use_bias"},
    },
    "output_shape": ["batch", "units"],
    "macs": "prod(input[1:]) * units",
}
YAML = """\
custom_layers:
  AttentionPool:
    arguments: {units: , use_bias: true}
    weights:
      kernel: (input[-1], units)
      bias: {shape: [units], when: use_bias}
    output_shape: [batch, units]
"""


def spec(layers: list[Any], declared: Any = None, **more: Any) -> dict[str, Any]:
    declared = {"AttentionPool": POOL} if declared is None else declared
    return {"input_shape": [7, 5], "layers": layers, "custom_layers": declared, **more}


def test_weights_shapes_and_dtypes() -> None:
    summary = summarize(spec([{"AttentionPool": 3}, {"Dense": 2}]))
    layer = summary.layers[0]
    assert layer.output_shape == (None, 3)
    assert [(w.name, w.shape, w.dtype, w.trainable) for w in layer.weights] == [
        ("kernel", (5, 3), "float32", True),
        ("bias", (3,), "float32", True),
        ("steps", (4,), "int32", False),
    ]
    assert [str(axis) for axis in layer.weights[0].axes] == ["features", "units"]
    assert (summary.total_params, summary.non_trainable_params) == (15 + 3 + 4 + 8, 4)
    assert layer.layer.macs((None, 7, 5)) == 7 * 5 * 3


def test_frozen_and_without_bias() -> None:
    entry = {"AttentionPool": {"units": 3, "use_bias": False, "trainable": False}}
    summary = summarize(spec([entry]))
    assert (summary.total_params, summary.trainable_params) == (19, 0)


SHAPES = [
    ("same", (None, 7, 5)),
    (["...", 3], (None, 7, 3)),
    (["batch", "2*features", "..."], (None, 10, 5)),
    (["batch", "input_shape[1] // 2"], (None, 3)),
    ("(batch, timesteps)", (None, 7)),
    ([["batch", 2], ["batch", 3]], [(None, 2), (None, 3)]),
    ([{"shape": "same", "when": "flag"}, {"shape": ["batch", 1]}], (None, 1)),
    (["batch", "7 if flag else max(2, features)"], (None, 5)),
]


@pytest.mark.parametrize(("given", "shape"), SHAPES, ids=[str(given) for given, _ in SHAPES])
def test_a_declared_output_shape_is_computed(given: Any, shape: Any) -> None:
    declared = {"Odd": {"arguments": {"flag": False}, "output_shape": given}}
    found = summarize(spec(["Odd"], declared)).layers[0].output_shape
    assert (list(found) if isinstance(shape, list) else found) == shape


def test_several_inputs_by_name_or_in_a_list() -> None:
    declared = {
        "Cross": {
            "inputs": ["query", "context"],
            "weights": {"kernel": ["query[-1]", "context[-1]"]},
            "output_shape": ["batch", "query[1]", "context[-1]"],
        },
        "Both": {"weights": {"kernel": ["inputs[0][-1]", "inputs[1][-1]"]}},
    }
    for name, inputs in (
        ("Cross", {"query": "a", "context": "b"}),
        ("Cross", ["a", "b"]),
        ("Both", ["a", "b"]),
    ):
        model = {
            "inputs": {"a": [7, 5], "b": [9, 4]},
            "layers": [{name: {}, "inputs": inputs}],
            "custom_layers": declared,
        }
        layer = summarize(model).layers[-1]
        assert layer.params == 20
        assert layer.output_shape == ((None, 7, 4) if name == "Cross" else (None, 7, 5))


RESIDUAL: dict[str, Any] = {
    "arguments": {"layer": None, "scale": True},
    "layers": {"layer": "same"},
    "weights": {"gain": {"shape": ["layer[-1]"], "when": "scale"}},
    "output_shape": "layer",
    "macs": 0,
}


def test_around_another_layer() -> None:
    entry = {"Residual": {"layer": {"Dense": {"units": 3, "name": "d"}}}}
    layer = summarize(spec([entry], {"Residual": RESIDUAL})).layers[0]
    assert [(w.name, w.shape) for w in layer.weights] == [
        ("gain", (3,)), ("d/kernel", (5, 3)), ("d/bias", (3,)),
    ]  # fmt: skip
    assert (layer.output_shape, layer.layer.macs((1, 7, 5))) == ((None, 7, 3), 7 * 5 * 3)
    kept = layer.layer.checkpoint_paths([(w.name, w) for w in layer.weights])
    assert [path for path, _ in kept] == ["vars/0", "layer/vars/0", "layer/vars/1"]
    inside = {"name": "d", "trainable": True, "units": 3}
    given = {"layer": {"module": "keras.layers", "class_name": "Dense", "config": inside}}
    saved = {"module": None, "class_name": "Residual", "registered_name": "my>Residual"}
    custom = NONE.with_declared({"Residual": RESIDUAL})
    config = read(open_source(keras_json({**saved, "config": given})), custom=custom)
    assert infer(config).total_params == 21
    with pytest.raises(LstmcountError, match="expected one layer, got a list"):
        summarize(spec([{"Residual": {"layer": ["Flatten"]}}], {"Residual": RESIDUAL}))
    untold = {**RESIDUAL, "layers": {}, "weights": {}, "output_shape": "same"}
    custom = NONE.with_declared({"Residual": untold})
    for source in (spec([entry], {"Residual": untold}), keras_json({**saved, "config": given})):
        with pytest.raises(LstmcountError, match=r"give its input: layers: \{layer: same\}"):
            infer(read(open_source(source), custom=custom))


def test_an_inner_layer_reads_the_output_of_another() -> None:
    both = {
        "arguments": {"first": None, "second": None},
        "layers": {"first": "same", "second": "first"},
        "output_shape": "second",
    }
    entry = {"Both": {"first": {"LSTM": 4}, "second": {"Dense": 2}}}
    layer = summarize(spec([entry], {"Both": both})).layers[0]
    assert (layer.params, layer.output_shape) == (4 * (5 * 4 + 4 * 4 + 4) + 4 * 2 + 2, (None, 2))


def test_an_rnn_runs_a_declared_cell() -> None:
    cell: dict[str, Any] = {
        "arguments": {"units": None},
        "weights": {"kernel": ["features + units", "units"]},
        "output_shape": ["batch", "units"],
        "state_size": ["units", 1],
    }
    rnn = {"RNN": {"cell": {"Cell": 3}, "return_state": True}}
    layer = summarize(spec([rnn], {"Cell": cell})).layers[0]
    assert (layer.params, layer.output_shape) == (24, [(None, 3), (None, 3), (None, 1)])
    stacked = {"Bidirectional": {"layer": {"RNN": {"cell": [{"Cell": 3}, {"GRUCell": 2}]}}}}
    assert summarize(spec([stacked], {"Cell": cell})).layers[0].params == 2 * (24 + 42)
    cell["arguments"]["go_backwards"] = False
    with pytest.raises(LstmcountError, match="needs a layer with stateful; Cell has none"):
        summarize(spec([{"Bidirectional": {"layer": {"Cell": 3}}}], {"Cell": cell}))
    cell.pop("state_size")
    with pytest.raises(LstmcountError, match="or a class with a state_size, got 'Cell'"):
        summarize(spec([rnn], {"Cell": cell}))


def test_arguments_may_have_the_names_of_methods() -> None:
    declared = {
        "arguments": {"output_shape": None, "weights": 2, "inner": "None"},
        "weights": {"kernel": ["features", "output_shape", "weights"]},
        "output_shape": ["...", "output_shape"],
    }
    found = spec([{"Odd": {"output_shape": "n"}}], {"Odd": declared}, variables={"n": 3})
    assert summarize(found).layers[0].output_shape == (None, 7, 3)
    assert formulas(open_variables(open_source(found))).at({"n": 4}) == 40


def test_an_invalid_model_has_no_formula() -> None:
    declared = {"arguments": {"k": 3, "n": "None"}, "weights": {"w": ["k", "n"]}}
    wrong = spec([{"Odd": {"k": "k"}}], {"Odd": declared}, variables={"k": 3})
    with pytest.raises(LstmcountError, match=r"the weight 'w' would have the shape \(3, None\)"):
        formulas(open_variables(open_source(wrong)))


WRONG = [
    (
        {"wieghts": {}},
        "$.custom_layers.A.wieghts: unknown key 'wieghts' in a custom layer. Did you mean",
    ),
    (
        {"arguments": {"units": 3}, "weights": {"kernel": ["features", "unit"]}},
        "$.custom_layers.A.weights.kernel[1]: unknown name 'unit'. Did you mean units?",
    ),
    ({"weights": {"w": ["x.y"]}}, "$.custom_layers.A.weights.w[0]: 'x.y' is not allowed"),
    ({"weights": {"w": ["abs(features)"]}}, "'abs(features)' is not allowed"),
    ({"weights": {"w": {"shape": [3], "dtype": "whole"}}}, "unknown dtype 'whole'"),
    ({"weights": {"w": {"shape": [3], "axes": []}}}, "expected a name for each of 1 axes, got 0"),
    ({"weights": {"w": {}}}, "$.custom_layers.A.weights.w: a weight needs the key 'shape'"),
    ({"weights": [3]}, "$.custom_layers.A.weights: expected weights such as"),
    ({"arguments": {"name": "a"}}, "every layer has 'name'"),
    ({"arguments": {"a b": 1}}, "'a b' cannot name an argument"),
    ({"output_shape": ["...", "..."]}, "expected at most one ... in a shape"),
    ({"output_shape": [{"when": "1"}]}, "$.custom_layers.A.output_shape[0]: expected {shape"),
    ({"output_shape": {}}, "$.custom_layers.A.output_shape: expected {shape: …, when: …}"),
    ({"macs": [3]}, "$.custom_layers.A.macs: expected a number or an expression"),
    (
        {"weights": {"w": ["width"]}},
        "$.layers[0]: layer 'a' (A): expected a 4-D input (batch, height, width, channels)",
    ),
    ({"weights": {"w": ["input[3]"]}}, "'input[3]': input has 3 items"),
    ({"weights": {"w": ["features - 9"]}}, "the weight 'w' would have the shape (-4,)"),
    ({"weights": {"w": ["features / 2"]}}, "the weight 'w' would have a dimension of 2.5"),
    ({"weights": {"w": ["inputs"]}}, "the weight 'w' would have the shape ((?, 7, 5),)"),
    ({"output_shape": ["batch", "1 // 0"]}, "'1 // 0' divides by zero"),
    ({"output_shape": ["batch", "9**9**9"]}, "is too large"),
    (
        {"arguments": {"k": "None"}, "weights": {"w": ["2*k"]}},
        "'k' is null, not a number",
    ),
    ({"weights": {"w": ["features > 3"]}}, "the weight 'w' would have the shape (True,)"),
    ({"arguments": {"k": 3}, "macs": "prod(k)"}, "'prod(k)' cannot be computed: k = 3"),
    ({"macs": "input * 10**9"}, "'input * 10**9' cannot be computed: input = (?, 7, 5)"),
    ({"macs": "10**9 * input"}, "'10**9 * input' cannot be computed: input = (?, 7, 5)"),
    ({"macs": "'%999999999d' % 1"}, "cannot be computed"),
    ({"macs": "(1, 2) == 3"}, "$.custom_layers.A.macs: '(1, 2)' is not allowed"),
    ({"macs": "(1, 2)"}, "expected a number or a condition, got the shape '(1, 2)'"),
    ({"layers": {"inner": "same"}}, "$.custom_layers.A.layers.inner: 'inner' is not an"),
    (
        {"arguments": {"f": "None", "g": "None"}, "layers": {"f": "g", "g": "same"}},
        "$.custom_layers.A.layers.f: unknown name 'g'",
    ),
    ({"state_size": ["featrues"]}, "$.custom_layers.A.state_size[0]: unknown name 'featrues'"),
    (3, "$.custom_layers.A: expected a custom layer, a mapping, got 3"),
]


@pytest.mark.parametrize(("declared", "words"), WRONG, ids=[words for _, words in WRONG])
def test_a_wrong_declaration_is_an_error(declared: Any, words: str) -> None:
    with pytest.raises(LstmcountError) as error:
        summarize(spec(["A"], {"A": declared}))
    assert words in str(error.value)


def test_wrong_arguments_of_a_declared_layer_are_errors() -> None:
    for entry, words in (
        ({"AttentionPool": {"unit": 3}}, "AttentionPool has no argument 'unit'. Did you mean unit"),
        ("AttentionPool", "AttentionPool needs the argument 'units'"),
        (
            {"AttentionPool": "many"},
            "$.layers[0].AttentionPool.units: expected an integer, got 'many'",
        ),
        ({"AttentionPol": 3}, "unknown layer class 'AttentionPol'. Did you mean AttentionPool?"),
    ):
        with pytest.raises(LstmcountError) as error:
            summarize(spec([entry]))
        assert words in str(error.value)
    with pytest.raises(LstmcountError, match=r"a layer of Keras;.*my_package>Attention"):
        summarize(spec(["Flatten"], {"Attention": POOL}))


def test_a_place_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "m.yaml"
    file.write_text(YAML.replace("[units]", "[unit]") + "input_shape: [7, 5]\nlayers: [Flatten]\n")
    with pytest.raises(LstmcountError, match=r"m.yaml:6:22: \$.custom_layers.AttentionPool.weig"):
        summarize(file)


def test_brackets_in_brackets(tmp_path: Path) -> None:
    file = tmp_path / "m.yaml"
    file.write_text(
        YAML.replace("(input[-1], units)", "[input[-1], units]") + "layers: [Flatten]\n"
    )
    with pytest.raises(LstmcountError, match=r"m.yaml:5:21: .*text with brackets needs quotes"):
        summarize(file)


def test_sizes_as_variables() -> None:
    open_spec = spec([{"AttentionPool": "2*n"}, {"Dense": 2}], variables={"n": 3})
    found = formulas(open_variables(open_source(open_spec)))
    counted = []
    for n in (1, 2, 50):
        counted.append(summarize({**open_spec, "variables": {"n": n}}).total_params)
    assert [found.at({"n": n}) for n in (1, 2, 50)] == counted
    assert list(sweep(open_spec, {"n": [1, 2, 50]}).columns["params"]) == counted
    by_argument = sweep(spec([{"AttentionPool": 3}]), {"attention_pool.units": [1, 4]})
    assert list(by_argument.columns["params"]) == [10, 28]


def test_a_template_travels_to_other_processes() -> None:
    template = Template(open_source(spec([{"AttentionPool": 3}])), ["attention_pool.units"])
    template.measure({"attention_pool.units": 4})
    again = pickle.loads(pickle.dumps(template))
    assert again.measure({"attention_pool.units": 4}).params == 28


def keras_json(entry: dict[str, Any]) -> dict[str, Any]:
    layers = [{"module": "keras.layers", "class_name": "InputLayer",
               "config": {"batch_shape": [None, 7, 5], "name": "i"}}, entry]  # fmt: skip
    return {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": "m", "layers": layers},
    }


@pytest.mark.parametrize("declared", ["mine>Attention", "AttentionPool"])
def test_a_file_names_it_by_its_package_or_without(declared: str) -> None:
    custom = NONE.with_declared({declared: POOL})
    name = declared.rpartition(">")[2]
    entries = [
        {"module": None, "class_name": name, "registered_name": f"mine>{name}"},
        {"class_name": f"mine>{name}"},
    ]
    for entry in entries:
        config = {"units": 3, "name": "a", "made_up": 1}
        data = keras_json({**entry, "config": config})
        config_read = read(open_source(data), custom=custom)
        assert config_read.layers[-1].class_name == name
        assert infer(config_read).total_params == 22
    other = {"module": None, "class_name": name, "registered_name": f"other>{name}"}
    found = read(open_source(keras_json({**other, "config": {"units": 3}})), custom=custom)
    assert (found.layers[-1].declared is None) == (">" in declared)


def test_a_class_of_another_package_is_not_kerass_of_that_name() -> None:
    entry = {"module": None, "class_name": "Dense", "registered_name": "mine>Dense",
             "config": {"units": 3}, "build_config": {"input_shape": [None, 7, 5]}}  # fmt: skip
    summary = summarize(keras_json(entry))
    assert summary.layers[-1].state == "unknown"
    assert any("Dense" in note for note in summary.notes)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "lstmcount.yaml").write_text(YAML)
    (tmp_path / "m.yaml").write_text("input_shape: [7, 5]\nlayers: [AttentionPool: 3, Dense: 2]\n")
    (tmp_path / "train.py").write_text(
        "import keras\nfrom mylib import AttentionPool\n"
        "model = keras.Sequential([keras.Input((7, 5)), AttentionPool(3, extra=1),"
        " keras.layers.Dense(2)])\n"
    )
    (tmp_path / "nested.yaml").write_text("input_shape: [7, 5]\nlayers: [model: m.yaml]\n")
    return tmp_path


@pytest.mark.parametrize("name", ["m.yaml", "train.py", "nested.yaml"])
def test_a_project_declares_for_all_its_models(call: Call, project: Path, name: str) -> None:
    done = call("count", name, cwd=project)
    assert (done.stdout, done.stderr) == ("26\n", "")


def test_commands_on_a_project_that_declares(call: Call, project: Path) -> None:
    done = call("explain", "m.yaml", "attention_pool", cwd=project)
    assert "features·units + units\n    = 5·3 + 3" in done.stdout
    assert call("check", "m.yaml", "--exact-params", "26", cwd=project).returncode == 0
    assert call("diff", "m.yaml", "train.py", cwd=project).stdout == "no difference\n"
    done = call("layers", "AttentionPool", cwd=project)
    assert done.stdout.startswith("AttentionPool\n\nDeclared: AttentionPool.")
    assert "kernel (input[-1], units)" in done.stdout
    (project / "other").mkdir()
    (project / "lstmcount.yaml").rename(project / "other" / "sizes.yaml")
    options = ("--exact-params", "26", "--config", "other/sizes.yaml")
    assert call("check", "m.yaml", *options, cwd=project).returncode == 0


def test_a_wrong_project_file_is_the_place(call: Call, project: Path) -> None:
    (project / "lstmcount.yaml").write_text(YAML.replace("[units]", "[unit]"))
    done = call("count", "m.yaml", cwd=project)
    assert done.returncode == 2
    assert "lstmcount.yaml:6:22: $.custom_layers.AttentionPool.weights.bias.shape[0]" in done.stderr


def test_layers_may_be_declared_in_pyproject(call: Call, project: Path) -> None:
    (project / "lstmcount.yaml").unlink()
    (project / "pyproject.toml").write_text(
        "[tool.lstmcount.custom_layers.AttentionPool]\n"
        'arguments = ["units", {use_bias = true}]\n'
        'weights.kernel = ["features", "units"]\n'
        'weights.bias = {shape = ["units"], when = "use_bias"}\n'
        'output_shape = ["batch", "units"]\n'
    )
    assert call("count", "m.yaml", cwd=project).stdout == "26\n"


def test_conversions_keep_it(call: Call, project: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    call("convert", "m.yaml", "-o", "alone/m.yaml", cwd=project)
    (project / "lstmcount.yaml").rename(project / "unused.txt")
    assert call("count", "m.yaml", cwd=alone).stdout == "26\n"
    done = call("convert", "m.yaml", "--to", "keras-json", cwd=alone)
    entry = json.loads(done.stdout)["config"]["layers"][1]
    assert (entry["module"], entry["registered_name"]) == (None, "AttentionPool")
    assert entry["config"]["units"] == 3
    done = call("convert", "m.yaml", "--to", "python", cwd=alone)
    assert done.returncode == 2
    assert "'attention_pool' is a AttentionPool, which is not Keras's own" in done.stderr


@pytest.mark.oracle
def test_a_real_custom_layer(tmp_path: Path) -> None:
    keras = pytest.importorskip("keras")
    from lstmcount.conversion.keras_json import to_keras
    from tests.differential.real_keras import summary_text

    @keras.saving.register_keras_serializable(package="tests")
    class Attention(keras.layers.Layer):  # type: ignore[misc,name-defined]
        def __init__(self, units: int, use_bias: bool = True, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.units, self.use_bias = units, use_bias

        def build(self, input_shape: Any) -> None:
            self.seen = self.add_weight(
                shape=(input_shape[1],), name="seen", trainable=False, initializer="zeros"
            )
            self.kernel = self.add_weight(shape=(input_shape[-1], self.units), name="kernel")
            if self.use_bias:
                self.bias = self.add_weight(shape=(self.units,), name="bias")

        def call(self, inputs: Any) -> Any:
            return keras.ops.mean(keras.ops.matmul(inputs, self.kernel), axis=1)

        def get_config(self) -> dict[str, Any]:
            return {**super().get_config(), "units": self.units, "use_bias": self.use_bias}

    inputs = keras.Input((7, 5))
    hidden = Attention(4)(inputs)
    outputs = keras.layers.Dense(2)(hidden)
    model = keras.Model(inputs, [outputs, Attention(3, use_bias=False)(inputs)])
    custom = NONE.with_declared(
        {
            "tests>Attention": {
                "arguments": {"units": None, "use_bias": True},
                "weights": {
                    "seen": {"shape": ["timesteps"], "trainable": False},
                    "kernel": ["features", "units"],
                    "bias": {"shape": ["units"], "when": "use_bias"},
                },
                "output_shape": ["batch", "units"],
            }
        }
    )
    config = read(open_source(model.to_json()), custom=custom)
    summary = infer(config)
    assert as_text(summary) == summary_text(model)
    assert [(w.shape, w.trainable) for layer in summary.layers for w in layer.weights] == [
        (tuple(w.shape), w.trainable) for layer in model.layers for w in layer.weights
    ]
    again = keras.models.model_from_json(json.dumps(to_keras(config)))
    assert again.count_params() == model.count_params()
    model.save(tmp_path / "m.keras")
    from lstmcount.api.verify import verify_model as verify

    source = open_source(tmp_path / "m.keras")
    assert verify(source, build(read(source, custom=custom))).agrees
