"""Initializers that older versions of Keras serialised, with the arguments they have today."""

from __future__ import annotations

from typing import Any

_DRAWN = ("mean", "stddev", "seed")
_SCALED = ("seed", "input_axes", "output_axes")
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "Constant": ("value",),
    "GlorotNormal": _SCALED,
    "GlorotUniform": _SCALED,
    "HeNormal": _SCALED,
    "HeUniform": _SCALED,
    "Identity": ("gain",),
    "LecunNormal": _SCALED,
    "LecunUniform": _SCALED,
    "Ones": (),
    "Orthogonal": ("gain", "seed"),
    "RandomNormal": _DRAWN,
    "RandomUniform": ("minval", "maxval", "seed"),
    "STFT": ("side", "window", "scaling", "periodic"),
    "TruncatedNormal": _DRAWN,
    "VarianceScaling": ("scale", "mode", "distribution", *_SCALED),
    "Zeros": (),
}


def todays(value: Any) -> Any:
    """An initializer without its dtype and its unset arguments; any other value unchanged.

    >>> todays({"class_name": "GlorotUniform", "config": {"seed": None, "dtype": "float32"}})
    {'class_name': 'GlorotUniform', 'config': {}}
    """
    if not isinstance(value, dict) or not isinstance(value.get("config"), dict):
        return value
    known = ARGUMENTS.get(str(value.get("class_name")).removesuffix("Initializer"))
    if known is None:
        return value
    config = value["config"]
    return {**value, "config": {k: config[k] for k in known if config.get(k) is not None}}
