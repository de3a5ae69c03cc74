"""The models in a folder."""

from __future__ import annotations

import os

from lstmcount.budgets.project import TOML_NAME, YAML_NAME
from lstmcount.cli.sources import Reading, open_argument
from lstmcount.errors import LstmcountError
from lstmcount.readers.text.regular import inside, refuse_special
from lstmcount.sources import Source, located

SUFFIXES = (".yaml", ".yml", ".json", ".keras", ".h5", ".hdf5")
_SIGNS_OF_A_MODEL = (b"layers", b"class_name")


def model_files(folder: str) -> list[str]:
    """Files whose names suggest a model; hidden folders are skipped."""
    found = []
    for path, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [os.path.join(path, name) for name in sorted(files) if is_candidate(name)]
    return found


def is_candidate(name: str) -> bool:
    return name.endswith(SUFFIXES) and name not in (YAML_NAME, TOML_NAME)


def may_be_a_model(source: Source) -> bool:
    """Whether a YAML or JSON file mentions layers; folders contain other such files too."""
    data = source.data or b""
    return b"\0" in data[:1024] or any(word in data for word in _SIGNS_OF_A_MODEL)


def open_found(name: str, folder: str, reading: Reading) -> Source:
    """Open a model that was found in a folder rather than named on the command line.

    Raises `LstmcountError` for a pipe, a device, or a link that leads out of the folder.
    """
    try:
        inside(name, folder)
        if os.path.exists(name):
            refuse_special(os.stat(name))
    except LstmcountError as error:
        raise located(error, name) from None
    return open_argument(name, reading)
