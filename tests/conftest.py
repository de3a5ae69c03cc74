"""What all tests share."""

from __future__ import annotations

import gc
import importlib.util
import io
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from lstmcount.cli import main
from lstmcount.graph.builder import build
from lstmcount.graph.model import Model
from lstmcount.sources import open_source, read

# The gate tries the same examples every time; .ci/oracle looks for new ones.
hypothesis.settings.register_profile("same", derandomize=True, deadline=None)
hypothesis.settings.register_profile("new", deadline=None)
hypothesis.settings.load_profile(os.environ.get("LSTMCOUNT_HYPOTHESIS", "same"))

ROOT = Path(__file__).parent.parent

# What a shell starts in the background ignores Ctrl-C, and so would what the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)

collect_ignore_glob = ["fuzz/fuzz_*.py"]  # programs of their own, which need Atheris

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_PLATFORMS", "cpu")
for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
    os.environ.pop(name, None)  # what lstmcount prints must not depend on where the tests run


def built(source: Any) -> Model:
    """The model of a path, a dict or a string of JSON."""
    return build(read(open_source(source)))


class Run:
    """`lstmcount` as a process of its own, the way a shell runs it."""

    def __call__(
        self, *args: str, stdin: str | bytes | None = None, cwd: Path = ROOT, **env: str
    ) -> subprocess.CompletedProcess[str]:
        if isinstance(stdin, str):
            stdin = stdin.encode()
        done = subprocess.run(
            [sys.executable, "-m", "lstmcount", *args],
            input=stdin if stdin is not None else b"",
            capture_output=True,
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **env},
            timeout=120,
            check=False,
        )
        return subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
        )


@pytest.fixture(scope="session")
def run() -> Run:
    return Run()


Call = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run `lstmcount` in this process: much faster, for tests that need no process of its own."""
    monkeypatch.setattr("lstmcount.cli.pipes.die_quietly", lambda: None)

    def invoke(
        *args: str, stdin: str | bytes = b"", cwd: Path = ROOT, **env: str
    ) -> subprocess.CompletedProcess[str]:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), "utf-8"))
            patch.setattr(sys, "argv", ["lstmcount", *args])
            patch.chdir(cwd)
            for name, value in env.items():
                patch.setenv(name, value)
            capsys.readouterr()
            with pytest.raises(SystemExit) as ended:
                main()
        captured = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return subprocess.CompletedProcess(list(args), ended.value.code, captured.out, captured.err)

    return invoke


def pytest_configure(config: pytest.Config) -> None:
    """Share compiled modules with other processes and runs, if Python is not to store any."""
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        if hasattr(config, "cache"):
            folder = str(config.cache.mkdir("bytecode"))
        else:  # -p no:cacheprovider
            temporary = tempfile.TemporaryDirectory()
            config.add_cleanup(temporary.cleanup)
            folder = temporary.name
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = folder
        sys.dont_write_bytecode = False


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect thousands of tests, which never become garbage, without searching them for it."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """All tests together use every core; a few that are named run in this process."""
    return None if config.args_source is pytest.Config.ArgsSource.TESTPATHS else 0


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Oracle tests are skipped where Keras is not installed, slow installs and
    browsers unless asked for."""
    reasons = {
        "install": "installs packages; pytest -m install",
        "browser": "needs Chromium; pytest -m browser",
    }
    reasons = {name: why for name, why in reasons.items() if name not in config.option.markexpr}
    if importlib.util.find_spec("keras") is None:
        reasons["oracle"] = "real Keras is not installed (extra: oracle)"
    for item in items:
        for marker in list(item.iter_markers()):
            if marker.name in reasons:
                item.add_marker(pytest.mark.skip(reason=reasons[marker.name]))
