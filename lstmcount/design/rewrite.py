"""Write numbers into a hand-written spec and leave everything else unchanged."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.extras import install
from lstmcount.sources import open_path, read
from lstmcount.sources.settings import find_argument


def write_values(source: str, values: Mapping[str, int]) -> None:
    """Set variables or layer arguments in the YAML file `source`, atomically.

    Raises `LstmcountError` if the source is not a YAML spec or does not contain the number itself.
    """
    try:
        from ruamel.yaml import YAML
    except ImportError:
        raise LstmcountError(f"--write needs ruamel.yaml: {install('edit')}") from None
    path = Path(source)
    if source == "-" or path.suffix not in (".yaml", ".yml"):
        raise LstmcountError("--write can only change a YAML spec in a file")
    config = read(open_path(path))
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 10**6
    yaml.indent(mapping=2, sequence=4, offset=2)
    data = yaml.load(path.read_text(encoding="utf-8"))
    for name, value in values.items():
        if name in config.variables:
            data["variables"][name] = value
        else:
            layer, argument = find_argument(config, name)
            _set(data, (*layer.path, argument), value, name)
    text = io.StringIO()
    yaml.dump(data, text)
    replace_file(path, text.getvalue())


def _set(data: Any, path: tuple[Any, ...], value: int, name: str) -> None:
    for key in path[:-2]:
        data = data[key]
    inner = data[path[-2]]
    if isinstance(inner, dict):
        inner[path[-1]] = value
    elif isinstance(inner, int):
        data[path[-2]] = value  # `LSTM: 64`
    else:
        raise LstmcountError(f"the spec does not contain a number for {name!r}")


def replace_file(path: Path, text: str) -> None:
    """Write a file completely or not at all."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(temporary, path.stat().st_mode)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
