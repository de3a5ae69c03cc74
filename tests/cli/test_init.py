"""`lstmcount init` writes budgets that today's models keep."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Call
from tests.repository import spec


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
        "# What the models of this project may weigh; `lstmcount check` holds them to it.\n"
        "# Each number is today's plus 10%, rounded up.\n"
        "budgets:\n"
        '  "models/a.yaml":\n    max_params: 20.6k\n    max_size: 80.3KB\n    max_macs: 102k\n'
        '  "models/b: c.json":\n    max_params: 9\n    max_size: 39\n    max_macs: 44\n'
    )
    done = call("check", cwd=models)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "2 models, 0 over budget")


def test_what_is_there_is_not_overwritten(call: Call, models: Path) -> None:
    (models / "lstmcount.yaml").write_text("batch: 3\n")
    done = call("init", cwd=models)
    assert done.returncode == 2
    assert "--force" in done.stderr
    assert (models / "lstmcount.yaml").read_text() == "batch: 3\n"
    assert call("init", "--force", cwd=models).returncode == 0


def test_options(call: Call, models: Path) -> None:
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


def test_nothing_to_budget(call: Call, tmp_path: Path) -> None:
    done = call("init", cwd=tmp_path)
    assert done.returncode == 2
    assert not (tmp_path / "lstmcount.yaml").exists()
