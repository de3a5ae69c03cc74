"""Unknown layers, and layers with unknown inputs: every command reports them and guesses none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lstmcount import summarize
from tests.conftest import Call

CUSTOM: dict[str, Any] = {
    "class_name": "Sequential",
    "config": [
        {
            "class_name": "Lambda",
            "config": {"name": "scale", "batch_input_shape": [None, 8], "function": ["4wEA"]},
        },
        {"class_name": "Dense", "config": {"name": "dense", "output_dim": 4}},
        {"class_name": "MyLayer", "config": {"name": "mine", "depth": 3}},
        {"class_name": "Activation", "config": {"name": "act", "activation": "relu"}},
    ],
}


@pytest.fixture
def model(tmp_path: Path) -> str:
    path = tmp_path / "model.json"
    path.write_text(json.dumps(CUSTOM))
    return str(path)


def test_summary_goes_on_past_it(call: Call, model: str) -> None:
    done = call("summary", model)
    assert done.returncode == 0
    assert "mine (MyLayer)" in done.stdout
    for words in ("Total", "Trainable", "Non-trainable"):
        assert f"{words} params: ?" in done.stdout
    assert "mine (MyLayer): a class that is not Keras's own; --code PATH adds" in done.stderr
    record = json.loads(call("summary", model, "--format", "json").stdout)
    assert record["total_params"] is None


@pytest.mark.parametrize(
    "arguments",
    [
        ["count"],
        ["check", "--max-params", "1M"],
        ["explain"],
        ["explain", "--formula", "--for", "dense.units"],
        ["cost"],
        ["convert"],
        ["convert", "--to", "python"],
        ["solve", "--for", "dense.units", "--max-params", "1M"],
        ["sweep", "--set", "dense.units=1..3"],
        ["verify"],
    ],
    ids=lambda arguments: " ".join(arguments),
)
def test_every_command_reports_unknown_numbers(
    call: Call, model: str, arguments: list[str]
) -> None:
    done = call(arguments[0], model, *arguments[1:])
    assert "Traceback" not in done.stderr
    assert done.returncode in (0, 2)


def test_costs_of_weights_that_may_not_train_are_unknown(call: Call, model: str) -> None:
    costs = json.loads(call("cost", model, "--format", "json").stdout)
    mine = next(layer for layer in costs["layers"] if layer["name"] == "mine")
    assert (mine["gradients"], mine["optimizer"]) == (None, None)
    rows = {row["name"]: row["value"] for row in costs["training_bytes"]}
    assert (rows["gradients"], rows["optimizer"], rows["total"]) == (None, None, None)
    sgd = json.loads(call("cost", model, "--optimizer", "sgd", "--format", "json").stdout)
    assert {row["name"]: row["value"] for row in sgd["training_bytes"]}["optimizer"] == 8


CLASS = "(MyLayer): a class that is not Keras's own; --code PATH adds the file that defines it, or"


@pytest.mark.parametrize("measure", ["params", "trainable-params", "macs", "training-memory"])
def test_a_check_names_the_class_that_is_unknown(call: Call, model: str, measure: str) -> None:
    done = call("check", model, f"--max-{measure}", "9")
    assert (done.returncode, f"cannot be worked out: mine {CLASS}" in done.stderr) == (2, True)


def test_a_class_of_which_only_tensors_are_known_is_named(call: Call, tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "m.h5", "w") as file:
        mine = {"name": "mine", "batch_input_shape": [None, 8]}
        layers = [{"class_name": "MyLayer", "config": mine}]
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": layers})
        group = file.create_group("model_weights/mine")
        group.create_dataset("w", (3, 5), dtype="f4")
        group.attrs["weight_names"] = ["w"]
        file["model_weights"].attrs["layer_names"] = ["mine"]
    done = call("count", "--trainable", "m.h5", cwd=tmp_path)
    assert call("count", "m.h5", cwd=tmp_path).stdout == "15\n"
    assert (done.returncode, CLASS in done.stderr) == (2, True), done.stderr


def test_standard_input_without_a_model(call: Call) -> None:
    for text in ("[]", "{}", "null", "3", '"words"'):
        done = call("summary", "-", stdin=text)
        assert (done.returncode, done.stdout) == (2, "")


def test_weights_that_depend_on_arguments_alone_are_known() -> None:
    """Such as the target of a reshaping, or a nested model with inputs of its own."""
    x = {"name": "i", "batch_input_shape": [None, 6]}
    nested = {"name": "n", "layers": [{"class_name": "Dense", "config": {"units": 2, **x}}]}
    layers = [
        {"class_name": "Lambda", "config": {"function": ["4wEA"], "batch_input_shape": [None, 9]}},
        {"class_name": "Reshape", "config": {"target_shape": [3, 2]}},
        {"class_name": "LSTM", "config": {"units": 4}},
        {"class_name": "Mine", "config": {"trainable": False}},
        {"class_name": "Sequential", "config": nested},
        {"class_name": "Dense", "config": {"units": 3}},
    ]
    summary = summarize({"class_name": "Sequential", "config": {"layers": layers}})
    shapes = [None, (None, 3, 2), (None, 4), None, (None, 2), (None, 3)]
    assert [layer.output_shape for layer in summary.layers] == shapes
    assert [layer.params for layer in summary.layers[1:3]] == [0, 112]
    assert [layer.params for layer in summary.layers[4:]] == [14, 9]


@pytest.mark.parametrize("after", ["Flatten", "MaxPooling1D", "Dropout", "Permute"])
def test_a_class_without_weights_has_none_for_an_unknown_input(after: str) -> None:
    given = {"Dropout": {"rate": 0.5}, "Permute": {"dims": [2, 1]}}.get(after, {})
    layers = [
        {"class_name": "Dense", "config": {"units": 4, "batch_input_shape": [None, 8]}},
        {"class_name": "Lambda", "config": {"function": ["4wEA"]}},
        {"class_name": after, "config": given},
    ]
    summary = summarize({"class_name": "Sequential", "config": {"layers": layers}})
    assert [layer.params for layer in summary.layers] == [36, 0, 0]
    assert summary.total_params == 36


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["summary"], 0, "Total params: 0"),  # as Keras has it
        (["count"], 2, "the parameters of dense (Dense): the model's input shape is not said"),
        (["count", "--layer", "d*", "--bytes"], 2, "the model's input shape is not said"),
        (["check", "--max-params", "9"], 2, "params of dense (Dense) cannot be worked out"),
        (["init", "--output", "-"], 0, "TODO: not known: the parameters of dense (Dense)"),
        (["sweep", "--set", "dense.units=1..2"], 2, "the model's input shape is unknown"),
        (["explain"], 0, "the model's input shape is not said"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_model_without_an_input_shape(
    call: Call, tmp_path: Path, arguments: list[str], status: int, words: str
) -> None:
    path = tmp_path / "model.yaml"
    path.write_text("layers: [{Dense: 4}, Flatten]")
    done = call(arguments[0], str(path), *arguments[1:])
    assert done.returncode == status
    assert words in done.stdout + done.stderr


def test_a_model_without_an_input_shape_has_no_total(call: Call, tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text("layers: [{LSTM: 4}]")
    note = "not known: the parameters of lstm (LSTM): the model's input shape is not said"
    for command in (["count"], ["cost"], ["trace"], ["trace", "--layer", "lstm"]):
        done = call(*command, "m.yaml", cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert note in done.stderr
        assert command[0] == "trace" or done.stderr.startswith(f"lstmcount: m.yaml: {note}")
    totals = {
        "text": "parameters not known",
        "json": '"total_params": null',
        "markdown": "Parameters not known",
        "latex": "{Total} not known",
    }
    for fmt, total in totals.items():
        done = call("explain", "m.yaml", "--format", fmt, cwd=tmp_path)
        assert total in done.stdout
    assert ", parameters not known" in call("plot", "m.yaml", "-o", "-", cwd=tmp_path).stdout


FROZEN = {
    "layers by their names": "for layer in model.layers:\n    if layer.name in names:\n        "
    "layer.trainable = False\n",
    "the first layers": "for layer in model.layers[:names]:\n    layer.trainable = False\n",
    "a layer": "model.layers[0].trainable = names\n",
}


@pytest.mark.parametrize("frozen", FROZEN.values(), ids=FROZEN)
def test_the_total_does_not_need_which_layers_train(
    frozen: str, call: Call, tmp_path: Path
) -> None:
    start = "import keras\nfrom elsewhere import names\n"
    model = "model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])\n"
    (tmp_path / "train.py").write_text(start + model + frozen)
    result = call("count", "train.py", cwd=tmp_path)
    assert (result.stdout, result.stderr) == ("8\n", "")
    (counts,) = json.loads(call("count", "train.py", "--format", "json", cwd=tmp_path).stdout)
    assert (counts["total_params"], counts["trainable_params"]) == (8, None)
    for command in (("count", "--trainable"), ("count", "--non-trainable"), ("summary",)):
        result = call(*command, "train.py", cwd=tmp_path)
        assert result.returncode == 2
        assert "--set" in result.stderr


def test_the_total_needs_what_also_decides_its_layers(call: Call, tmp_path: Path) -> None:
    program = (
        "import keras\nfrom elsewhere import few\nbase = keras.layers.Dense(2)\n"
        "if few:\n    base.trainable = False\n"
        "model = keras.Sequential([keras.Input((3,)), base])\n"
        "if few:\n    model.add(keras.layers.Dense(2))\n"
    )
    (tmp_path / "train.py").write_text(program)
    result = call("count", "train.py", cwd=tmp_path)
    assert (result.stdout, result.returncode) == ("", 2)
    assert "--set few=true" in result.stderr
