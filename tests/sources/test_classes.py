"""Model files with custom classes, counted with the code that defines the classes."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from lstmcount import LstmcountError
from lstmcount.api.verify import verify_model as verify
from lstmcount.graph.builder import build
from lstmcount.graph.inference import infer
from lstmcount.shapes import Unknown
from lstmcount.sources import Source, open_path, open_source, read
from lstmcount.sources.settings import ModelEntry
from tests.examples import examples
from tests.programs.generated_classes import module_and_model
from tests.repository import Repository

HERE = Path(__file__).parent / "classes"
OWN = HERE / "own.py"
EXPECTED = json.loads((HERE / "files/expected.json").read_text())
KEPT = [name for name in EXPECTED if (HERE / "files" / name).exists()]


def opened(path: Path) -> Source:
    source = open_path(path)
    source.entry = lambda: ModelEntry(code=(str(OWN),))
    return source


def counted(path: Path) -> list[int]:
    summary = infer(read(opened(path)))
    assert summary.total_params == summary.trainable_params + summary.non_trainable_params
    return [summary.total_params, summary.trainable_params]


@pytest.mark.parametrize("name", KEPT)
def test_as_keras_counts_what_it_loads(name):
    assert counted(HERE / "files" / name) == EXPECTED[name]


@pytest.mark.oracle
def test_as_todays_keras_counts_what_it_loads(tmp_path):
    subprocess.run([sys.executable, HERE / "save.py", tmp_path], check=True, cwd=HERE)
    expected = json.loads((tmp_path / "expected.json").read_text())
    assert {name: counted(tmp_path / name) for name in expected} == expected == EXPECTED
    for name in expected:
        if not name.endswith(".json"):
            source = opened(tmp_path / name)
            assert verify(source, build(read(source))).agrees, name


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "pool.json").write_text((HERE / "files/pool.json").read_text())
    (tmp_path / "net").mkdir()
    shutil.copy(OWN, tmp_path / "net/layers.py")
    return tmp_path


COMMANDS = [
    ("summary pool.json", "attention_pool (AttentionPool)"),
    ("count pool.json", "453"),
    ("count --trainable pool.json", "448"),
    ("count --set attention_pool.units=6 pool.json", "462"),
    ("cost pool.json", "Weights      1,812 B"),
    ("check --max-params 1k pool.json", "ok"),
    ("explain pool.json", "392 + 45 + 16"),
    ("diff pool.json pool.json", ""),
    ("report -o report.html pool.json", ""),
    ("plot -o plot.svg pool.json", ""),
]


@pytest.mark.parametrize(("command", "said"), COMMANDS, ids=[one.split()[0] for one, _ in COMMANDS])
def test_every_command_takes_code(command, said, folder, call):
    for code in ("net", "net/layers.py", "."):
        done = call(*command.split(), "--code", code, cwd=folder)
        assert (done.returncode, done.stderr) == (0, "")
        assert said in done.stdout


def test_tensors_of_the_file_are_those_of_the_classes(call):
    done = call("verify", str(HERE / "files/pool.keras"), "--code", str(OWN))
    assert "453 of 453 values in " in done.stdout


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            "self.units = units\n",
            "self.units = units + 1\n",
            "attention_pool/w: expected (7, 6), stored (7, 5) in layers/attention_pool/vars/0; "
            "lstmcount verify shows all 3",
        ),
        (
            "        self.u = self.add_weight",
            "        self.v = self.add_weight(name='v', shape=(2,))\n"
            "        self.u = self.add_weight",
            "attention_pool/v: expected (2,), stored (5, 1) in layers/attention_pool/vars/2",
        ),
    ],
)
def test_code_that_contradicts_the_stored_tensors(before, after, said, tmp_path, call):
    (tmp_path / "own.py").write_text(OWN.read_text().replace(before, after, 1))
    asked = (str(HERE / "files/pool.keras"), "--code", "own.py")
    refused = call("count", *asked, cwd=tmp_path)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "the code does not give the weights that the file stores" in refused.stderr
    assert said in refused.stderr
    assert call("verify", *asked, cwd=tmp_path).returncode == 1
    changed = call("count", *asked, "--set", "attention_pool.units=6", cwd=tmp_path)
    assert changed.returncode == 0


@pytest.mark.parametrize(("size", "status"), [("units", 0), ("2", 2)])
def test_declarations_that_contradict_the_stored_tensors(size, status, tmp_path, call):
    weights = f"{{w: [features, units], b: [{size}], u: [units, 1]}}"
    (tmp_path / "lstmcount.yaml").write_text(
        f"custom_layers:\n  AttentionPool:\n    arguments: {{units: }}\n    weights: {weights}\n"
        "    output_shape: [batch, features]\n"
    )
    (tmp_path / "pool.keras").write_bytes((HERE / "files/pool.keras").read_bytes())
    done = call("count", "pool.keras", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (status, "" if status else "453\n")
    assert ("custom_layers do not give the weights" in done.stderr) is bool(status)
    assert call("verify", "pool.keras", cwd=tmp_path).returncode == (status > 0)


HOLDING = """
import keras

class Scaled(keras.layers.Dense):
    def build(self, input_shape):
        super().build(input_shape)
        self.gain = self.add_weight(shape=(self.units,), name="gain")

    def call(self, x):
        return super().call(x) * self.gain

class Centred(keras.layers.BatchNormalization):
    def build(self, input_shape):
        super().build(input_shape)
        self.mix = self.add_weight(shape=(input_shape[-1], 5), name="mix")

    def call(self, x):
        return super().call(x)

class Early(keras.layers.LayerNormalization):
    def __init__(self, **more):
        super().__init__(**more)
        self.mix = self.add_weight(shape=(3, 2), name="mix")
        self.seen = self.add_weight(shape=(5,), name="seen", trainable=False)

    def build(self, input_shape):
        self.before = self.add_weight(shape=(7,), name="before")
        super().build(input_shape)
        self.after = self.add_weight(shape=(8,), name="after")

class Gated(keras.layers.LSTMCell):
    def __init__(self, units, **more):
        super().__init__(units, **more)
        self.gate = self.add_weight(shape=(3, 5), name="gate")

class Pair(keras.layers.Layer):
    def __init__(self, **more):
        super().__init__(**more)
        self._left, self.right = keras.layers.Dense(2), keras.layers.Dense(3)

    def call(self, x):
        return self.right(self._left(x))

class Grid(keras.layers.Layer):
    def __init__(self, **more):
        super().__init__(**more)
        self.rows = [[keras.layers.Dense(2), keras.layers.Dense(4)], (keras.layers.Dense(3),)]
        self.again = self.rows[0][0]

    def call(self, x):
        return self.rows[1][0](self.rows[0][1](self.again(x)))

class Around(keras.layers.Wrapper):
    def __init__(self, layer, **more):
        super().__init__(layer, **more)
        self.gain = self.add_weight(shape=(9,), name="gain")

    def call(self, x):
        return self.layer(x)

class Special(keras.layers.Layer):
    def build(self, input_shape):
        self.table = self.add_weight(shape=(8, 8), name="table")

    def call(self, x):
        return x

    def save_own_variables(self, store):
        store["packed"] = self.table[:2]
"""
STORED = {
    "scaled/vars": [(6, 4), (4,)],  # `Dense` saves its own variables alone
    "centred/vars": [(4,), (4,), (4, 5), (4,), (4,)],
    "early/vars": [(3, 2), (7,), (4,), (4,), (8,), (5,)],
    "rnn/cell/vars": [(3, 5), (3, 8), (2, 8), (8,)],
    "pair/_left/vars": [(4, 2), (2,)],
    "pair/right/vars": [(2, 3), (3,)],
    "grid/again/vars": [(3, 2), (2,)],  # `rows` has it, too
    "grid/rows/container/dense_1/vars": [(2, 4), (4,)],
    "grid/rows/container_1/dense/vars": [(4, 3), (3,)],
    "around/vars": [(9,)],
    "around/layer/vars": [(3, 3), (3,)],
    "special/vars": [(2, 8)],
}
CHANGES = [
    ({}, set()),
    ({"scaled/vars": [(4,), (6, 4)]}, {"kernel", "bias"}),
    ({"early/vars": [(7,), (4,), (4,), (3, 2), (8,), (5,)]}, {"mix", "before", "beta"}),
    ({"early/vars": [(3, 2), (7,), (4,), (4,), (5,), (8,)]}, {"after", "seen"}),
    (
        {"rnn/cell/vars": [(3, 8), (2, 8), (8,), (3, 5)]},
        {"gated/gate", "gated/kernel", "gated/recurrent_kernel", "gated/bias"},
    ),
    ({"grid/rows/container_1/dense/vars": [(2, 4), (3,)]}, {"kernel"}),
    ({"around/vars": [(3, 3)], "around/layer/vars": [(9,), (3,)]}, {"gain", "kernel"}),
    ({"special/vars": [(2,)]}, set()),
    ({"centred/vars": [(4,), (4,), (4,), (4, 5), (4,)]}, {"mix", "moving_mean"}),
    ({"pair/_left/vars": [(2, 3), (2,)], "pair/right/vars": [(4, 2), (3,)]}, {"kernel"}),
]


@pytest.mark.parametrize(("changes", "weights"), CHANGES)
def test_tensors_of_derived_layers_and_under_private_attributes(changes, weights, tmp_path):
    h5py = pytest.importorskip("h5py")
    (tmp_path / "own.py").write_text(HOLDING)
    cell = {"class_name": "Gated", "config": {"units": 2}, "registered_name": "Gated"}
    classes = [
        ("Scaled", {"units": 4}),
        ("Centred", {}),
        ("Early", {}),
        ("Pair", {}),
        ("Grid", {}),
        ("Around", {"layer": {"class_name": "Dense", "config": {"units": 3, "name": "dense"}}}),
        ("Special", {}),
        ("Reshape", {"target_shape": [1, 3]}),
        ("RNN", {"cell": cell}),
    ]
    layers = [{"class_name": "InputLayer", "config": {"batch_shape": [None, 6], "name": "x"}}]
    layers += [
        {"class_name": name, "config": {"name": name.lower(), **config}, "registered_name": name}
        for name, config in classes
    ]
    model = {"class_name": "Sequential", "config": {"name": "s", "layers": layers}}
    (tmp_path / "model.json").write_text(json.dumps(model))
    with h5py.File(tmp_path / "model.weights.h5", "w") as file:
        for group, shapes in {**STORED, **changes}.items():
            for index, shape in enumerate(shapes):
                file.create_dataset(f"layers/{group}/{index}", shape, dtype="f4")
    source = open_path(tmp_path / "model.json")
    source.entry = lambda: ModelEntry(code=(str(tmp_path / "own.py"),))
    verdict = verify(source, build(read(source)), open_path(tmp_path / "model.weights.h5"))
    assert {each.weight for each in verdict.differences} == weights
    assert [each.layer for each in verdict.not_compared] == ["special"]
    assert verdict.notes == ("not in the file, because Keras does not save it: scaled/gain",)


def test_a_project_says_where_the_code_is(folder, call):
    (folder / "lstmcount.yaml").write_text("models: {'*.json': {code: net}}\n")
    assert call("count", "pool.json", cwd=folder).stdout == "453\n"


WITHOUT = [
    (None, "pool.json", "a class that is not Keras's own; --code PATH adds the file that defines"),
    (None, "subclassed.json", "which layers it has; --code PATH adds the file that defines it"),
    ("import keras\n", "pool.json", "(AttentionPool): the code has no class AttentionPool"),
    ("import keras\n", "subclassed.json", "the code has no class Encoder"),
    (
        "from gone import Base\nclass AttentionPool(Base):\n    pass\n",
        "pool.json",
        "own.py:2: AttentionPool is derived from Base, which is not known (own.py:1:1: there is no",
    ),
    (
        "import keras\nclass AttentionPool(keras.layers.Layer):\n"
        "    def __init__(self, units, **more):\n        raise ValueError(units)\n",
        "pool.json",
        "own.py:2: AttentionPool creates no layer from its config",
    ),
    (
        "import keras\nfrom gone import N\nclass AttentionPool(keras.layers.Layer):\n"
        "    def __init__(self, units, **more):\n        super().__init__(**more)\n"
        "        self.d = keras.layers.Dense(N)\n"
        "    def call(self, x):\n        return self.d(x)\n",
        "pool.json",
        "needs `N`, which is not known (own.py:2:1: there is no module gone; --code PATH adds its "
        "folder): --set N=3",
    ),
    ("PK\0", "pool.json", "own.py: this is not a file of Python code"),
]


@pytest.mark.parametrize(("code", "name", "said"), WITHOUT, ids=[one[2][-20:] for one in WITHOUT])
def test_what_is_missing_is_named(code, name, said, tmp_path, call):
    (tmp_path / name).write_text((HERE / "files" / name).read_text())
    (tmp_path / "own.py").write_text(code or "")
    done = call("count", name, *(["--code", "own.py"] if code else []), cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr


def test_two_classes_with_the_same_name(folder, call):
    (folder / "net/other.py").write_text("class Block: pass\n")
    shutil.copy(HERE / "files/blocks.json", folder)
    said = call("count", "blocks.json", "--code", "net", cwd=folder).stderr
    assert "there are several classes Block: net/layers.py:" in said
    assert "net/other.py:1" in said
    done = call("count", "blocks.json", "--code", "net/layers.py", cwd=folder)
    assert done.stdout == "1771\n"


def test_code_as_it_was_in_a_commit(folder, call):
    repository = Repository(folder)
    repository.commit()
    text = OWN.read_text().replace("self.units = units", "self.units = units + 1", 1)
    (folder / "net/layers.py").write_text(text)
    options = ("--code", "net", "--base", "HEAD", "--max-increase", "1")
    assert "params 453 -> 462" in call("check", "pool.json", *options, cwd=folder).stdout
    changed = call("diff", "pool.json", "--code", "net", "--base", "HEAD", cwd=folder)
    assert "453 -> 462" in changed.stdout


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(examples(20)))
def test_what_generated_programs_save(seed, tmp_path):
    keras = pytest.importorskip("keras")
    module, lines = module_and_model(Random(seed))
    (tmp_path / "own.py").write_text(module)
    program = {}
    exec(module + lines, program)
    classes = {name: each for name, each in program.items() if name.startswith("Own")}
    code = ModelEntry(code=(str(tmp_path / "own.py"),))
    for kind in ("keras", "h5", "json"):
        path = tmp_path / f"model.{kind}"
        if kind == "json":
            path.write_text(program["model"].to_json())
            loaded = keras.models.model_from_json(path.read_text(), custom_objects=classes)
        else:
            program["model"].save(path)
            loaded = keras.models.load_model(path, custom_objects=classes)
        source = open_path(path)
        source.entry = lambda: code
        try:
            summary = infer(read(source))
        except LstmcountError as error:  # Keras uses a declared shape that `call` does not give
            if "which Keras 3 takes for it" not in str(error):
                raise
            continue
        if isinstance(summary.total_params, Unknown):
            assert "LayerNormalization" in module
            continue
        trainable = sum(math.prod(weight.shape) for weight in loaded.trainable_weights)
        assert summary.total_params == loaded.count_params(), (kind, module + lines)
        # Stored tensors alone do not tell whether they are trainable.
        if not isinstance(summary.trainable_params, Unknown):
            assert summary.trainable_params == trainable, (kind, module + lines)


CLASS = """
from keras import layers, ops
{imported}
class Own(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1], self.units + {width}))
    def call(self, x):
        return ops.matmul(x, self.kernel)
"""
SPEC = "input: [4]\nlayers:\n  - Own: {units: 3, name: first}\n  - Own: {units: 1}\n  - {last}\n"


@pytest.mark.parametrize(
    ("imported", "settings", "last", "said"),
    [
        ("width = 2", {}, "Dense: 2", 4 * 5 + 5 * 3 + 4 * 2),
        ("from elsewhere import width", {"width": 2}, "Dense: 2", 4 * 5 + 5 * 3 + 4 * 2),
        ("from elsewhere import width", {}, "Dense: 2", "needs `width`, which is not known"),
        ("width = 2", {}, "Dens: 2", "is not a class of Keras, by name. Did you mean Dense?"),
    ],
)
def test_a_spec_takes_classes_from_code(imported, settings, last, said, tmp_path):
    (tmp_path / "own.py").write_text(CLASS.format(imported=imported, width="width"))
    (tmp_path / "m.yaml").write_text(SPEC.replace("{last}", last))
    source = open_path(tmp_path / "m.yaml")
    source.entry = lambda: ModelEntry(code=(str(tmp_path / "own.py"),))
    try:
        summary = infer(read(source, settings=settings))
        found = [summary.total_params, *summary.notes]
    except LstmcountError as error:
        found = [str(error)]
    assert any(said == each or str(said) in str(each) for each in found)


UNKNOWN_SIZE = """
import keras
from elsewhere import size

class Own(keras.layers.Layer):
    def build(self, shape):
        self.w = self.add_weight(shape=(size(shape), 2), name="w")
    def call(self, x):
        return keras.ops.matmul(x, self.w)
"""


def test_a_size_that_the_code_does_not_say_is_asked_for(tmp_path):
    """A file that stores the weight does not contradict such code."""
    h5py = pytest.importorskip("h5py")
    layers = [
        {"class_name": "InputLayer", "config": {"batch_shape": [None, 3], "name": "i"}},
        {"class_name": "Own", "config": {"name": "own"}},
    ]
    config = {"class_name": "Sequential", "config": {"name": "m", "layers": layers}}
    with h5py.File(tmp_path / "m.h5", "w") as file:
        file.attrs["model_config"] = json.dumps(config)
        file.attrs["keras_version"] = "3.15.0"
        group = file.create_group("model_weights/own")
        group.parent.attrs["layer_names"] = ["own"]
        group.attrs["weight_names"] = ["own/w"]
        group["own/w"] = [[0.0, 0.0]] * 3
    (tmp_path / "own.py").write_text(UNKNOWN_SIZE)
    source = open_path(tmp_path / "m.h5")
    source.entry = lambda: ModelEntry(code=(str(tmp_path / "own.py"),))
    summary = infer(read(source))
    assert any("own.w needs `size(shape)`, which is not known" in note for note in summary.notes)
    assert infer(read(source, settings={"size(shape)": 3})).total_params == 6


REGISTERED = """
import keras

@keras.saving.register_keras_serializable(package="B")
class Block(keras.layers.Dense):
    pass
"""


@pytest.mark.parametrize(
    ("registered", "total"), [("B>Block", 8), ("Block", 8), (None, 8), ("A>Block", None)]
)
def test_a_class_registered_under_another_name_is_another_class(registered, total, tmp_path):
    (tmp_path / "own.py").write_text(REGISTERED)
    block = {"class_name": "Block", "config": {"units": 2}, "registered_name": registered}
    start = {"class_name": "InputLayer", "config": {"batch_shape": [None, 3]}}
    source = open_source({"class_name": "Sequential", "config": {"layers": [start, block]}})
    source.entry = lambda: ModelEntry(code=(str(tmp_path / "own.py"),))
    counted = infer(read(source)).total_params
    assert counted == total or (total is None and not isinstance(counted, int))


def in_time_distributed(tmp_path: Path, body: str) -> Source:
    (tmp_path / "own.py").write_text(
        "from keras import layers\n\nclass Own(layers.Layer):\n" + body
    )
    entries = [
        {"class_name": "InputLayer", "config": {"batch_shape": [None, 5, 3], "name": "i"}},
        {"class_name": "TimeDistributed", "config": {"name": "t", "layer": {
            "module": "own", "class_name": "Own", "config": {"name": "o"},
            "registered_name": "Own"}}},
        {"class_name": "Dense", "config": {"name": "d", "units": 2}},
    ]  # fmt: skip
    model = {"class_name": "Sequential", "config": {"name": "s", "layers": [
        {"module": "keras.layers", "registered_name": None, **entry} for entry in entries
    ]}}  # fmt: skip
    source = open_source(model)
    source.entry = lambda: ModelEntry(code=(str(tmp_path / "own.py"),))
    return source


def test_what_keras_3_does_not_build_in_time_distributed(tmp_path: Path) -> None:
    """Without `compute_output_shape`, Keras 3 has no weights that only `call` makes."""
    weight = "        self.w = self.add_weight(shape=(3, 4))\n"
    call = "    def call(self, x):\n        return "
    built = in_time_distributed(
        tmp_path, f"    def build(self, shape):\n{weight}{call}x @ self.w\n"
    )
    assert infer(read(built)).total_params == 12 + 10
    dense = "    def __init__(self, **kw):\n        super().__init__(**kw)\n        self.d = "
    own = in_time_distributed(tmp_path, f"{dense}layers.Dense(4)\n{call}self.d(x)\n")
    with pytest.raises(LstmcountError, match=r"own.py:3:1: Own in TimeDistributed has no `compute"):
        infer(read(own))


def test_an_input_shape_that_is_set_builds_the_classes_of_the_code(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(
        "from keras import layers\n\nclass Own(layers.Layer):\n    def build(self, shape):\n"
        "        self.w = self.add_weight(shape=(shape[-1], 4))\n"
        "    def call(self, x):\n        return x @ self.w\n"
    )
    own = {"module": "own", "class_name": "Own", "config": {"name": "o"}, "registered_name": "Own"}
    dense = {"module": "keras.layers", "class_name": "Dense", "config": {"name": "d", "units": 2}}
    model = {"class_name": "Sequential", "config": {"name": "s", "layers": [own, dense]}}

    def total(settings):
        source = open_source(model)
        source.entry = lambda: ModelEntry(code=(str(tmp_path / "own.py"),))
        return infer(read(source, settings=settings))

    assert total({"input_shape": [None, 3]}).total_params == 12 + 10
    notes = total({}).notes
    assert any("of o (Own): the model's input shape is not said" in note for note in notes)
    assert not any("--code" in note for note in notes)
