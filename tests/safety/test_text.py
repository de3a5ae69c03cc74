"""JSON, YAML and programs made to do harm."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.safety.bounded import MODEL, assert_refused, run


def functional(*layers: tuple[str, list[tuple[str, int, int]]], output: str) -> str:
    """A functional model of Activations, each with the inputs of its calls."""
    entries = [
        {
            "class_name": "InputLayer",
            "name": "x",
            "config": {"name": "x", "batch_shape": [None, 3]},
            "inbound_nodes": [],
        }
    ]
    for name, reads in layers:
        config = {"name": name, "activation": "relu"}
        nodes = [[[*read, {}]] for read in reads]
        entry = {"class_name": "Activation", "name": name, "config": config}
        entries.append({**entry, "inbound_nodes": nodes})
    config = {
        "name": "m",
        "layers": entries,
        "input_layers": [["x", 0, 0]],
        "output_layers": [[output, 0, 0]],
    }
    return json.dumps({"class_name": "Functional", "config": config})


def nested(depth: int, wrapper: str = "TimeDistributed") -> str:
    layer: Any = {"class_name": "Dense", "config": {"units": 2}}
    for _ in range(depth):
        layer = {"class_name": wrapper, "config": {"layer": layer}}
    first = {"class_name": "InputLayer", "config": {"batch_shape": [None, 3]}}
    return json.dumps({"class_name": "Sequential", "config": {"layers": [first, layer]}})


LONG = 10**7
TEXTS: dict[str, tuple[str, Callable[[], str], str]] = {
    "a cycle": (
        "m.json",
        lambda: functional(("a", [("b", 0, 0)]), ("b", [("a", 0, 0)]), output="b"),
        "cycle",
    ),
    "reads itself": ("m.json", lambda: functional(("a", [("a", 0, 0)]), output="a"), "cycle"),
    "reads nobody": ("m.json", lambda: functional(("a", [("c", 0, 0)]), output="a"), "no layer"),
    "reads a call that is not": (
        "m.json",
        lambda: functional(("a", [("x", 7, 0)]), output="a"),
        "call 7",
    ),
    "reads an output that is not": (
        "m.json",
        lambda: functional(("a", [("x", 0, 7)]), output="a"),
        "no output 7",
    ),
    "gives out nobody": (
        "m.json",
        lambda: functional(("a", [("x", 0, 0)]), output="c"),
        "no layer",
    ),
    "wrappers in wrappers": ("m.json", lambda: nested(450), "nested"),
    "models in models": (
        "m.json",
        lambda: '{"class_name": "Sequential", "config": [' * 450 + "]}" * 450,
        "nested",
    ),
    "a huge integer": ("m.json", lambda: MODEL.replace("2", "9" * LONG), "m.json"),
    "a huge exponent": ("m.json", lambda: MODEL.replace("2", "1e999999"), "positive integer"),
    "infinity": ("m.json", lambda: MODEL.replace("2", "Infinity"), "positive integer"),
    "a huge class": ("m.json", lambda: MODEL.replace('"Sequential"', "3"), "a class"),
    "a huge word": (
        "m.json",
        lambda: json.dumps({"input_shape": [3], "layers": ["D" * LONG]}),
        "unknown layer class",
    ),
    "a huge key": (
        "m.json",
        lambda: json.dumps({"input_shape": [3], "layers": [{"Dense": {"u" * LONG: 3}}]}),
        "no argument",
    ),
    "many small lists": ("m.json", lambda: f"[{'[],' * 18_000_000}[]]", "m.json"),
    "many keys of YAML": (
        "m.yaml",
        lambda: "".join(f"k{i}: [a, b]\n" for i in range(2_000_000)),
        "larger than",
    ),
    "anchors in anchors": (
        "m.yaml",
        lambda: (
            "a0: &a0 [x, x]\n"
            + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 60))
        ),
        "aliases expand",
    ),
    "an anchor in itself": ("m.yaml", lambda: "layers: &a [*a]\n", "contains itself"),
    "merged keys": (
        "m.yaml",
        lambda: (
            "a0: &a0 {x0: 1}\n"
            + "".join(f"a{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}]}}\n" for i in range(1, 40))
        ),
        "expected a spec",
    ),
    "merged keys inside one another": (
        "m.yaml",
        lambda: (
            "a: "
            + "".join(f"{{<<: [&a{i} " for i in range(100))
            + "{x: 1}"
            + "".join(f", *a{i}], k{i}: 1}}" for i in reversed(range(100)))
        ),
        "expected a spec",
    ),
    "merged keys, ever more": (
        "m.yaml",
        lambda: (
            "a0: &a0 {x0: 1}\n"
            + "".join(f"a{i}: &a{i} {{<<: *a{i - 1}, x{i}: 1}}\n" for i in range(1, 4000))
        ),
        "brings more than",
    ),
    "a mapping merged into itself": ("m.yaml", lambda: "a: &a {<<: *a, x: 1}\n", "expected a spec"),
    "a number merged": ("m.yaml", lambda: "a: {<<: 3, x: 1}\n", "takes a mapping"),
    "a key twice beside merged ones": (
        "m.yaml",
        lambda: "a: &a {x: 1}\nb: {<<: *a, y: 1, y: 2}\n",
        "stands twice",
    ),
    "a tag": ("m.yaml", lambda: "layers: !!python/name:os.system\n", "not YAML"),
    "a tag that runs": (
        "m.yaml",
        lambda: "layers: !!python/object/apply:os.system ['touch pwned']\n",
        "not YAML",
    ),
    "repeats in repeats": (
        "m.yaml",
        lambda: (
            "input_shape: [3]\nlayers:\n"
            + "".join(f"{'  ' * i}  - repeat: 1000\n{'  ' * i}    layers:\n" for i in range(9))
            + f"{'  ' * 9}  - Flatten\n"
        ),
        "repetitions make more than",
    ),
    "a name with an order for the terminal": (
        "m.json",
        lambda: json.dumps({"input_shape": [3], "layers": ["\x1b]0;x\x07\n\u202eDense"]}),
        "unknown layer class",
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_hostile_text_is_refused(tmp_path: Path, name: str) -> None:
    file, make, words = TEXTS[name]
    path = tmp_path / file
    path.write_text(make())
    assert_refused(path, words)
    assert not (tmp_path / "pwned").exists()


PROGRAMS = {
    "an endless loop": "while True:\n    pass\n",
    "an endless recursion": "def f():\n    return f()\nf()\n",
    "a power of powers": "n = 10 ** 10 ** 10\n",
    "a long text": "n = 'a' * 10 ** 11\n",
    "a long list": "n = [0] * 10 ** 11\n",
    "many numbers": "n = [i for i in range(10 ** 12)]\nm = sum(range(10 ** 12))\n",
    "lists in lists": "n = [[]]\nfor i in range(100):\n    n = [n, n]\nprint(n)\n",
    "text upon text": "n = 'ab'\nfor i in range(100):\n    n = n + n\n",
    "deep": "n = " + "(" * 5000 + ")" * 5000 + "\n",
    "many layers": "for i in range(10 ** 9):\n    m.add(keras.layers.Dense(3))\n",
    "a shift": "n = 1 << 10 ** 11\n",
    "an array": "import numpy as np\nn = np.zeros((10 ** 6, 10 ** 6))\n",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_without_end_is_read_up_to_that_point(tmp_path: Path, name: str) -> None:
    """A program that never ends, or takes all memory, is read up to that point."""
    path = tmp_path / "model.py"
    path.write_text(
        "import keras\nm = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])\n"
        + PROGRAMS[name]
    )
    done = run("summary", str(path))
    assert done.returncode in (0, 2)
    assert "Traceback" not in done.stderr
    assert len(done.stderr) < 5000
