"""`lstmcount diff` in all its forms."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Call
from tests.repository import Repository, spec

OLD = spec({"LSTM": 8}, {"Dense": 2})
NEW = spec({"LSTM": 16}, {"Dense": 2})


@pytest.fixture
def two(tmp_path: Path) -> Path:
    (tmp_path / "old.yaml").write_text(OLD)
    (tmp_path / "new.yaml").write_text(NEW)
    return tmp_path


def test_the_table_has_a_row_for_each_changed_layer(call: Call, two: Path) -> None:
    done = call("diff", "old.yaml", "new.yaml", cwd=two)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "old.yaml -> new.yaml\n"
        "   layer                params  Δparams        %            MACs   ΔMACs        %\n"
        "~  lstm (LSTM)    544 -> 1,600   +1,056  +194.1%  2,560 -> 7,680  +5,120  +200.0%"
        "  units: 8 -> 16\n"
        "~  dense (Dense)      18 -> 34      +16   +88.9%        16 -> 32     +16  +100.0%"
        "  input (None, 8) -> (None, 16)\n"
        "=  total          562 -> 1,634   +1,072  +190.7%  2,576 -> 7,712  +5,136  +199.4%\n"
    )


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["old.yaml", "new.yaml"], 0),
        (["old.yaml", "new.yaml", "--exit-code"], 1),
        (["old.yaml", "old.yaml", "--exit-code"], 0),
        (["old.yaml", "missing.yaml", "--exit-code"], 2),
        (["old.yaml"], 2),
        (["old.yaml", "new.yaml", "old.yaml"], 2),
        (["old.yaml", "--base", "main"], 2),
        (["old.yaml", "new.yaml", "--output", "missing/x"], 2),
    ],
)
def test_the_exit_status_says_whether_something_changed(
    call: Call, two: Path, arguments: list[str], status: int
) -> None:
    done = call("diff", *arguments, cwd=two)
    assert done.returncode == status
    assert bool(done.stderr) == (status == 2)


def test_equal_models_have_no_difference(call: Call, two: Path) -> None:
    assert call("diff", "old.yaml", "old.yaml", cwd=two).stdout == "no difference\n"
    done = call("diff", "old.yaml", "old.yaml", "--format", "markdown", cwd=two)
    assert done.stdout == "### Model size: no difference\n"


def test_json_has_the_numbers_of_both_sides(call: Call, two: Path) -> None:
    done = call("diff", "old.yaml", "new.yaml", "--format", "json", cwd=two)
    (model,) = json.loads(done.stdout)["models"]
    assert (model["change"], model["name"], model["old_name"]) == (
        "changed", "new.yaml", "old.yaml"
    )  # fmt: skip
    assert model["old"]["params"] == 562
    assert model["new"]["params"] == 1634
    assert model["layers"][0]["arguments"] == {"units": [8, 16]}


def test_markdown_escapes_signs_and_goes_to_a_file(call: Call, two: Path) -> None:
    done = call("diff", "old.yaml", "new.yaml", "--format", "markdown", "--output", "d.md", cwd=two)
    assert done.stdout == ""
    lines = (two / "d.md").read_text().splitlines()
    assert lines[2] == "**old.yaml -\\> new.yaml**"
    assert lines[6] == (
        "| \\~ | lstm (LSTM) | units: 8 -\\> 16 | 544 -\\> 1,600 | +1,056 | +194.1% "
        "| 2,560 -\\> 7,680 | +5,120 | +200.0% |"
    )
    assert lines[8].startswith("| | **total** | | 562 -\\> 1,634 | +1,072 | +190.7% |")


def test_since_a_branch(call: Call, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "r")
    repository.commit(**{"models/m.yaml": OLD, "models/gone.yaml": spec({"GRU": 3})})
    repository.commit(**{"models/moved.yaml": spec({"Dense": 3}, {"Dense": 4}), "notes.json": "{}"})
    repository.git("checkout", "-q", "-b", "feature")
    repository.git("mv", "models/moved.yaml", "models/renamed.yaml")
    repository.git("rm", "-q", "models/gone.yaml")
    repository.commit(**{"models/m.yaml": NEW})
    repository.write("models/new.yaml", spec({"SimpleRNN": 2}))
    folder = repository.folder
    one = call("diff", "--base", "main", "models/m.yaml", cwd=folder)
    assert one.stdout.splitlines()[0] == "models/m.yaml"
    for where, prefix in ((folder, "models/"), (folder / "models", "")):
        done = call("diff", "--base", "main", ".", cwd=where)
        assert [line for line in done.stdout.splitlines() if line[:1] not in "~+-= "] == [
            f"{prefix}gone.yaml (removed)",
            f"{prefix}m.yaml",
            f"{prefix}new.yaml (added)",
            f"{prefix}moved.yaml -> {prefix}renamed.yaml",
        ]
        counted = "=  4 models: 1 added, 1 removed, 1 changed, 1 renamed; params 722 -> 1,699"
        assert done.stdout.splitlines()[-1] == f"{counted} (+977, +135.3%)"
    done = call("diff", "--base", "main", "models/gone.yaml", cwd=folder)
    assert done.stdout.startswith("models/gone.yaml (removed)\n")
    done = call("diff", "--base", "main", "nothing.yaml", cwd=folder)
    assert (done.returncode, done.stderr) == (
        2, "lstmcount: nothing.yaml is neither here nor in main\n"
    )  # fmt: skip


def test_a_broken_model_in_a_folder_does_not_hide_the_others(call: Call, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "r")
    repository.commit(**{"m.yaml": OLD, "broken.yaml": "layers: [\n"})
    repository.write("m.yaml", NEW)
    repository.write("broken.yaml", OLD)
    done = call("diff", "--base", "main", ".", cwd=repository.folder)
    assert done.returncode == 2
    assert done.stderr.startswith("lstmcount: main:broken.yaml:2:1: not YAML")
    assert "m.yaml" in done.stdout


def test_the_models_of_two_folders_are_paired_by_path(call: Call, tmp_path: Path) -> None:
    for side, text in (("a", OLD), ("b", NEW)):
        (tmp_path / side / "deep").mkdir(parents=True)
        (tmp_path / side / "deep" / "m.yaml").write_text(text)
        (tmp_path / side / "settings.yaml").write_text("a: 1\n")
    (tmp_path / "b" / "x.json").write_text(OLD)
    done = call("diff", "a", "b", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert [line for line in done.stdout.splitlines() if line[:1] not in "~+-= "] == [
        "deep/m.yaml",
        "x.json (added)",
    ]


@pytest.mark.parametrize("fmt", ["table", "markdown", "json"])
def test_hostile_names_are_escaped_in_every_format(call: Call, tmp_path: Path, fmt: str) -> None:
    name = "a%,:\n::error file=x::|\x1b[31m<b>"
    (tmp_path / "old.yaml").write_text(spec({"Dense": {"units": 3}, "name": name}))
    (tmp_path / "new.yaml").write_text(spec({"Dense": {"units": 4}, "name": name}))
    done = call("diff", "old.yaml", "new.yaml", "--format", fmt, cwd=tmp_path)
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    assert not [line for line in done.stdout.splitlines() if line.startswith("::")]


def test_a_model_that_cannot_be_read_on_one_side_is_in_no_difference(
    call: Call, tmp_path: Path
) -> None:
    for folder, text in (("old", "layers: [Dense: [\n"), ("new", spec({"Dense": 1}))):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "m.yaml").write_text(text)
    done = call("diff", "old", "new", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "old/m.yaml" in done.stderr
    for folder in ("old", "new"):
        (tmp_path / folder / "other.yaml").write_text(spec({"Dense": 3 if folder == "old" else 4}))
    done = call("diff", "old", "new", cwd=tmp_path)
    assert done.returncode == 2
    assert "other.yaml" in done.stdout
    assert "m.yaml (added)" not in done.stdout


def test_patterns_since_a_branch(call: Call, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "r")
    names = ["models/a.yaml", "models/deep/b.yaml", "models/deep/c.json", "lib/lstmcount.yaml"]
    repository.commit(**dict.fromkeys(names[:3], spec({"Dense": 2})), **{names[3]: "batch: 1\n"})
    repository.git("checkout", "-q", "-b", "feature")
    repository.git("rm", "-q", "models/deep/b.yaml")
    repository.commit(**{"models/a.yaml": spec({"Dense": 3}), "models/new.yaml": spec("Flatten")})

    def changed(pattern: str, folder: str = ".") -> list[str]:
        done = call("diff", "--base", "main", pattern, cwd=repository.folder / folder)
        return [line for line in done.stdout.splitlines() if line[:1] not in "~+-= "]

    for pattern in ("models/**/*.yaml", "**/*.yaml", "models/**"):
        assert changed(pattern) == [
            "models/a.yaml", "models/deep/b.yaml (removed)", "models/new.yaml (added)"
        ]  # fmt: skip
    assert changed("models/*/*.yaml") == ["models/deep/b.yaml (removed)"]
    assert changed("../models/*.yaml", "lib") == ["../models/a.yaml", "../models/new.yaml (added)"]
    assert changed(f"{repository.folder}/models/a*") == ["models/a.yaml"]
    assert changed("models/*/*.json") == ["no difference"]
    done = call("diff", "--base", "main", "models/*.h5", cwd=repository.folder)
    assert done.stderr == "lstmcount: models/*.h5 is neither here nor in main\n"


def test_a_model_that_is_broken_on_both_sides_is_one_line(call: Call, tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    repository.commit(**{"a.yaml": OLD, "b.yaml": "layers: [\n", "c.yaml": "layers: {\n"})
    repository.commit(**{"a.yaml": NEW, "c.yaml": OLD})
    done = call("diff", "--base", "HEAD~1", ".", cwd=tmp_path)
    errors = [line.partition(" not YAML")[0] for line in done.stderr.splitlines()]
    assert errors == ["lstmcount: b.yaml:2:1:", "lstmcount: HEAD~1:c.yaml:2:1:"]
    assert done.stdout.splitlines()[0] == "a.yaml"
