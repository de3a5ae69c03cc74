"""`lstmcount explain` as a shell runs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Call

SPEC = json.dumps(
    {
        "name": "tagger",
        "input_shape": [7, 80],
        "layers": [
            {"LSTM": {"units": 12, "return_sequences": True}},
            {"LSTM": 5, "name": "last"},
            {"Dense": 3, "name": "actions"},
        ],
    }
)


def explain(call: Call, *args: str, spec: str = SPEC) -> Any:
    return call("explain", "-", *args, stdin=spec)


def test_text_fits_eighty_columns(call: Call) -> None:
    done = explain(call)
    assert done.returncode == 0, done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "4·[12×80] + 4·[12×12] + 4·[12×1] = 4,464" in done.stdout
    assert "  = 4,842 parameters" in done.stdout


def test_only_the_layers_asked_for(call: Call) -> None:
    done = explain(call, "l*t", "actions")
    titles = [line for line in done.stdout.splitlines() if line and not line.startswith(" ")]
    assert titles == ["last (LSTM)", "actions (Dense)"]


def test_layers_by_their_class(call: Call) -> None:
    titles = [line for line in explain(call, "LSTM").stdout.splitlines() if "(LSTM)" in line]
    assert titles == ["lstm (LSTM)", "last (LSTM)"]
    assert call("count", "-", "--layer", "LSTM", "--layer", "actions", stdin=SPEC).stdout == (
        f"{4464 + 4 * (12 + 5 + 1) * 5 + 18}\n"
    )
    done = call("trace", "-", "--layer", "LSTM", stdin=SPEC)
    assert done.stderr == "lstmcount: say which layer with --layer: lstm, last\n"


@pytest.mark.parametrize(
    "args",
    [
        ("count", "-", "--trainable", "--non-trainable"),
        ("summary", "-", "--format", "csv", "--line-length", "80"),
        ("summary", "-", "--format", "json", "--show-trainable"),
        ("summary", "-", "--theme", "dark"),
    ],
)
def test_switches_that_do_not_go_together(call: Call, args: tuple[str, ...]) -> None:
    done = call(*args, stdin=SPEC)
    assert (done.returncode, done.stdout) == (2, "")


def test_a_range_of_layers_in_every_format(call: Call) -> None:
    for fmt in ("table", "json", "jsonl", "csv", "tsv", "markdown", "latex"):
        args = ("summary", "-", "--layer-range", "last", "actions", "--format", fmt)
        text = call(*args, stdin=SPEC).stdout
        assert ("last" in text, "lstm" in text) == (True, False), fmt


def test_json_has_every_matrix(call: Call) -> None:
    record = json.loads(explain(call, "--format", "json").stdout)
    assert record["total_params"] == 4842
    assert [layer["name"] for layer in record["layers"]] == ["lstm", "last", "actions"]
    for layer in record["layers"]:
        (part,) = layer["parts"]
        assert sum(matrix["count"] for matrix in part["matrices"]) == layer["params"]


def test_markdown_has_a_table_of_the_weights(call: Call) -> None:
    shown = explain(call, "actions", "--format", "markdown").stdout
    assert shown.startswith("## actions (Dense)\n")
    assert "| W | units × features | 3 × 5 | 15 | 15 |" in shown


def test_latex_mathematics_parses(call: Call) -> None:
    mathtext = pytest.importorskip("matplotlib.mathtext")
    record = json.loads(explain(call, "--format", "json").stdout)
    parser = mathtext.MathTextParser("path")
    for layer in record["layers"]:
        (part,) = layer["parts"]
        for formula in [*part["equations"], part["formula"], part["substituted"]]:
            parser.parse(f"${formula['latex'].replace(chr(92) + 'text', chr(92) + 'mathrm')}$")


def test_latex_has_the_equations(call: Call) -> None:
    shown = explain(call, "lstm", "--format", "latex").stdout
    assert r"f_{t} &= \text{sigmoid}\left(W_{f} \, x_{t}" in shown
    assert shown.count(r"\begin{align*}") == shown.count(r"\end{align*}") == 3


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        ("lst", "there is no layer 'lst'. Did you mean lstm?"),
        ("dropout", "layer 'dropout' (Dropout) has no weights"),
        ("z*", "there is no layer 'z*'. Known: lstm, last, actions, dropout."),
    ],
)
def test_wrong_layers_are_one_line(call: Call, layer: str, message: str) -> None:
    spec = json.loads(SPEC)
    spec["layers"].append({"Dropout": 0.5})
    done = explain(call, layer, spec=json.dumps(spec))
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == f"lstmcount: {message}\n"


def test_the_weights_of_a_model_itself_are_listed_and_added(call: Call, tmp_path: Path) -> None:
    program = tmp_path / "p.py"
    program.write_text(
        "from keras import Model, layers, ops\n"
        "class Scaled(Model):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.dense = layers.Dense(3)\n"
        "        self.scale = self.add_weight(shape=(3,), name='scale', trainable=False)\n"
        "    def call(self, x):\n"
        "        return self.dense(x) * self.scale\n"
        "model = Scaled()\n"
        "model(ops.zeros((1, 4)))\n"
    )
    total = call("explain", str(program)).stdout.partition("The whole model\n")[2]
    assert total.startswith(
        "  Weights of scaled itself\n    scale (3,) 3, not trainable\n"
        "    15 + 3\n  = 18 parameters\n"
    )
    assert "share" not in total
