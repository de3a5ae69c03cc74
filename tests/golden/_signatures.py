"""signatures.json: every public name of `keras.layers`, its class, its arguments and defaults."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "signatures.json"
REQUIRED = "(required)"


def regenerate(names: list[str]) -> None:
    FILE.write_text(json.dumps(signatures(), indent=1) + "\n")


def signatures() -> dict[str, dict[str, Any]]:
    import keras

    public = {name: getattr(keras.layers, name) for name in sorted(dir(keras.layers))}
    return {
        name: {"class": cls.__name__, "arguments": arguments(cls)}
        for name, cls in public.items()
        if inspect.isclass(cls) or name == "Input"
    }


def arguments(made: Any) -> dict[str, Any]:
    """The constructor's arguments with their defaults; those of bases behind `**kwargs` too."""
    found: dict[str, Any] = {}
    for base in made.__mro__ if inspect.isclass(made) else (made,):
        init = vars(base).get("__init__") if inspect.isclass(base) else base
        if init is not None and base.__module__.startswith("keras"):
            parameters = inspect.signature(init).parameters.values()
            for given in parameters:
                if given.kind not in (given.VAR_POSITIONAL, given.VAR_KEYWORD):
                    missing = given.default is inspect.Parameter.empty
                    found.setdefault(given.name, REQUIRED if missing else _plain(given.default))
            if not any(given.kind is given.VAR_KEYWORD for given in parameters):
                break
    return {name: default for name, default in found.items() if name != "self"}


def _plain(value: Any) -> Any:
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
