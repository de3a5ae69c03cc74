"""`lstmcount init` writes budgets that today's models keep."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT, Call
from tests.repository import spec

PROGRAM = """import keras
model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(2)])
"""


@pytest.fixture
def models(tmp_path: Path) -> Path:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "a.yaml").write_text(spec({"LSTM": 64}))
    (tmp_path / "models" / "b: c.json").write_text(spec({"Dense": 1}))
    (tmp_path / "settings.yaml").write_text("debug: true\n")
    return tmp_path


def test_init_then_check(call: Call, models: Path) -> None:
    done = call("init", cwd=models)
    assert done.stdout == "lstmcount.yaml: budgets of 2 models; now: lstmcount check\n"
    assert (models / "lstmcount.yaml").read_text() == (
        "# yaml-language-server: $schema=lstmcount.project.schema.json\n"
        "# Limits for the models of this project, which `lstmcount check` enforces.\n"
        "# Each number is today's plus 10%, rounded up.\n"
        "budgets:\n"
        '  "models/a.yaml":\n    max_params: 20.6k\n    max_size: 80.3KB\n    max_macs: 102k\n'
        '  "models/b: c.json":\n    max_params: 9\n    max_size: 39\n    max_macs: 44\n'
    )
    done = call("check", cwd=models)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "2 models, 0 over budget")


def test_an_existing_file_is_not_overwritten(call: Call, models: Path) -> None:
    (models / "lstmcount.yaml").write_text("batch: 3\n")
    done = call("init", cwd=models)
    assert done.returncode == 2
    assert "--force" in done.stderr
    assert (models / "lstmcount.yaml").read_text() == "batch: 3\n"
    assert call("init", "--force", cwd=models).returncode == 0


def test_headroom_and_output_are_options(call: Call, models: Path) -> None:
    done = call(
        "init", "models/*.yaml", "--headroom", "0%", "--output", "models/lstmcount.yaml", cwd=models
    )
    assert done.returncode == 0
    text = (models / "models" / "lstmcount.yaml").read_text()
    assert '"a.yaml":\n    max_params: 18.7k\n' in text
    assert call("init", "--headroom", "many", cwd=models).returncode == 2
    assert call("init", "nothing/*", cwd=models).returncode == 2
    assert (
        call(
            "init",
            cwd=models / "models" / "..",
        ).returncode
        == 0
    )


def test_an_empty_folder_is_an_error(call: Call, tmp_path: Path) -> None:
    done = call("init", cwd=tmp_path)
    assert done.returncode == 2
    assert not (tmp_path / "lstmcount.yaml").exists()


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("package.json", '{"name": "x", "layers": ["base", 2]}', "hold no model: package.json\n"),
        ("map.json", '{"layers": {"roads": 1}}', "hold no model: map.json\n"),
        (
            "utils.py",
            "import keras\n\ndef scaled(x):\n    return x / 255\n",
            "hold no model: utils.py\n",
        ),
        ("setup.py", "layers = 3\n", ""),
        ("broken.yaml", "layers:\n  - LSTM: 4\n  - Dens: 3\n", "broken.yaml:3:5: $.layers[1]"),
        ("half.json", '{"layers": [', "half.json:1:13: not JSON"),
    ],
)
def test_other_files_do_not_stop_it(
    call: Call, models: Path, name: str, text: str, says: str
) -> None:
    (models / name).write_text(text)
    done = call("init", cwd=models)
    assert done.stdout.startswith("lstmcount.yaml: budgets of 2 models;")
    assert says in done.stderr if says else not done.stderr
    assert done.returncode == (0 if "hold no" in says or not says else 2)


def test_every_kind_of_model_gets_a_budget(call: Call, tmp_path: Path) -> None:
    pytest.importorskip("h5py")
    golden = ROOT / "tests" / "golden" / "models" / "fitted_adam"
    for kind in ("json", "keras", "h5"):
        (tmp_path / f"m.{kind}").write_bytes((golden / f"model.{kind}").read_bytes())
    (tmp_path / "m.yaml").write_text(spec({"Dense": 1}))
    (tmp_path / "train.py").write_text(PROGRAM)
    done = call("init", cwd=tmp_path)
    assert (done.stdout.split(";")[0], done.stderr) == ("lstmcount.yaml: budgets of 5 models", "")
    assert call("check", cwd=tmp_path).stdout.endswith("\n5 models, 0 over budget\n")


@pytest.mark.parametrize("source", [".", "*"])
def test_folders_and_patterns(call: Call, tmp_path: Path, source: str) -> None:
    (tmp_path / "a.yaml").write_text(spec({"Dense": 1}))
    (tmp_path / "b.yaml").write_text(spec({"Dense": 2}))
    (tmp_path / "package.json").write_text('{"layers": [1]}')
    left_out = "note: left out, because they hold no model: package.json\n"
    done = call("count", source, cwd=tmp_path)
    assert (done.stdout, done.stderr) == (" 9 a.yaml\n18 b.yaml\n27 total\n", left_out)
    done = call("check", source, "--max-params", "17", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, left_out)
    assert done.stdout.endswith("2 models, 1 over budget\n")
    done = call("check", source, "--update-baseline", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, left_out)


def test_a_folder_without_models(call: Call, tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"layers": [1]}')
    (tmp_path / "empty").mkdir()
    for command in (("count",), ("check", "--max-params", "1k")):
        done = call(*command, ".", cwd=tmp_path)
        assert done.returncode == 2
        assert "none of these files holds a model" in done.stderr
        done = call(*command, "empty", cwd=tmp_path)
        assert done.stderr == "lstmcount: empty: this is a directory without models\n"


def test_names_that_are_patterns_or_no_text(call: Call, tmp_path: Path) -> None:
    for name, units in (("*.yaml", 50), ("[a].yaml", 40), ("a.yaml", 1), (b"\xff.yaml", 1)):
        path = tmp_path / (name if isinstance(name, str) else os.fsdecode(name))
        path.write_text(spec({"Dense": units}))
    done = call("init", cwd=tmp_path)
    assert (done.returncode, "budgets of 3 models" in done.stdout) == (2, True)
    assert "\\udcff.yaml: no project file can hold" in done.stderr
    budgets = yaml.safe_load((tmp_path / "lstmcount.yaml").read_text())["budgets"]
    assert {name: one["max_params"] for name, one in budgets.items()} == {
        "[*].yaml": 495, "[[]a].yaml": 396, "a.yaml": 9
    }  # fmt: skip
    assert call("check", cwd=tmp_path).stdout.endswith("3 models, 0 over budget\n")


@pytest.mark.parametrize(
    ("unknown", "asked"),
    [
        ("n", '"n": 3'),
        ("n['a']", "\"n['a']\": 3"),
        ("n['b: --set x']", "needs `n['b: --set x']`"),
    ],
)
def test_settings_that_a_program_asks_for(
    call: Call, tmp_path: Path, unknown: str, asked: str
) -> None:
    text = f"import keras\nfrom sizes import n\nm = keras.layers.Dense({unknown})\n"
    (tmp_path / "m.py").write_text(text + "model = keras.Sequential([keras.Input((3,)), m])\n")
    assert call("init", cwd=tmp_path).returncode == 0
    lines = (tmp_path / "lstmcount.yaml").read_text().splitlines()
    assert lines[4:7] == ["models:", '  "m.py":', "    set:"]
    assert "# TODO: m.py" in lines[7]
    assert asked in "\n".join(lines[7:])
    assert all(line.startswith("      # ") for line in lines[7:])


def test_update_keeps_the_file_and_adds_what_has_no_budget(call: Call, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(spec({"Dense": 2}))
    program = "import keras\nm = keras.Sequential([keras.Input((n,)), keras.layers.Dense(2)])\n"
    (tmp_path / "train.py").write_text(program)
    assert call("init", cwd=tmp_path).returncode == 0
    file = tmp_path / "lstmcount.yaml"
    file.write_text("batch: 8 # ours\n" + file.read_text().replace('# "n": 3', "n: 8"))
    (tmp_path / "b.yaml").write_text(spec({"Dense": 3}))
    (tmp_path / "other.py").write_text(program)
    before = file.read_text()
    done = call("init", "--update", cwd=tmp_path)
    assert "added budgets of 2 models, 1 to be completed (TODO)" in done.stdout
    text = file.read_text()
    assert [line for line in before.splitlines() if line not in text.splitlines()] == []
    assert text.index('  "other.py":') < text.index("budgets:") < text.index('  "b.yaml":')
    assert '  "train.py":\n    max_params: 19\n' in text
    done = call("check", cwd=tmp_path)
    assert done.returncode == 2
    assert "lstmcount: other.py:2:35: input_layer.shape needs `n`" in done.stderr
    file.write_text(text.replace('# "n": 3', "n: 8"))
    assert call("init", "--update", cwd=tmp_path).returncode == 0
    assert call("check", "--quiet", cwd=tmp_path).stdout == "4 models, 0 over budget\n"
    before = file.read_text()
    assert "added budgets of 0 models" in call("init", "--update", cwd=tmp_path).stdout
    assert file.read_text() == before


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("budgets: {c.yaml: {max_params: 1, optional: true}}\n", "holds its entries on one line"),
        ("budgets: [\n", "not YAML"),
    ],
)
def test_a_file_that_cannot_be_updated_stays(
    call: Call, tmp_path: Path, text: str, says: str
) -> None:
    (tmp_path / "a.yaml").write_text(spec({"Dense": 2}))
    (tmp_path / "lstmcount.yaml").write_text(text)
    done = call("init", "--update", cwd=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert says in done.stderr
    assert (tmp_path / "lstmcount.yaml").read_text() == text


def test_a_spec_with_an_error_is_not_left_out(call: Call, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(spec({"Dense": 2}))
    (tmp_path / "b.yaml").write_text("input_shape: [5, 8]\nlayers:\n  - LSTN: 64\n")
    (tmp_path / "map.yaml").write_text("layers:\n  - name: roads\n")
    done = call("count", ".", cwd=tmp_path)
    assert done.returncode == 2
    assert "lstmcount: b.yaml:3:5: $.layers[0]: unknown layer class 'LSTN'" in done.stderr
    assert "left out, because they hold no model: map.yaml\n" in done.stderr
