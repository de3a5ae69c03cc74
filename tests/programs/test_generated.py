"""Random programs, read by lstmcount and run in real Keras, have the same summary."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lstmcount import summarize
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python
from lstmcount.renderers.cells import Options
from lstmcount.renderers.table import as_text
from tests.examples import examples
from tests.programs.generated import Files, programs, projects
from tests.programs.generated_kinds import program_and_names
from tests.programs.generated_values import value_programs
from tests.programs.keras_runs import LINE_LENGTH, summary_in_keras, without_tensorflow
from tests.programs.pasting import count
from tests.programs.projects import Project, write
from tests.programs.test_programs import summary_here

compare = settings(
    max_examples=examples(30),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@settings(max_examples=50)
@given(programs())
def test_all_sizes_are_known(program: str) -> None:
    summary = infer(read_python(program.encode()))
    assert isinstance(summary.total_params, int)
    assert summary.notes == ()


@pytest.mark.oracle
@compare
@given(programs())
def test_a_generated_program_has_the_summary_of_keras(program: str) -> None:
    pytest.importorskip("keras")
    assert summary_here(program) == summary_in_keras(program)


@settings(max_examples=50)
@given(projects())
def test_split_over_modules(project: tuple[str, Files]) -> None:
    program, files = project
    with tempfile.TemporaryDirectory() as folder:
        summary = summarize(write(Project(0, "main.py", files), Path(folder)))
    assert as_text(summary, Options(line_length=LINE_LENGTH)).rstrip() + "\n" == summary_here(
        program
    )


@pytest.mark.oracle
@compare
@given(projects())
def test_split_as_keras_runs_it(project: tuple[str, Files]) -> None:
    pytest.importorskip("keras")
    program, files = project
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        files = {name: without_tensorflow(text) for name, text in files.items()}
        write(Project(0, "main.py", files), Path(folder))
        modules = set(sys.modules)
        try:
            found = summary_in_keras(files["main.py"])
        finally:
            for name in set(sys.modules) - modules:
                if name.startswith(("net", "part_")):
                    del sys.modules[name]
    assert found == summary_here(program)


@settings(max_examples=50)
@given(value_programs())
def test_shapes_and_sizes_are_known(program: str) -> None:
    summary = infer(read_python(program.encode()))
    assert isinstance(summary.total_params, int)


@pytest.mark.oracle
@compare
@given(value_programs())
def test_counts_as_keras(program: str) -> None:
    pytest.importorskip("keras")
    namespace: dict[str, Any] = {}
    exec(program, namespace)
    found = infer(read_python(program.encode())).total_params
    assert found == namespace["model"].count_params()


@settings(max_examples=100)
@given(st.randoms(use_true_random=False))
def test_kinds_are_known_with_the_names_set(random: Random) -> None:
    program, names = program_and_names(random)
    assert isinstance(count(program, names)[0], int)


@pytest.mark.oracle
@compare
@given(st.randoms(use_true_random=False))
def test_kinds_count_as_in_keras(random: Random) -> None:
    keras = pytest.importorskip("keras")
    keras.utils.clear_session()
    program, names = program_and_names(random)
    namespace: dict[str, Any] = dict(names)
    exec(program.replace("from elsewhere import", "#"), namespace)
    assert count(program, names)[0] == namespace["model"].count_params()
