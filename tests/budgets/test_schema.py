"""The schema of project files accepts what lstmcount accepts and refuses common mistakes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from lstmcount import LstmcountError
from lstmcount.budgets.project import read_project
from lstmcount.budgets.schema import project_schema

RIGHT = [
    "base: main\nbatch: 32\ntimesteps: null\n",
    "baseline: lstmcount.lock\n",
    "budgets: {'models/*.yaml': {max_params: 2M, max_increase: 5% or 10k, message: small}}\n",
    "budgets: {a.yaml: {layers: {'lstm*': {max_params: 10}}}}\n",
    "code: lib\n",
    "code: [lib, vendor]\nmodels: {a.py: {model: build, set: {n: 1, x: [null]}, code: lib}}\n",
    "models: {a.py: {set: }}\n",
]
WRONG = [
    "bases: main\n",
    "batch: 0\n",
    "budgets: {a.yaml: {max_param: 1}}\n",
    "budgets: [a.yaml]\n",
    "models: {a.py: {sets: {n: 1}}}\n",
    "models: {a.py: {set: [n]}}\n",
    "models: {a.py: {model: 1}}\n",
    "code: {a: b}\n",
]


def validated(text: str) -> None:
    jsonschema.Draft7Validator.check_schema(project_schema())
    jsonschema.Draft7Validator(project_schema()).validate(yaml.safe_load(text))


def read(text: str, folder: Path) -> Any:
    (folder / "lib").mkdir(exist_ok=True)
    (folder / "vendor").mkdir(exist_ok=True)
    (folder / "lstmcount.yaml").write_text(text)
    return read_project(folder / "lstmcount.yaml")


@pytest.mark.parametrize("text", RIGHT)
def test_the_schema_takes_what_the_reader_takes(tmp_path: Path, text: str) -> None:
    assert read(text, tmp_path) is not None
    validated(text)


@pytest.mark.parametrize("text", WRONG)
def test_the_schema_refuses_what_the_reader_refuses(tmp_path: Path, text: str) -> None:
    with pytest.raises(LstmcountError):
        read(text, tmp_path)
    with pytest.raises(jsonschema.ValidationError):
        validated(text)


def test_every_setting_is_in_it(tmp_path: Path) -> None:
    with pytest.raises(LstmcountError) as error:
        read("nothing_like_it: 1\n", tmp_path)
    assert f"Known: {', '.join(project_schema()['properties'])}." in str(error.value)
