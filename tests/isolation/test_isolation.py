"""A child process protects against hangs, crashes, high memory use, and attacks by a file."""

from __future__ import annotations

import gzip
import importlib
import os
import py_compile
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import lstmcount
from lstmcount import LstmcountError, isolation, summarize
from lstmcount.isolation import ReaderBugError, forked, fresh, isolated, limits
from tests.isolation import tasks

ROOT = Path(__file__).parents[2]
ENDLESS = ROOT / "tests/safety/endless.h5.gz"  # the HDF5 library loops endlessly on this file


@pytest.fixture(params=["forked", "fresh"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run a child by fork, and a child in a separate interpreter."""
    monkeypatch.setattr(forked, "is_possible", lambda: request.param == "forked")
    monkeypatch.syspath_prepend(str(ROOT))
    return str(request.param)


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    (tmp_path / "planted.py").write_text(f"open({str(tmp_path / 'marker')!r}, 'w')")
    return tmp_path


def test_values_and_errors(way: str) -> None:
    assert isolated(tasks.give, {"a": [1, None, (2, 3)]}, subject="file") == {
        "a": [1, None, (2, 3)]
    }
    with pytest.raises(LstmcountError, match=r"^\$\.layers\[2\]: no model$"):
        isolated(tasks.refuse, subject="file")
    with pytest.raises(ReaderBugError, match="KeyError: 'deep inside'") as caught:
        isolated(tasks.stumble, subject="file")
    assert "in stumble" in caught.value.__notes__[0]


def test_paths_are_relative_to_the_current_folder(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        assert isolated(tasks.where, subject="file") == str(tmp_path / name)


@pytest.mark.skipif(sys.platform != "linux", reason="counted in /proc")
def test_arithmetic_starts_no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Idle threads of a linear algebra library would cost more than reading a file."""
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    code = (
        "from lstmcount.isolation import isolated; from tests.isolation import tasks;"
        "print(isolated(tasks.threads_after_numpy, subject='file'))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert subprocess.check_output([sys.executable, "-c", code], env=environment) == b"1\n"


@pytest.mark.parametrize(
    ("task", "message"),
    [
        (tasks.crash, "^file: it crashes its reader$"),
        (tasks.fill_memory, "^file: reading it takes more than 384 MiB of memory$"),
        (tasks.nest, "^file: it is nested too deeply to be read$"),
        (tasks.turn_in_circles, "^file: reading it takes more than .* seconds of processor time$"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_limits(way: str, task: Any, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if way == "forked":
        monkeypatch.setattr(limits, "CPU_SECONDS", 1)
    with pytest.raises(LstmcountError, match=message):
        isolated(task, subject="file")


def test_waiting_is_limited(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WAIT_SECONDS", 1.0)
    with pytest.raises(LstmcountError, match="takes more than"):
        isolated(tasks.wait, subject="file")


def test_what_readers_do_is_allowed(way: str) -> None:
    found = isolated(tasks.parse_and_import, subject="file")
    assert found == (2, "colorsys lstmcount.layers.einsum Sequential")


def test_compiled_modules_may_lie_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    py_compile.compile(str(Path(os.__file__).with_name("colorsys.py")))
    assert list(tmp_path.rglob("colorsys*.pyc"))
    monkeypatch.setattr(forked, "is_possible", lambda: True)
    assert isolated(tasks.parse_and_import, subject="file")[0] == 2


@pytest.mark.parametrize("name", tasks.ATTEMPTS)
def test_attempts_end_the_child(way: str, name: str, planted: Path) -> None:
    if way == "fresh" and name not in ("os.system", "write", "exec", "import from a folder"):
        pytest.skip("the guard is the same")
    with pytest.raises(LstmcountError, match=r"^file: stopped, because reading it attempted "):
        isolated(tasks.attempt, name, str(planted), subject="file")
    assert sorted(path.name for path in planted.iterdir()) == ["planted.py"]


@pytest.mark.parametrize("name", tasks.EVASIONS)
def test_the_guard_cannot_be_evaded(
    name: str, planted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forked, "is_possible", lambda: True)
    with pytest.raises((LstmcountError, ReaderBugError)):
        isolated(tasks.evade, name, str(planted), subject="file")
    assert sorted(path.name for path in planted.iterdir()) == ["planted.py"]


def test_nothing_of_the_parent_is_written(
    way: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "open"
    with path.open("w") as file, path.open("a"), socket.socket():
        file.write("mine")
        file.flush()
        assert isolated(tasks.write_everywhere, subject="file")
    assert path.read_text() == "mine"
    assert capfd.readouterr() == ("", "")


def test_a_file_that_is_open_for_reading_is_a_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forked, "is_possible", lambda: True)
    (tmp_path / "a.txt").write_text("a")
    with (tmp_path / "a.txt").open() as file:
        assert isolated(tasks.read, f"/dev/fd/{file.fileno()}", subject="file") == b"a"


FORGED = {
    "memory": b"\x80\x04\x8e" + (2**40).to_bytes(8, "little") + b".",
    "places": b"\x80\x04Nr\xff\xff\xff\x7f.",
    "text": b"forged",
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_answer(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forked, "is_possible", lambda: True)
    with pytest.raises(LstmcountError, match="the process that read it gave no valid answer"):
        isolated(tasks.forge, FORGED[name], subject="file")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX only")
def test_a_process_with_many_open_files(way: str) -> None:
    import resource

    limits_before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(2_000, limits_before[1]), limits_before[1]))
    fresh._interpreter.cache_clear()
    files: list[int] = []
    try:
        while len(files) < 1_100:
            files.append(os.open(os.devnull, os.O_RDONLY))
        assert isolated(tasks.give, 7, subject="file") == 7
    finally:
        for file in files:
            os.close(file)
        resource.setrlimit(resource.RLIMIT_NOFILE, limits_before)


def test_hdf5_files_are_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("h5py")
    monkeypatch.setattr(forked, "is_possible", lambda: True)
    with pytest.raises((LstmcountError, ReaderBugError)):
        isolated(tasks.write_hdf5, str(tmp_path / "marker"), subject="file")
    assert not any(tmp_path.iterdir())


def test_other_values_come_back_as_text(way: str) -> None:
    found = isolated(tasks.plain_unknown, subject="file")
    assert found["slice"] == slice(1, None)
    assert [str(found["units"]), str(found["function"])] == ["n", "len"]


def test_a_process_of_several_threads_does_not_fork() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert not forked.is_possible()
        assert summarize(ROOT / "configs/trainer.py").total_params is not None
    finally:
        done.set()
        thread.join()


def test_without_an_interpreter_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "")
    with pytest.raises(LstmcountError, match="cannot start"):
        fresh._Interpreter().answer(b"")


def test_a_file_that_the_library_never_finishes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("h5py")
    monkeypatch.setattr(forked, "is_possible", lambda: True)  # because of this process's limit
    monkeypatch.setattr(limits, "CPU_SECONDS", 1)
    path = tmp_path / "model.h5"
    path.write_bytes(gzip.decompress(ENDLESS.read_bytes()))
    with pytest.raises(LstmcountError, match="takes more than"):
        lstmcount.summarize(path)


HOLES = {
    "exec": "exec({code!r})",
    "eval": "eval({code!r})",
    "open": "open({marker!r}, 'w').close()",
    "system": "system('touch ' + {marker!r})",
}


@pytest.mark.parametrize("hole", HOLES)
def test_the_guard_holds_alone(hole: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even without the reader's first wall, a program cannot reach anything."""
    import builtins

    monkeypatch.setattr(forked, "is_possible", lambda: True)  # open the first wall in this process
    monkeypatch.setattr("lstmcount.isolation._is_frequent", lambda prepare: False)

    from lstmcount.programs.language.builtins.builtin_functions import BUILTINS
    from lstmcount.programs.language.values.provided import Native

    for name in ("exec", "eval", "open"):
        monkeypatch.setitem(BUILTINS, name, Native(name, getattr(builtins, name)))

    monkeypatch.setitem(BUILTINS, "system", Native("system", os.system))
    marker = tmp_path / "marker"
    line = HOLES[hole].format(marker=str(marker), code=f"open({str(marker)!r}, 'w')")
    program = tmp_path / "model.py"
    program.write_text(
        f"from keras import Sequential, layers\n{line}\n"
        "m = Sequential([layers.Input((3,)), layers.Dense(2)])\n"
    )
    with pytest.raises(LstmcountError, match="the program: stopped, because reading it"):
        summarize(program)
    assert not marker.exists()


def test_a_process_that_ignores_its_children(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forked, "is_possible", lambda: True)
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert isolated(tasks.give, 7, subject="file") == 7
        with pytest.raises(LstmcountError, match="it crashes its reader"):
            isolated(tasks.crash, subject="file")
    finally:
        signal.signal(signal.SIGCHLD, before)


def test_a_kept_interpreter_finds_modules_that_came_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forked, "is_possible", lambda: False)
    monkeypatch.syspath_prepend(str(ROOT))
    assert isolated(tasks.give, 1, subject="file") == 1
    (tmp_path / "came_later.py").write_text(
        "def give(guard, value):\n    guard()\n    return value\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    module = importlib.import_module("came_later")
    assert isolated(module.give, 2, subject="file") == 2


def test_imports_that_many_tasks_need_are_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first tasks are forks of this process; later tasks are forks of one interpreter."""
    monkeypatch.setattr(forked, "is_possible", lambda: True)
    monkeypatch.setattr(isolation, "_prepared", Counter())
    monkeypatch.syspath_prepend(str(ROOT))

    def parent() -> Any:
        return isolated(tasks.parent, subject="file", prepare=tasks.import_much)

    assert [parent() for _ in range(isolation.FEW)] == [os.getpid()] * isolation.FEW
    kept = parent()
    assert kept != os.getpid()
    assert parent() == kept
    assert isolated(tasks.parent, subject="file") == os.getpid()


def test_a_syntax_error_reads_no_file(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python looks for the line in the file under whose name the code is parsed."""
    (tmp_path / "<unknown>").write_text("planted\n")
    monkeypatch.chdir(tmp_path)
    assert isolated(tasks.parse_wrong_code, subject="file") == "x = = 1\n"
    (tmp_path / "<unknown>").unlink()
    assert isolated(tasks.parse_wrong_code, subject="file") == "x = = 1\n"


@pytest.mark.parametrize("line", ["%matplotlib inline", "print 'x'", "x = = 1"])
def test_programs_that_are_not_python_3(way: str, tmp_path: Path, line: str) -> None:
    model = "m = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])"
    program = f"import keras\n{line}\n{model}\n"
    (tmp_path / "m.py").write_text(program)
    assert summarize(tmp_path / "m.py").total_params == 10
