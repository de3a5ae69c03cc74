"""Initializers that older versions of Keras serialised, with the arguments they have today."""

from __future__ import annotations

from typing import Any

_DRAWN = ("mean", "stddev", "seed")
_ARGUMENTS = {
    "Constant": ("value",),
    "GlorotNormal": ("seed",),
    "GlorotUniform": ("seed",),
    "HeNormal": ("seed",),
    "HeUniform": ("seed",),
    "Identity": ("gain",),
    "LecunNormal": ("seed",),
    "LecunUniform": ("seed",),
    "Ones": (),
    "Orthogonal": ("gain", "seed"),
    "RandomNormal": _DRAWN,
    "RandomUniform": ("minval", "maxval", "seed"),
    "TruncatedNormal": _DRAWN,
    "VarianceScaling": ("scale", "mode", "distribution", "seed"),
    "Zeros": (),
}


def todays(value: Any) -> Any:
    """Without a dtype, and without what was left open; anything but an initializer as it is.

    >>> todays({"class_name": "GlorotUniform", "config": {"seed": None, "dtype": "float32"}})
    {'class_name': 'GlorotUniform', 'config': {}}
    """
    if not isinstance(value, dict) or not isinstance(value.get("config"), dict):
        return value
    known = _ARGUMENTS.get(str(value.get("class_name")).removesuffix("Initializer"))
    if known is None:
        return value
    config = value["config"]
    return {**value, "config": {k: config[k] for k in known if config.get(k) is not None}}
