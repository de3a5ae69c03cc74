"""Programs in many styles: the summary equals the one that Keras prints."""

from __future__ import annotations

import pytest

from lstmcount.graph.inference import infer
from lstmcount.programs import read_python
from lstmcount.renderers.cells import Options
from lstmcount.renderers.table import as_text
from lstmcount.setting_text import parse_setting
from tests.programs.keras_runs import HERE, LINE_LENGTH, PROGRAMS, header, summary_in_keras


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_a_program_has_the_recorded_summary(program):
    expected = (HERE / "expected" / f"{program.stem}.txt").read_text()
    assert summary_here(program.read_text()) == expected


@pytest.mark.oracle
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_a_program_has_the_summary_of_keras(program):
    pytest.importorskip("keras")
    text = program.read_text()
    assert summary_in_keras(text) == summary_here(text)


def summary_here(text):
    settings = dict(map(parse_setting, header(text, "set")))
    summary = infer(read_python(text.encode(), settings=settings))
    return as_text(summary, Options(line_length=LINE_LENGTH)).rstrip() + "\n"
