"""Impossible values in made-up files give an answer or one line of error, no traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Call

SPECS = {
    "a name of true": "input_shape: [3]\nlayers:\n- model: {layers: [{Dense: 2}]}\n  name: true",
    "a mapping": "input_shape: [3]\nlayers:\n- {model: {layers: [{Dense: 2}]}, name: {a: 1}}",
    "a list": "input_shape: [3]\nlayers:\n- {model: {layers: [{Dense: 2}]}, name: [a]}",
    "a number": "input_shape: [3]\nlayers:\n- {Dense: 2, name: 3}",
    "nothing": "input_shape: [3]\nlayers:\n- {Dense: 2, name: ''}",
    "of a second call": "inputs: {x: [3]}\nlayers:\n- {Dense: 3, name: d}\n- {call: d, name: [a]}",
    "NUL in a path": 'input_shape: [3]\nlayers:\n- model: "a\\0b.yaml"',
    "a number of many digits": f"input_shape: [3]\nlayers:\n- Dense: 0x{'f' * 5000}",
    "and a binary one": f"input_shape: [3]\nlayers:\n- Dense: 0b{'1' * 50_000}",
    "half a character": '{"input_shape": [3], "layers": [{"Dense": {"units": "\\ud800"}}]}',
    "in a key": '{"input_shape": [3], "layers": [{"Dense": {"\\udfff": 2}}]}',
    "in a name": '{"input_shape": [3], "layers": [{"Dense": 2, "name": "\\uD83D"}]}',
}  # fmt: skip


@pytest.mark.parametrize("text", SPECS.values(), ids=list(SPECS))
@pytest.mark.parametrize("command", ["summary", "count"])
def test_a_hostile_value_in_a_spec_is_one_short_error(
    call: Call, tmp_path: Path, command: str, text: str
) -> None:
    (tmp_path / "model.yaml").write_text(text + "\n")
    done = call(command, "model.yaml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("lstmcount: model.yaml:")
    assert done.stderr.removesuffix("\n").isprintable()
    assert len(done.stderr) < 5000


@pytest.mark.parametrize("text", ["'\\ud800'", "3, **{'\\ud800': 2}", "chr(0xDFFF)"])
def test_half_a_character_in_a_program(call: Call, tmp_path: Path, text: str) -> None:
    code = f"import keras\nm = keras.Sequential([keras.Input((3,)), keras.layers.Dense({text})])\n"
    (tmp_path / "m.py").write_text(code)
    done = call("count", "m.py", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("lstmcount: m.py: '\\ud")
    assert done.stderr.endswith("is half of a character\n")


def test_half_a_character_in_a_setting(call: Call, tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text("input_shape: [3]\nlayers:\n- Dense: {units: 3}\n")
    done = call("sweep", "m.yaml", "--set", "dense.units=\udcff", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "is half of a character" in done.stderr


def test_whole_characters_may_be_spelt_in_halves(call: Call, tmp_path: Path) -> None:
    text = '{"input_shape": [3], "layers": [{"Dense": 2, "name": "\\ud83d\\ude00", "x": NaN}]}'
    (tmp_path / "model.json").write_text(text.replace(', "x": NaN', ""))
    assert call("count", "model.json", cwd=tmp_path).stdout == "8\n"


def tensor(layer: str, index: int = 0, shape: tuple[int | None, ...] = (None, 12, 6)) -> object:
    config = {"shape": shape, "dtype": "float32", "keras_history": [layer, 0, index]}
    return {"class_name": "__keras_tensor__", "config": config}


def functional(*layers: dict[str, object], **more: object) -> dict[str, object]:
    return {"class_name": "Functional", "config": {"name": "m", "layers": list(layers), **more}}


INPUT = {
    "class_name": "InputLayer",
    "name": "x",
    "config": {"batch_shape": [None, 12, 6], "name": "x"},
    "inbound_nodes": [],
}
LATE = {
    "class_name": "Sequential",
    "config": {
        "layers": [
            {"class_name": "Dense", "config": {"units": 6}},
            {"class_name": "InputLayer"},
        ]
    },
}  # fmt: skip
FILES = {
    "two tensors where one is meant": functional(
        INPUT,
        {
            "class_name": "Conv1D",
            "name": "c",
            "config": {"name": "c", "filters": 4, "kernel_size": [3]},
            "inbound_nodes": [{"args": [tensor("x"), tensor("x")], "kwargs": {}}],
        },
        input_layers=[["x", 0, 0]],
        output_layers=[["c", 0, 0]],
    ),
    "an output before the first": functional(
        {"class_name": "Cast", "inbound_nodes": [{}]},
        {"class_name": "Multiply", "inbound_nodes": [{"args": [tensor("cast", -1)]}]},
        output_layers=[],
    ),
    "an input that comes late": functional(
        {"class_name": "InputLayer", "config": {"batch_shape": [None, None, 8]}},
        {"class_name": "TimeDistributed", "config": {"layer": LATE}},
    ),
    "boundaries that are one number": {
        "class_name": "Sequential",
        "config": {
            "layers": [
                {"class_name": "InputLayer", "config": {"batch_shape": [None, 1]}},
                {
                    "class_name": "Discretization",
                    "config": {"bin_boundaries": 9.0, "num_bins": None, "output_mode": "one_hot"},
                },
            ]
        },
    },
    "a history of less than nothing": {
        "class_name": "Sequential",
        "config": {
            "layers": [
                {"class_name": "InputLayer", "config": {"batch_shape": [None, 8]}},
                {
                    "class_name": "Dense",
                    "config": {
                        "units": 3,
                        "dtype": {"config": {"mode": "float8", "amax_history_length": -1023}},
                    },
                },
            ]
        },
    },
}
COMMANDS = [
    ["summary"],
    ["count"],
    ["cost", "--timesteps", "7"],
    ["explain"],
    ["explain", "--format", "latex"],
    ["convert", "--to", "yaml"],
    ["plot", "-o", "-", "--format", "mermaid"],
    ["plot", "-o", "-"],
    ["report", "-o", "-"],
    ["check", "--max-params", "1"],
]


@pytest.mark.parametrize("args", COMMANDS, ids=[" ".join(args) for args in COMMANDS])
@pytest.mark.parametrize("data", FILES.values(), ids=list(FILES))
def test_every_command_survives_a_hostile_value_in_a_file(
    call: Call, tmp_path: Path, args: list[str], data: object
) -> None:
    (tmp_path / "model.json").write_text(json.dumps(data))
    done = call(args[0], "model.json", *args[1:], cwd=tmp_path)
    assert done.returncode in ((0, 1, 2) if args[0] == "check" else (0, 2)), done.stderr
    same = call("diff", "model.json", "model.json", cwd=tmp_path)
    assert same.returncode in (0, 2), same.stderr


PROGRAM = """\
import keras
from keras import layers
a = keras.Input((4, 3))
{line}
m = keras.Model({inputs}, b)
"""
PROGRAMS = {
    "a mapping as the name": ("b = keras.src.ops.nn.Softmax(axis=-1, name={})(a)", "a"),
    "half a character as one": ("b = layers.Dense(2, name='\\ud800')(a)", "a"),
    "an unknown input": ("b = keras.ops.add(a, 1)", "[a, other]"),
    "unknown units": ("b = layers.LSTM(args.units, return_sequences=True)(a)", "a"),
}


@pytest.mark.parametrize("args", [*COMMANDS, ["trace"]], ids=lambda args: " ".join(args))
@pytest.mark.parametrize(("line", "inputs"), PROGRAMS.values(), ids=list(PROGRAMS))
def test_every_command_survives_a_hostile_value_in_a_program(
    call: Call, tmp_path: Path, args: list[str], line: str, inputs: str
) -> None:
    text = PROGRAM.replace("{line}", line).replace("{inputs}", inputs)
    (tmp_path / "model.py").write_text(text)
    done = call(args[0], "model.py", *args[1:], cwd=tmp_path)
    assert done.returncode in ((0, 1, 2) if args[0] == "check" else (0, 2)), done.stderr


def test_a_trace_of_too_many_weights(call: Call, tmp_path: Path) -> None:
    (tmp_path / "model.yaml").write_text("input_shape: [100, 30]\nlayers:\n- LSTM: 300000\n")
    done = call("trace", "model.yaml", "--steps", "2", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "weights are too many to trace" in done.stderr
    assert done.stderr.count("\n") == 1
