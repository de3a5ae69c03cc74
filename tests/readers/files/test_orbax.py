"""Folders of `keras.callbacks.OrbaxCheckpoint`; Keras 3.15 wrote the one in the tests' data."""

from __future__ import annotations

import base64
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lstmcount import LstmcountError, summarize
from lstmcount.api.verify import verify_model as verify
from lstmcount.sources import open_path
from lstmcount.verification import Verdict
from tests.conftest import ROOT, built

CHECKPOINT = ROOT / "tests" / "data" / "orbax"
METADATA, SHARDING = "0/pytree/_METADATA", "0/pytree/_sharding"
CONFIG = "0/model_config/_strings.json"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(CHECKPOINT, tmp_path / "run")
    return tmp_path / "run"


def held(folder: Path, model: Path | None = None) -> Verdict:
    source = model or folder
    return verify(open_path(source), built(source), open_path(folder) if model else None)


def edit(path: Path, change: Callable[[Any], Any]) -> None:
    data = json.loads(path.read_text())
    path.write_text(json.dumps(change(data) or data))


def test_all_steps_and_one(folder: Path) -> None:
    assert summarize(folder).total_params == summarize(folder / "0").total_params == 396
    verdict = held(folder)
    assert (verdict.agrees, verdict.stored, verdict.notes) == (True, 396, ())


def test_the_latest_step_is_the_model(folder: Path) -> None:
    shutil.copytree(folder / "0", folder / "10")
    shutil.copytree(folder / "0", folder / "9")
    shutil.copytree(folder / "0", folder / "11.orbax-checkpoint-tmp")
    edit(folder / "10/model_config/_strings.json", lambda data: {
        "config": data["config"].replace('"units": 2', '"units": 3')})  # fmt: skip
    assert summarize(folder).total_params == 396 + 7


def test_a_checkpoint_without_a_config_is_counted(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "whole")
    shutil.rmtree(folder / "0" / "model_config")
    assert summarize(folder).total_params == 396
    verdict = held(folder, tmp_path / "whole")
    assert (verdict.agrees, verdict.stored) == (True, 396)


def paths() -> list[str]:
    entries = json.loads((CHECKPOINT / METADATA).read_text())["tree_metadata"]
    return [key for key in entries if "trainable" in key and "seed" not in key]


def test_each_tensor_of_another_shape_or_absent_is_named(folder: Path) -> None:
    for path in paths():
        name = path.rpartition("'")[0].rpartition("'")[2]
        for change in (
            lambda data, path=path: data["tree_metadata"].pop(path) and None,
            lambda data, path=path: data["tree_metadata"][path]["value_metadata"][
                "write_shape"
            ].append(7),
        ):
            shutil.copy(CHECKPOINT / METADATA, folder / METADATA)
            edit(folder / METADATA, change)
            verdict = held(folder)
            assert not verdict.agrees
            named = {f"{each.weight}{each.tensor}" for each in verdict.differences}
            assert any(name in each for each in named), (path, verdict)


def sharded(name: str) -> Callable[[Any], None]:
    key = base64.b64encode(name.encode()).decode()
    mesh = {"sharding_type": "NamedSharding", "shape": [2], "partition_spec": [None]}
    return lambda data: data.__setitem__(key, json.dumps(mesh))


def test_tensors_that_several_devices_wrote_are_not_compared(folder: Path) -> None:
    edit(folder / SHARDING, sharded("trainable_variables.out.kernel"))
    verdict = held(folder)
    assert (verdict.agrees, verdict.stored, verdict.compared) == (True, 396, 384)
    assert [(each.layer, each.values) for each in verdict.not_compared] == [("out", 12)]
    shutil.rmtree(folder / "0" / "model_config")
    with pytest.raises(LstmcountError, match=r"out/kernel: its shape stands in a packed index"):
        summarize(folder)


def test_no_tensor_with_a_shape(folder: Path) -> None:
    """Backends other than JAX write tensors without shapes."""
    data = json.loads((folder / METADATA).read_text())
    for entry in data["tree_metadata"].values():
        entry["value_metadata"] = {"value_type": "np.ndarray", "skip_deserialize": False}
    (folder / METADATA).write_text(json.dumps(data))
    assert summarize(folder).total_params == 396
    with pytest.raises(LstmcountError, match=r"nothing was compared: steps, both, .*packed index"):
        held(folder)


def test_a_layer_of_an_unknown_class_has_the_tensors_of_its_variables(folder: Path) -> None:
    edit(folder / CONFIG, lambda data: {
        "config": data["config"].replace('"class_name": "Bidirectional"', '"class_name": "Own"')
        .replace('"class_name": "BatchNormalization"', '"class_name": "Other"')})  # fmt: skip
    assert summarize(folder).total_params == 396
    verdict = held(folder)
    assert [(each.layer, each.values) for each in verdict.not_compared] == [
        ("both", 288),
        ("inner/norm", 24),
    ]


def variable(*words: Any, shape: Any = None) -> Callable[[Any], Any]:
    entry = {"key_metadata": [{"key": word, "key_type": 2} for word in words],
             "value_metadata": {"value_type": "jax.Array", "write_shape": shape}}  # fmt: skip
    return lambda data: {"tree_metadata": {"x": entry}}


@pytest.mark.parametrize(
    ("file", "change", "words"),
    [
        (METADATA, variable("trainable_variables", "d", "k", shape=[-1]), "k has no shape"),
        (METADATA, variable("trainable_variables", "d", "k", shape=[2**64]), "k has no shape"),
        (METADATA, variable("trainable_variables", "d", "k", shape=[1] * 99), "k has no shape"),
        (METADATA, variable("trainable_variables", "d", "k", shape="3"), "k has no shape"),
        (METADATA, variable("trainable_variables", "../d", "k", shape=[3]), "without the names"),
        (METADATA, variable(shape=[3]), "without the names"),
        (METADATA, variable("params", "d", "k", shape=[3]), "no checkpoint of Keras's"),
        (METADATA, lambda data: {"tree_metadata": [1]}, "lists no variables"),
        (METADATA, lambda data: {"tree_metadata": {"a": 3}}, "without the names"),
        (METADATA, lambda data: [1], "no JSON object"),
        (SHARDING, lambda data: {"?": "{}"}, "names no variable"),
        (CONFIG, lambda data: {"config": 3}, "holds no config"),
        (CONFIG, lambda data: {"config": "[1]"}, "does not describe a model"),
    ],
)
def test_errors_are_described(
    folder: Path, tmp_path: Path, file: str, change: Callable[[Any], Any], words: str
) -> None:
    shutil.copytree(folder, tmp_path / "whole")
    edit(folder / file, change)
    with pytest.raises(LstmcountError, match=words) as raised:
        held(folder, None if file == CONFIG else tmp_path / "whole")
    assert "\n" not in str(raised.value)


def test_a_pipe_in_place_of_a_file(folder: Path) -> None:
    for file, words in ((METADATA, "this is a directory"), (CONFIG, "this is a pipe")):
        (folder / file).unlink()
        os.mkfifo(folder / file)
        with pytest.raises(LstmcountError, match=words):
            summarize(folder)
        (folder / file).unlink()
        shutil.copy(CHECKPOINT / file, folder / file)
