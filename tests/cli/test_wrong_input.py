"""Wrong input of every kind: one line that says where and what, exit status 2, no traceback."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

from tests.conftest import Call

SPEC = "input_shape: [5, 126]\nlayers:\n  - {entry}\n"

# what stands as the first layer → line:col and the words that the message must have
ENTRIES = [
    ("LSTMM: 64", "3:5", "unknown layer class 'LSTMM'. Did you mean LSTM?"),
    ("LSTM(64)", "3:5", "unknown layer class 'LSTM(64)'. Write `LSTM: 64`."),
    ("LSTM 64", "3:5", "Write `LSTM: 64`."),
    ("layers.LSTM(64, return_sequences=True)", "3:5", "Write `LSTM: {units: …}`."),
    ("Linear: 64", "3:5", "unknown layer class 'Linear'. Did you mean Dense?"),
    ("units: 64", "3:5", "unknown layer class 'units'. `lstmcount layers` lists them."),
    (
        "{LSTM: 64, return_sequences: true}",
        "3:16",
        "is an argument: `LSTM: {…, return_sequences: …}`",
    ),
    ("LSTM: {unit: 64}", "3:12", "LSTM has no argument 'unit'. Did you mean units?"),
    ("LSTM: {activation: relu}", "3:11", "LSTM needs the argument 'units'"),
    ("LSTM", "3:5", "LSTM needs the argument 'units'"),
    ("LSTM: 0", "3:11", "expected a positive integer, got 0"),
    ("LSTM: {units: -3}", "3:19", "expected a positive integer, got -3"),
    ("LSTM: {units: 1.5}", "3:19", "expected a positive integer, got 1.5"),
    ("LSTM: {units: many}", "3:19", "expected a positive integer, got 'many'"),
    ("LSTM: {units: true}", "3:19", "expected a positive integer, got True"),
    ("LSTM: {units: 1e3}", "3:19", "write 1000"),
    ("LSTM: {units: 010}", "3:19", "YAML reads 010 as 8"),
    (f"LSTM: {10**30}", "3:11", "expected at most 9,223,372,036,854,775,807, got 1000"),
    ("LSTM: {units: 64, activation: rleu}", "3:35", "unknown activation 'rleu'"),
    ("LSTM: {units: 64, return_sequences: 1}", "3:41", "expected true or false, got 1"),
    (
        "Conv1D: {filters: 3, kernel_size: 3, padding: sme}",
        "3:51",
        "expected causal, same or valid, got 'sme'. Did you mean same?",
    ),
    ("Conv1D: {filters: 3, kernel_size: a}", "3:39", "expected an integer or a list, got 'a'"),
    ("Conv1D: {filters: 3, kernel_size: [0]}", "3:40", "expected a positive integer, got 0"),
    ("LeakyReLU: {negative_slope: x}", "3:33", "expected a number or null, got 'x'"),
    ("{Dense: 3, LSTM: 4}", "3:5", "expected one layer class in an entry, got Dense, LSTM"),
    ("{Dense: 3, nam: x}", "3:16", "unknown key 'nam' beside Dense. Did you mean name?"),
    ("TimeDistributed: {Dense: 3}", "3:23", "A layer is given by name: layer: {Dense: …}"),
    ("Dense: {3, 4}", "3:12", "expected the names of arguments, got 3"),
    ("Sequential: [Flatten]", "3:5", "A model within the model: `model: {input_shape: …"),
    ("{}", "3:5", "expected a layer such as"),
    ("Dense: !!set [a]", "3:12", "could not determine a constructor for the tag"),
    ("Dense: !!map 3", "3:12", "expected a mapping node, but found scalar"),
    ("Dense: !!int x", "3:12", "'x' does not fit the tag !!int"),
    ("Dense: !!int ''", "3:12", "'' does not fit the tag !!int"),
    ("Dense: !!bool x", "3:12", "'x' does not fit the tag !!bool"),
    ("Dense: !!int [3]", "3:12", "expected a scalar node, but found sequence"),
    ("Dense: !!timestamp [3]", "3:12", "expected a scalar node, but found sequence"),
    ("3", "3:5", "expected a layer such as"),
    ("Bidirectional: {layer: {Dense: 3}}", None, "Bidirectional wraps a recurrent layer"),
    ("RNN: {cell: {LSTM: 3}}", None, "the cell of an RNN must be"),
    ("Dense: {units: 3, units: 4}", "3:23", "the key 'units' stands twice"),
    ("Embedding: {input_dim: 3, output_dim: 4, input_dim: 3}", None, "stands twice"),
    ("{class_name: Dense, config: {units: 3}, config: {units: 4}}", None, "stands twice"),
]


@pytest.mark.parametrize(("entry", "place", "words"), ENTRIES, ids=[e[0] for e in ENTRIES])
def test_a_wrong_layer_is_one_line_with_its_cause(
    call: Call, tmp_path: Path, entry: str, place: str | None, words: str
) -> None:
    path = tmp_path / "model.yaml"
    path.write_text(SPEC.replace("{entry}", entry))
    done = call("summary", str(path))
    assert done.returncode == 2
    assert done.stdout == ""
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    if place:
        assert f"model.yaml:{place}: " in done.stderr


SPECS = {
    "no layers": ("input_shape: [5]\nlayers: []\n", "expected a list of layers"),
    "a mapping": (
        "input_shape: [5]\nlayers:\n  LSTM: 3\n",
        "begins with a dash, as in `- LSTM: 64`",
    ),
    "one layer": ("input_shape: [5]\nlayer: [Flatten]\n", "write `layers:` for `layer:`"),
    "a tab": ("input_shape: [5]\nlayers:\n\t- Flatten\n", "indent with spaces, not tabs"),
    "a batch": (
        "input_shape: [null, 5, 3]\nlayers: [LSTM: 3]\n",
        "the shape of a model's input is without the batch",
    ),
    "not a list": ("input_shape: [5]\nlayers: 3\n", "expected a list of layers"),
    "unknown key": ("input_shap: [5]\nlayers: [Flatten]\n", "Did you mean input_shape?"),
    "negative dimension": ("input_shape: [-1]\nlayers: [{Dense: 1}]\n", "from 0 up"),
    "huge dimension": (f"input_shape: [{10**30}]\nlayers: [{{Dense: 1}}]\n", "from 0 up"),
    "empty": ("", "the file is empty"),
    "only comments": ("# nothing\n", "expected a"),
    "a scalar": ("hello\n", "expected a"),
    "bad yaml": ("layers: [\n", "not YAML"),
    "open bracket": ("input_shape: [5, 126\nlayers: [Flatten]\n", "for the bracket at 1:14"),
    "a key twice": ('{"layers": [],\n "layers": []}', "2:2: the key 'layers' stands twice"),
    "bad json": ('{"layers": [}', "not JSON"),
    "many digits": (
        f'{{"layers": [{"1" * 9_999}]}}',
        "not JSON: a number of more than 4,300 digits",
    ),
    "unknown tag": ("layers: !!python/object:os.system [x]\n", "not YAML"),
    "deep": ("layers: " + "[" * 10_000, "nested deeper"),
    "deep json": ('{"layers": ' + "[" * 100_000, "nested deeper"),
    "a number of 5,000 digits": ("units: " + "9" * 5000, "more than 4,000 digits"),
    "a tag that lies": ("units: !!int abc", "not YAML: 'abc' does not fit the tag !!int"),
    "a tag around nothing": ("units: !!float ''", "not YAML"),
    "alias bomb": (
        "a: &a [x,x,x,x,x,x,x,x,x]\n"
        + "".join(
            f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n"
            for before, name in pairwise("abcdefghi")
        )
        + "layers: *i\n",
        "aliases expand",
    ),
    "unknown reference": (
        "inputs: {a: [3]}\nlayers:\n  - Dense: 2\n    inputs: b\n",
        "no layer or input 'b' above",
    ),
    "unknown call": ("input_shape: [3]\nlayers:\n  - call: encoder\n", "no layer 'encoder' yet"),
    "duplicate name": (
        "input_shape: [3]\nlayers:\n  - {Dense: 2, name: a}\n  - {Dense: 2, name: a}\n",
        "the name 'a' is used twice",
    ),
    "dangling": (
        "inputs: {a: [3]}\nlayers:\n  - {Dense: 2, name: x}\n  - {Dense: 2, inputs: a}\n",
        "no output depends on layer 'x'",
    ),
    "repeat of a billion": (
        "input_shape: [3]\nlayers:\n  - repeat: 1000000000\n    layers: [Flatten]\n",
        "repetitions make more than",
    ),
    "a call of an input": (
        "inputs: {a: [3]}\nlayers:\n  - call: a\n    inputs: {mask: a}\n",
        "model.yaml:3:11: $.layers[0].call: 'a' is an input, which nothing calls",
    ),
    "two inputs": ("inputs: {a: [3], b: [3]}\nlayers:\n  - Dense: 2\n", "say which inputs"),
    "model outside": ("input_shape: [3]\nlayers:\n  - model: ../x.yaml\n", "outside the folder"),
    "model itself": ("input_shape: [3]\nlayers:\n  - model: model.yaml\n", "contains itself"),
}


@pytest.mark.parametrize(("text", "words"), SPECS.values(), ids=list(SPECS))
def test_a_wrong_spec_is_one_line_with_its_cause(
    call: Call, tmp_path: Path, text: str, words: str
) -> None:
    path = tmp_path / "model.yaml"
    path.write_text(text)
    done = call("summary", str(path))
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1


# what stands in a file of Keras, what in its place, and what is said of that
FILES = [
    ('"units"', '"unit"', "$.config.layers[1].config.unit: LSTM has no argument 'unit'. Did you"),
    ('"units": 3', '"size": 3', "$.config.layers[1].config: LSTM needs the argument 'units'"),
    ('["l", 0, 0]', '["m", 0, 0]', "1:12: $.config: there is no layer 'm'"),
    ('["l", 0, 0]', '["l", 7, 0]', "$.config: layer 'l' is called once; there is no call 7"),
    ('["l", 0, 0]', '["l", 0, -1]', "$.config: layer 'l' has 1 output; there is no output -1"),
    ('["i", 0, 0]]]', '["i", 0, -1]]]', "layer 'i' has 1 output; there is no output -1"),
]


@pytest.mark.parametrize(("old", "new", "words"), FILES)
def test_a_wrong_file_of_keras_is_an_error_with_its_cause(
    call: Call, old: str, new: str, words: str
) -> None:
    start = {"name": "i", "batch_input_shape": [1, 2, 3]}
    layers = [
        {"class_name": "InputLayer", "config": start, "name": "i", "inbound_nodes": []},
        {
            "class_name": "LSTM",
            "config": {"name": "l", "units": 3},
            "name": "l",
            "inbound_nodes": [[["i", 0, 0]]],
        },
    ]
    config = {"layers": layers, "input_layers": [["i", 0, 0]], "output_layers": [["l", 0, 0]]}
    text = json.dumps({"config": config, "class_name": "Model"})
    done = call("summary", "-", stdin=text.replace(old, new))
    assert done.returncode == 2
    assert words in done.stderr


def test_an_impossible_output_of_a_layer_with_unknown_outputs(call: Call) -> None:
    layers = [
        {"class_name": "InputLayer", "config": {"batch_shape": [1, 2]}, "name": "i"},
        {"class_name": "Own", "config": {}, "name": "l", "inbound_nodes": [[["i", 0, 0]]]},
    ]
    config = {"layers": layers, "input_layers": [["i", 0, 0]], "output_layers": [["l", 0, -1]]}
    done = call("explain", "-", stdin=json.dumps({"config": config, "class_name": "Model"}))
    assert done.returncode == 2
    assert "$.config: layer 'l': there is no output -1" in done.stderr


def test_missing_file_directory_binary_and_latin1(call: Call, tmp_path: Path) -> None:
    (tmp_path / "binary.yaml").write_bytes(b"\x00\x01\x02" * 100)
    (tmp_path / "latin1.yaml").write_bytes(b"name: caf\xe9\n")
    for name, words in {
        "missing.yaml": "no such file",
        ".": "none of these files holds a model",
        "binary.yaml": "binary",
        "latin1.yaml": "not UTF-8",
    }.items():
        done = call("summary", str(tmp_path / name))
        assert (done.returncode, done.stdout) == (2, "")
        assert words in done.stderr


def test_missing_return_sequences_is_explained_below_the_table(call: Call) -> None:
    spec = '{"input_shape": [5, 126], "layers": [{"LSTM": 64}, {"LSTM": 32}]}'
    done = call("summary", "-", stdin=spec)
    assert done.returncode == 2
    assert "lstm (LSTM)" in done.stdout
    assert "lstm_1" not in done.stdout
    assert "set return_sequences: true there" in done.stderr
    assert "<stdin>:1:" in done.stderr


def test_a_missing_source_is_a_usage_error(call: Call) -> None:
    done = call("summary")
    assert done.returncode == 2
    assert "Missing argument 'SOURCE'" in done.stderr


def test_control_codes_in_names_are_shown_not_obeyed(call: Call) -> None:
    layer = '{"Dense": 1, "name": "\\u0007[bold]x"}'
    spec = f'{{"name": "a\\u001b[31mb", "input_shape": [3], "layers": [{layer}]}}'
    done = call("summary", "-", stdin=spec)
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    assert "\\x1b[31m" in done.stdout
    assert "[bold]x" in done.stdout


WRONG_WORDS = [
    (("summary", "m.yaml", "--json"), "No such option '--json'. Write --format json."),
    (("count", "m.yaml", "--layers", "lstm"), "Did you mean --layer?"),
    (("init", "--overwrite"), "Did you mean --force?"),
    (("cost", "m.yaml", "--batch-size", "3"), "Did you mean --batch?"),
    (("summary", "m.yaml", "-v"), "Did you mean --verbose?"),
    (("plot", "m.yaml"), "For instance: lstmcount plot model.yaml -o model.svg"),
    (("solve", "m.yaml", "--max-params", "3"), "For instance: lstmcount solve model.yaml --for"),
    (("solve", "m.yaml", "--for", "units", "--max-params", "9"), "Known: lstm.units, dense.units."),
    (("size", "m.yaml"), "No such command 'size'. Known: summary, count,"),
    (("m.yml",), "m.yml: no such file or directory. Did you mean m.yaml?"),
    (("count", "m.jml"), "m.jml: no such file or directory. Did you mean m.yaml?"),
    (("count", "m.yaml", "--set", "input_shape=5,126"), "the model says its input_shape itself"),
    (("convert", "m.yaml", "-o", "m.keras"), "m.keras: .keras files hold weights"),
    (("compare", "m.yaml", "--measures", "param"), "no measure 'param'. Did you mean params?"),
    (("verify", "m.yaml", "m.yaml"), "m.yaml: this source stores no tensors"),
    (("-v",), "No such option '-v'. Did you mean -V?"),
    (("summary", "m.yaml", "--timesteps", "3"), "It is an option of report, trace, cost, compare,"),
    (("count", "m.yaml", "--headroom", "5%"), "It is an option of init."),
    (("version",), "No such command 'version'. Write --version."),
    (("layers", "LSTM", "GRU"), "extra argument (GRU). For instance: lstmcount layers LSTM"),
    (("schema", "m.yaml"), "(m.yaml). For instance: lstmcount schema > lstmcount.schema.json"),
    (("solve", "m.yaml", "--for", "lstm", "--max-params", "9"), "'lstm'. Known: lstm.units."),
    (("explain", "m.yaml", "--formula", "--for", "x"), "'x'. Known: lstm.units, dense.units."),
    (("layers", "nothing"), "unknown layer class 'nothing'. `lstmcount layers` lists them."),
    (("init", "--headroom", "lots"), "expected a growth such as 5%, 10k or 5% or 10k, got 'lots'"),
    (("sweep", "m.yaml", "--set", "lstm.units=1..2", "--where", "params <"), "such as params <"),
    (("diff", "empty", "empty"), "empty, empty: directories without models"),
    (("models/no.yaml",), "models/no.yaml: no such file or directory"),
]


@pytest.mark.parametrize(("args", "words"), WRONG_WORDS, ids=lambda value: " ".join(value))
def test_what_to_write_instead(
    call: Call, tmp_path: Path, args: tuple[str, ...], words: str
) -> None:
    (tmp_path / "m.yaml").write_text("input_shape: [4, 2]\nlayers: [{LSTM: 3}, {Dense: 1}]\n")
    (tmp_path / "empty").mkdir()
    done = call(*args, cwd=tmp_path)
    assert done.returncode == 2
    assert words in done.stderr


def test_near_spellings_are_understood(call: Call, tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text("input_shape: [4, 2]\nlayers: [{LSTM: 3}, {Dense: 1}]\n")
    for short, name in (("md", "markdown"), ("tex", "latex"), ("JSON", "json")):
        shown = [
            call("summary", "m.yaml", "--format", f, cwd=tmp_path).stdout for f in (short, name)
        ]
        assert shown[0] == shown[1] != ""
    assert call("explain", "m.yaml", "--layer", "lstm", cwd=tmp_path).stdout.startswith(
        "lstm (LSTM)"
    )
    assert call("info", "m.yaml", cwd=tmp_path).stdout.startswith("Model:")
    for name, start in (("m.py", "import keras"), ("n.json", "{"), ("n.yml", "# yaml-language")):
        assert call("convert", "m.yaml", "-o", name, cwd=tmp_path).returncode == 0
        assert (tmp_path / name).read_text().startswith(start)
