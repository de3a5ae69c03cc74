"""The fuzzer itself: a seed determines the cases, every command is tried, failures are found."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from random import Random

import pytest

from tests.fuzz import outputs, worker
from tests.fuzz.cases import case
from tests.fuzz.commands import command_line, names
from tests.fuzz.shrink import shrunk
from tests.fuzz.sources import KINDS
from tests.fuzz.sources.base import Source, source

SPEC = b"input_shape: [3]\nlayers:\n- Dense: 2\n- Dropout: 0.5\n"


def test_a_seed_determines_the_cases() -> None:
    assert case(1, 3) == case(1, 3)
    assert case(1, 3) != case(2, 3)


def test_every_command_is_tried() -> None:
    spec = source("spec", {"m.yaml": SPEC})
    assert {command_line(Random(n), spec)[0] for n in range(5000)} == set(names())


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_source_makes_sources(kind: str) -> None:
    make = KINDS[kind][1]
    for number in range(5):
        made = make(Random(number))
        assert made.kind == kind
        assert made.files[made.name]


def test_a_correct_command_is_no_failure() -> None:
    assert worker.attempt(source("spec", {"m.yaml": SPEC}), ("count", "m.yaml")) is None


def _breaks(monkeypatch: pytest.MonkeyPatch, what: object) -> str | None:
    """The kind of failure of a command that does that."""

    def main() -> None:
        assert callable(what)
        what()
        sys.exit(0)

    monkeypatch.setattr("lstmcount.cli.main", main)
    return worker.attempt(source("spec", {"m.yaml": SPEC}), ("count", "m.yaml"))


def test_an_exception_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _breaks(monkeypatch, lambda: 1 // 0) == "ZeroDivisionError: ?"


def test_end_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _breaks(monkeypatch, lambda: os._exit(3)) == "ended by 768: ?"


def test_a_file_outside_the_folder_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "x"
    found = _breaks(monkeypatch, lambda: path.write_text("x"))
    assert found is not None
    assert found.startswith("did open: ")


def test_a_process_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _breaks(monkeypatch, lambda: os.system("true")) == "did os.system: (b'true',)"


def test_much_memory_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    found = _breaks(monkeypatch, lambda: b"x" * int(6e8))
    assert found is not None
    assert found.startswith("over 500 MB")


@pytest.mark.parametrize(
    ("args", "text", "wrong"),
    [
        (("count", "--format", "json"), "[1, 2]", None),
        (("count", "--format", "json"), "[NaN]", "not json"),
        (("sweep", "--format", "csv"), "a,b\n1\n", "not csv"),
        (("convert", "--to", "python"), "x = = 3", "not python"),
        (("summary", "--format", "svg"), "<svg><a></svg>", "not svg"),
        (("summary",), "\x1b[31m", "stdout holds '\\x1b'"),
        (("summary",), "\u202e", "stdout holds '\\u202e'"),
    ],
)
def test_outputs(args: tuple[str, ...], text: str, wrong: str | None) -> None:
    found = outputs.complaint(args, 0, text.encode(), b"")
    assert found is None if wrong is None else found is not None and found.startswith(wrong)


def test_shrinking(monkeypatch: pytest.MonkeyPatch) -> None:
    def attempt(made: object, args: tuple[str, ...]) -> str | None:
        assert isinstance(made, Source)
        data = made.files["m.yaml"]
        return "x" if b"Dropout" in data and "--bytes" in args else None

    monkeypatch.setattr("tests.fuzz.shrink.attempt", attempt)
    found, args = shrunk(
        source("spec", {"m.yaml": SPEC}), ("count", "--bytes", "--trainable", "m.yaml"), "x"
    )
    assert args == ("count", "--bytes")
    assert found.files["m.yaml"] == b"- Dropout: 0.5"
