"""Small files of large models: the work and output of every command is bounded, too."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.safety.bounded import run

SECONDS = 10  # of CPU time; each takes one or two


def call(class_name: str, name: str, *inputs: tuple[str, int], **config: Any) -> dict[str, Any]:
    nodes = [[[layer, node, 0, {}]] for layer, node in inputs]
    return {
        "class_name": class_name, "name": name, "config": {"name": name, **config},
        "inbound_nodes": nodes,
    }  # fmt: skip


def functional(name: str, layers: list[dict[str, Any]], outputs: list[Any]) -> dict[str, Any]:
    first = call("InputLayer", "x", batch_shape=[None, 4])
    config = {"name": name, "layers": [first, *layers], "input_layers": [["x", 0, 0]]}
    return {"class_name": "Functional", "config": {**config, "output_layers": outputs}}


def doubling(depth: int) -> dict[str, Any]:
    """Models that each call the one inside twice."""
    model = functional("m0", [call("Dense", "d", ("x", 0), units=4)], [["d", 0, 0]])
    for level in range(depth):
        name = model["config"]["name"]
        inner = {**model, "name": name, "inbound_nodes": [[["x", 0, 0, {}]], [[name, 0, 0, {}]]]}
        model = functional(f"m{level + 1}", [inner], [[name, 1, 0]])
    return model


def stacked(count: int) -> dict[str, Any]:
    cells = [
        {"class_name": "GRUCell", "config": {"units": 2, "name": f"c{i}"}} for i in range(count)
    ]
    cell = {"class_name": "StackedRNNCells", "config": {"cells": cells}}
    shape = {"class_name": "InputLayer", "config": {"batch_shape": [None, 5, 3], "name": "x"}}
    rnn = {"class_name": "RNN", "config": {"cell": cell, "name": "rnn"}}
    return {"class_name": "Sequential", "config": {"name": "m", "layers": [shape, rnn]}}


def densely_connected(count: int) -> dict[str, Any]:
    layers = []
    for i in range(count):
        read = [["x", 0, 0, {}], *([f"d{j}", 0, 0, {}] for j in range(i))]
        layers.append({**call("Concatenate", f"c{i}"), "inbound_nodes": [read]})
        layers.append(call("Dense", f"d{i}", (f"c{i}", 0), units=4))
    return functional("m", layers, [[f"d{count - 1}", 0, 0]])


def spec(*layers: Any) -> dict[str, Any]:
    return {"input_shape": [4], "layers": list(layers)}


def repeated(times: int, *layers: Any) -> dict[str, Any]:
    return {"repeat": times, "layers": list(layers)}


def nested(*layers: Any) -> dict[str, Any]:
    return {"model": spec(*layers)}


def repeated_calls() -> dict[str, Any]:
    calls = repeated(40_000, repeated(40_000, {"call": "d"}))
    return spec({"Dense": 4, "name": "d"}, calls)


def shifted(first: int, times: int, last: int) -> dict[str, Any]:
    return spec({"Dense": first}, repeated(times, {"Dense": 4}), {"Dense": last})


LONG, LAYERS = spec(repeated(45_000, {"Dense": 4})), "more than 50,000 layers"
WIDE = functional("m", [call("Dense", f"d{i}", ("x", 0), units=i + 1) for i in range(12_000)],
                  [[f"d{i}", 0, 0] for i in range(12_000)])  # fmt: skip

# What is read, the command, and what it says where it refuses.
MODELS: dict[str, tuple[Callable[[], Any], list[str], str | None]] = {
    "models that repeat models": (
        lambda: spec(repeated(1_000, nested(repeated(40_000, {"Dense": 4})))), ["count"], LAYERS,
    ),
    "repeated models, level by level": (
        lambda: spec(repeated(90, nested(repeated(90, nested(repeated(90, nested("ReLU"))))))),
        ["count"], LAYERS,
    ),
    "repeated calls": (repeated_calls, ["count"], LAYERS),
    "repetitions of nothing": (
        lambda: spec(repeated(40_000, repeated(40_000, repeated(0, "ReLU")))), ["count"], LAYERS,
    ),
    "layers of a Sequential": (
        lambda: {"class_name": "Sequential", "config": [call("ReLU", "r")] * 51_000},
        ["count"], LAYERS,
    ),
    "layers of a graph": (
        lambda: functional("m", [call("ReLU", str(i), ("x", 0)) for i in range(51_000)], []),
        ["count"], LAYERS,
    ),
    "2^40 calls, their cost": (lambda: doubling(40), ["cost"], "more than 30,000 calls"),
    "2^40 calls, beside others": (
        lambda: doubling(40), ["compare"], "m.json: one forward pass makes more than 30,000 calls",
    ),
    "2^40 calls, compared": (lambda: doubling(40), ["diff", "m.json"], "more than 30,000 calls"),
    "2^40 calls, checked": (lambda: doubling(40), ["check", "--max-macs", "1k"], "30,000 calls"),
    "2^40 calls, drawn": (lambda: doubling(40), ["plot", "-o", "m.svg"], None),
    "2^40 calls, their masks": (lambda: doubling(40), ["explain"], None),
    "2^40 calls, one more time step": (
        lambda: doubling(40), ["check", "--max-macs-per-step", "1k"], "cannot be worked out",
    ),
    "stacked cells, explained": (lambda: stacked(5_000), ["explain"], "more than 3,000 layers"),
    "stacked cells, reported": (
        lambda: stacked(5_000), ["report", "-o", "m.html"], "more than 3,000 layers",
    ),
    "stacked cells, traced": (lambda: stacked(5_000), ["trace"], "more than 500 cells"),
    "stacked cells, some": (lambda: stacked(2_500), ["explain"], None),
    "long routes": (lambda: densely_connected(250), ["plot", "-o", "m.svg"], None),
    "many layers, explained": (lambda: LONG, ["explain"], "more than 3,000 layers"),
    "many layers, reported": (lambda: LONG, ["report", "-o", "m.html"], "more than 10,000 layers"),
    "many boxes": (lambda: WIDE, ["plot", "-o", "m.svg"], "more than 10,000 layers"),
    "many lines": (lambda: LONG, ["summary", "--format", "html"], "more than 16,000 lines"),
}  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
def test_a_large_model_of_a_small_file(tmp_path: Path, name: str) -> None:
    make, (command, *options), words = MODELS[name]
    (tmp_path / "m.json").write_text(json.dumps(make()))
    done = run(command, "m.json", *options, cwd=tmp_path, seconds=SECONDS)
    assert done.returncode == (0 if words is None else 2), done.stderr[-500:]
    assert words is None or (words in done.stderr + done.stdout)


def test_layers_that_are_all_alike_are_compared(tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text(json.dumps(shifted(3, 9_000, 5)))
    (tmp_path / "new.json").write_text(json.dumps(shifted(6, 8_000, 7)))
    done = run("diff", "old.json", "new.json", "--format", "json", cwd=tmp_path, seconds=SECONDS)
    assert done.returncode == 0
    changes = [layer["change"] for layer in json.loads(done.stdout)["models"][0]["layers"]]
    assert (changes.count("removed"), changes.count("added")) == (1_000, 0)
