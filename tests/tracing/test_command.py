"""`lstmcount trace` as a shell runs it."""

from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path
from typing import Any

import pytest

from lstmcount.extras import install
from tests.conftest import Call, Run

np = pytest.importorskip("numpy")

SPEC = {
    "input_shape": [4, 3],
    "layers": [
        {"LSTM": {"units": 5, "return_sequences": True}, "name": "first"},
        {"Bidirectional": {"layer": {"GRU": 2}}, "name": "both"},
        {"Dense": 1, "name": "head"},
    ],
}
OPEN = {"input_shape": [None, 3], "layers": [{"SimpleRNN": 2, "name": "rnn"}]}


def trace(call: Call, *args: str, spec: Any = SPEC) -> Any:
    return call("trace", "-", *args, stdin=json.dumps(spec))


def test_the_table_has_the_equations_and_steps(call: Call) -> None:
    done = trace(call, "--layer", "first", "--steps", "2")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert "  f(t) = sigmoid(W_f·x(t) + U_f·h(t-1) + b_f)" in lines
    assert [line for line in lines if line.startswith("t = ")] == ["t = 1", "t = 2"]
    assert sum(line.startswith("  h  [5]") for line in lines) == 2


def test_the_same_seed_gives_the_same_numbers(call: Call) -> None:
    first, again = (trace(call, "--layer", "both").stdout for _ in range(2))
    assert first == again
    assert trace(call, "--layer", "both", "--seed", "1").stdout != first


def test_json_has_the_steps_of_both_directions(call: Call) -> None:
    record = json.loads(trace(call, "--layer", "both", "--format", "json").stdout)
    forward, backward = record["directions"]
    assert [step["t"] for step in backward["steps"]] == [4, 3, 2, 1]
    last = [d["cells"][0]["final"]["h"] for d in (forward, backward)]
    assert record["output"] == pytest.approx([*last[0], *last[1]])
    assert backward["steps"][-1]["cells"][0]["h"] == last[1]


def test_csv_has_one_value_a_row(call: Call) -> None:
    shown = trace(call, "--layer", "first", "--format", "csv", "--steps", "3").stdout
    rows = list(csv.DictReader(io.StringIO(shown)))
    assert len(rows) == 3 * 6 * 5
    assert {row["name"] for row in rows} == {"f", "i", "o", "c_tilde", "c", "h"}
    by_place = {(row["t"], row["name"], row["index"]): float(row["value"]) for row in rows}
    for t, i in [("1", "0"), ("3", "4")]:
        c = by_place[t, "c", i]
        assert by_place[t, "h", i] == pytest.approx(by_place[t, "o", i] * math.tanh(c))


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_the_gates_are_drawn_in_every_format(call: Call, suffix: str, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    path = tmp_path / f"gates.{suffix}"
    done = trace(call, "--layer", "both", "--plot", str(path))
    assert done.returncode == 0, done.stderr
    start = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[suffix]
    assert path.read_bytes().startswith(start)


def test_input_from_files(call: Call, tmp_path: Path) -> None:
    data = np.arange(12.0).reshape(4, 3) / 10
    np.save(tmp_path / "data.npy", data)
    np.savetxt(tmp_path / "data.csv", data, delimiter=",", header="a,b,c", comments="")
    shown = [
        trace(call, "--layer", "first", "--format", "csv", "--input", str(tmp_path / name)).stdout
        for name in ("data.npy", "data.csv")
    ]
    assert shown[0] == shown[1] != ""


def test_a_file_gives_an_open_length(call: Call, tmp_path: Path) -> None:
    np.save(tmp_path / "data.npy", np.zeros((1, 9, 3)))
    args = ("--input", str(tmp_path / "data.npy"), "--format", "json")
    assert json.loads(trace(call, *args, spec=OPEN).stdout)["timesteps"] == 9
    assert (
        json.loads(trace(call, "--timesteps", "6", "--format", "json", spec=OPEN).stdout)[
            "timesteps"
        ]
        == 6
    )


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--layer", "frist"), "there is no layer 'frist'. Did you mean first?"),
        (("--layer", "head"), "layer 'head' (Dense) is not recurrent; trace unrolls LSTM, GRU, "),
        ((), "say which layer with --layer: first, both"),
        (("--layer", "first", "--timesteps", "9"), "layer 'first' has 4 time steps, not 9"),
        (("--layer", "first", "--input", "no.npy"), "no.npy: no such file or directory"),
        (("--layer", "first", "--plot", "x.bmp"), "x.bmp: a picture is one of .svg"),
    ],
)
def test_wrong_requests_are_one_line(call: Call, args: tuple[str, ...], message: str) -> None:
    done = trace(call, *args)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"lstmcount: {message}")
    assert done.stderr.count("\n") == 1


def test_an_open_length_is_asked_for(call: Call) -> None:
    done = trace(call, spec=OPEN)
    assert done.returncode == 2
    assert "layer 'rnn' leaves the number of time steps open: give --timesteps" in done.stderr


@pytest.mark.parametrize("steps", ["0", "-1", "many"])
def test_a_wrong_number_of_steps_is_a_usage_error(call: Call, steps: str) -> None:
    done = trace(call, "--layer", "first", "--steps", steps)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1,2,3\n4,nan,6\n1,2,3\n1,2,3\n", "row 2, column 2 is nan"),
        ("1,2,3\n4,inf,6\n1,2,3\n1,2,3\n", "row 2, column 2 is inf"),
        ("1,2\n3,4\n1,2\n1,2\n", "expected shape (4, 3), got (4, 2)"),
        ("1,2,3\n", "expected shape (4, 3), got (1, 3)"),
        ("1,2,3\n4,5\n", "not an array of numbers: rows of different lengths: 2, 3"),
        ("a,b,c\n1,2,x\n", "not an array of numbers: row 2 is not all numbers"),
        ("", "expected shape (4, 3), got (0,)"),
    ],
)
def test_wrong_data_in_csv_is_an_error_with_its_place(
    call: Call, text: str, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "data.csv"
    path.write_text(text)
    done = trace(call, "--layer", "first", "--input", str(path))
    assert done.returncode == 2
    assert done.stderr == f"lstmcount: {path}: {message}\n"


@pytest.mark.parametrize(
    "array", [np.zeros((4, 3), dtype=object), np.zeros((4, 3), dtype="U2"), np.zeros(4)], ids=str
)
def test_an_array_of_another_shape_is_an_error(call: Call, array: Any, tmp_path: Path) -> None:
    path = tmp_path / "data.npy"
    np.save(path, array)
    done = trace(call, "--layer", "first", "--input", str(path))
    assert done.returncode == 2
    assert done.stderr.startswith(f"lstmcount: {path}: ")
    assert done.stderr.count("\n") == 1


def archived() -> bytes:
    file = io.BytesIO()
    np.savez(file, np.zeros((4, 3)))
    return file.getvalue()


def headed(shape: str) -> bytes:
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\0" + len(header).to_bytes(2, "little") + header


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("data.npy", archived()),
        ("data.npy", headed(f"({'9' * 40}, 3)")),
        ("data.npy", headed("(-4, 3)")),
        ("data.npy", b""),
        ("data.csv", b"1\n" * 4_000_000),
        ("data.csv", b"1," * 4_000_000),
    ],
)
def test_a_file_that_holds_no_array_is_an_error(
    call: Call, name: str, data: bytes, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    done = trace(call, "--layer", "first", "--input", str(path))
    assert done.returncode == 2
    assert done.stderr.startswith(f"lstmcount: {path}: not an array of numbers: ")
    assert done.stderr.count("\n") == 1


def test_without_numpy_it_says_what_to_install(run: Run, tmp_path: Path) -> None:
    (tmp_path / "numpy.py").write_text("raise ImportError\n")
    root = Path(__file__).parent.parent.parent
    done = run(
        "trace", "-", "--layer", "first", stdin=json.dumps(SPEC), PYTHONPATH=f"{tmp_path}:{root}"
    )
    assert done.returncode == 2
    assert done.stderr == f"lstmcount: trace needs NumPy: {install('trace')}\n"


def keras_gru(**keywords: str) -> Any:
    """A GRU of Keras's JSON on a sequence `x` and states `s`, given by these keywords."""
    names = {name: {"config": {"keras_history": [of, 0, 0]}} for name, of in keywords.items()}
    given = {name: {"class_name": "__keras_tensor__", **one} for name, one in names.items()}
    inputs = {"x": [None, 5, 3], "s": [None, 4]}
    layers: list[Any] = [
        {"class_name": "InputLayer", "config": {"name": name, "batch_shape": shape}}
        for name, shape in inputs.items()
    ]
    built = {"shapes_dict": {"sequences_shape": [None, 5, 6]}}
    gru = {"class_name": "GRU", "config": {"units": 4, "name": "gru"}, "build_config": built}
    layers.append({**gru, "inbound_nodes": [{"args": [], "kwargs": given}]})
    ends = {"input_layers": [["x", 0, 0], ["s", 0, 0]], "output_layers": [["gru", 0, 0]]}
    return {"class_name": "Functional", "config": {"name": "m", "layers": layers, **ends}}


def test_a_sequence_that_is_given_by_name(call: Call) -> None:
    spec = keras_gru(initial_state="s", sequences="x")
    spec["config"]["layers"][-1]["build_config"] = {"input_shape": [None, 5, 3]}
    done = trace(call, "--steps", "1", spec=spec)
    assert (done.returncode, "1 of 5 time steps" in done.stdout) == (0, True)


def test_weights_that_are_made_for_another_sequence(call: Call) -> None:
    done = trace(call, spec=keras_gru(initial_state="s"))
    assert (done.returncode, "'gru' reads" in done.stderr) == (2, True)
