"""`lstmcount log`: the size of a model at each commit that changed it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.conftest import Call
from tests.repository import Repository, spec
from tests.sources import folders


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Five commits: two sizes, a rename, a broken file, and another size."""
    repository = Repository(tmp_path / "r")
    repository.commit(**{"models/a.yaml": spec({"Dense": 1})})
    repository.commit(**{"models/a.yaml": spec({"Dense": 3}), "other.yaml": spec({"Dense": 9})})
    repository.git("mv", "models/a.yaml", "models/b.yaml")
    repository.commit()
    repository.commit(**{"models/b.yaml": "layers: [\n"})
    repository.commit(**{"models/b.yaml": spec({"LSTM": 4}), "other.yaml": spec({"Dense": 8})})
    return repository


def records(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_every_commit_that_changed_it(call: Call, repository: Repository) -> None:
    done = call("log", "models/b.yaml", "--format", "jsonl", cwd=repository.folder)
    assert (done.returncode, done.stderr) == (0, "")
    found = records(done.stdout)
    assert [one["params"] for one in found] == [208, None, 27, 27, 9]
    assert [one["change"] for one in found] == [
        "modified",
        "modified",
        "renamed",
        "modified",
        "added",
    ]
    assert [one["path"] for one in found] == ["models/b.yaml"] * 3 + ["models/a.yaml"] * 2
    assert "b.yaml:2:1: not YAML" in str(found[1]["error"])
    assert [one["macs"] for one in found] == [5 * 4 * (8 + 4) * 4, None, 120, 120, 40]
    shas = repository.git("log", "--format=%H").split()
    assert [one["commit"] for one in found] == shas


def test_the_table_has_a_row_for_each_commit(call: Call, repository: Repository) -> None:
    lines = call("log", "b.yaml", cwd=repository.folder / "models").stdout.splitlines()
    assert lines[0].split() == ["commit", "date", "params", "Δparams", "size", "MACs"]
    assert lines[1].split()[2:] == ["208", "+181", "832", "960", "x"]
    assert "not YAML" in lines[2]
    assert lines[3].split()[2:] == ["27", "+0", "108", "120", "(renamed", "models/b.yaml)", "x"]
    assert lines[5].split()[2:] == ["9", "36", "40", "x"]


def test_csv_and_limits(call: Call, repository: Repository) -> None:
    done = call("log", "models/b.yaml", "--format", "csv", "-n", "2", cwd=repository.folder)
    found = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [one["params"] for one in found] == ["208", ""]
    done = call(
        "log", "models/b.yaml", "--since", "2035-01-01", "--format", "csv", cwd=repository.folder
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_a_file_that_is_gone(call: Call, repository: Repository) -> None:
    repository.git("rm", "-q", "other.yaml")
    repository.commit()
    done = call("log", "other.yaml", "--format", "jsonl", cwd=repository.folder)
    found = records(done.stdout)
    assert [(one["change"], one["params"]) for one in found] == [
        ("deleted", None), ("modified", 72), ("added", 81)
    ]  # fmt: skip


def test_programs_with_modules_of_their_commit(call: Call, repository: Repository) -> None:
    program = "import keras\nfrom sizes import N\n"
    program += "model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(N)])\n"
    repository.commit(**{"m.py": program, "sizes.py": "N = 3\n"})
    repository.commit(**{"m.py": program + "\n", "sizes.py": "N = 5\n"})
    repository.commit(**{"m.py": program, "sizes.py": "N = 7\n"})
    done = call("log", "m.py", "--format", "jsonl", cwd=repository.folder)
    assert [one["params"] for one in records(done.stdout)] == [35, 25, 15]


def test_settings_hold_for_every_version(call: Call, repository: Repository) -> None:
    folder = repository.folder
    (folder / "m.yaml").write_text(spec({"Dense": "n"}, variables={"n": 1}))
    repository.commit()
    done = call("log", "m.yaml", "--set", "n=2", "--format", "jsonl", cwd=folder)
    assert [one["params"] for one in records(done.stdout)] == [18]


@pytest.mark.parametrize("setting", ["i18n.logOutputEncoding=UTF-16", "log.showRoot=false"])
def test_settings_of_the_repository(call: Call, repository: Repository, setting: str) -> None:
    before = call("log", "models/b.yaml", cwd=repository.folder).stdout
    repository.git("config", *setting.split("="))
    assert call("log", "models/b.yaml", cwd=repository.folder).stdout == before


@pytest.mark.parametrize("time", ["-5", "abc", "253402300800", "9223372036854775807"])
def test_times_that_no_calendar_has(call: Call, repository: Repository, time: str) -> None:
    tree, parent = repository.git("rev-parse", "HEAD^{tree}", "HEAD^").split()
    who = f"a <a@example.org> {time} +0000"
    text = f"tree {tree}\nparent {parent}\nauthor {who}\ncommitter {who}\n\nx\n"
    commit = repository.write("commit", text)
    sha = repository.git("hash-object", "-t", "commit", "-w", "--literally", str(commit))
    repository.git("update-ref", "HEAD", sha.strip())
    done = call("log", "models/b.yaml", "--format", "jsonl", "-n", "1", cwd=repository.folder)
    assert records(done.stdout)[0]["time"] == "1970-01-01T00:00:00Z"


def test_the_growth_is_drawn_as_a_chart(call: Call, repository: Repository) -> None:
    pytest.importorskip("matplotlib")
    done = call("log", "models/b.yaml", "--plot", "growth.svg", cwd=repository.folder)
    assert done.returncode == 0
    assert "Parameters of models/b.yaml" in (repository.folder / "growth.svg").read_text()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nothing.yaml"], "nothing.yaml: no commit here has this file"),
        (["README"], "README: none of its versions has a known size"),
        (["models/b.yaml", "--plot", "growth.gif"], "growth.gif"),
        (["models/b.yaml", "-n", "0"], "0 is not in the range"),
        (["models/b.yaml", "-n", f"1{30 * '0'}"], "is not in the range"),
        ([], "no lstmcount.yaml here: name a SOURCE"),
        (["models"], "name one model"),
        (["models/*.yaml"], "name one model"),
    ],
)
def test_a_source_that_has_no_versions_is_an_error(
    call: Call, repository: Repository, arguments: list[str], says: str
) -> None:
    repository.commit(README="hello\n")
    done = call("log", *arguments, cwd=repository.folder)
    assert done.returncode == 2
    assert says in done.stderr


def test_the_models_of_a_project(call: Call, repository: Repository) -> None:
    limits = "budgets: {other.yaml: {max_params: 1k}, models/*.yaml: {max_params: 1k}}\n"
    repository.commit(**{"lstmcount.yaml": limits})
    lines = call("log", cwd=repository.folder).stdout.splitlines()
    assert [line for line in lines if line.endswith("yaml")] == ["other.yaml", "models/b.yaml"]
    found = records(call("log", "--format", "jsonl", "-n", "1", cwd=repository.folder).stdout)
    assert [(one["path"], one["params"]) for one in found] == [
        ("other.yaml", 72), ("models/b.yaml", 208),
    ]  # fmt: skip
    done = call("log", "--plot", "growth.svg", cwd=repository.folder)
    assert (done.returncode, "--plot draws the curve of one SOURCE" in done.stderr) == (2, True)


def test_outside_of_a_repository(call: Call, tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(spec({"Dense": 1}))
    done = call("log", "m.yaml", cwd=tmp_path)
    assert (done.returncode, "is not in a git repository" in done.stderr) == (2, True)


def test_a_merge_that_is_like_none_of_its_parents(call: Call, repository: Repository) -> None:
    repository.git("checkout", "-q", "-b", "side")
    repository.commit(**{"other.yaml": spec({"Dense": 2})})
    repository.git("checkout", "-q", "main")
    repository.commit(**{"other.yaml": spec({"Dense": 4})})
    repository.git("merge", "-q", "--no-commit", "-s", "ours", "side")
    repository.commit(**{"other.yaml": spec({"Dense": 6})})
    found = records(call("log", "other.yaml", "--format", "jsonl", cwd=repository.folder).stdout)
    assert [(one["change"], one["params"]) for one in found] == [
        ("merged", 54), ("modified", 36), ("modified", 18), ("modified", 72), ("added", 81),
    ]  # fmt: skip


def test_a_clean_merge_is_no_change(call: Call, repository: Repository) -> None:
    repository.git("checkout", "-q", "-b", "side")
    repository.commit(**{"other.yaml": spec({"Dense": 2})})
    repository.git("checkout", "-q", "main")
    repository.commit(**{"third.yaml": spec({"Dense": 4})})
    repository.git("merge", "-q", "-m", "x", "side")
    found = records(call("log", "other.yaml", "--format", "jsonl", cwd=repository.folder).stdout)
    assert [one["params"] for one in found] == [18, 72, 81]


def test_a_folder_that_keras_saved(call: Call, repository: Repository) -> None:
    for name, text in folders.SAVED.items():
        for file, data in text.items():
            path = repository.write(f"{name}/{file}", "")
            path.write_bytes(data)
    repository.commit()
    for name in folders.SAVED:
        repository.commit(**{f"{name}/assets.txt": "more"})
        repository.git("rm", "-rq", name)
        repository.commit()
        found = records(call("log", name, "--format", "jsonl", cwd=repository.folder).stdout)
        assert [one["change"] for one in found] == ["deleted", "modified", "modified"]
        assert [one["params"] for one in found] == [None, *[folders.PARAMS[name]] * 2]
    done = call("log", ".", cwd=repository.folder)
    assert "name one model" in done.stderr
