"""Keras's classes of objects that are no layers, with their arguments in Keras's order."""

from __future__ import annotations

from functools import cache

_DRAWN = ("mean", "stddev", "seed")
_SCALED = ("seed", "input_axes", "output_axes")
INITIALIZERS: dict[str, tuple[str, ...]] = {
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
_POLICY = ("mode", "source_name")
_QUANTIZERS = ("weight_quantizer", "activation_quantizer")
CLASSES: dict[str, dict[str, tuple[str, ...]]] = {
    "keras.initializers": INITIALIZERS,
    "keras.regularizers": {
        "L1": ("l1",),
        "L1L2": ("l1", "l2"),
        "L2": ("l2",),
        "OrthogonalRegularizer": ("factor", "mode"),
    },
    "keras.constraints": {
        "MaxNorm": ("max_value", "axis"),
        "MinMaxNorm": ("min_value", "max_value", "rate", "axis"),
        "NonNeg": (),
        "UnitNorm": ("axis",),
    },
    "keras.dtype_policies": {
        "AWQDTypePolicy": _POLICY,
        "DTypePolicy": ("name",),
        "DTypePolicyMap": ("default_policy", "policy_map"),
        "FloatDTypePolicy": ("name",),
        "GPTQDTypePolicy": _POLICY,
        "Int4DTypePolicy": _POLICY,
        "QuantizedDTypePolicy": _POLICY,
        "QuantizedFloat8DTypePolicy": (*_POLICY, "amax_history_length"),
    },
    "keras.quantizers": {
        "AbsMaxQuantizer": ("axis", "value_range", "epsilon", "output_dtype"),
        "Float8QuantizationConfig": (),
        "Int4QuantizationConfig": (*_QUANTIZERS, "block_size"),
        "Int8QuantizationConfig": _QUANTIZERS,
    },
}


@cache
def spelled(name: str) -> tuple[str, tuple[str, ...]] | None:
    """The import path and the arguments of the class with that name in any version of Keras.

    >>> spelled("l2"), spelled("max_norm")
    (('keras.regularizers.L2', ('l2',)), ('keras.constraints.MaxNorm', ('max_value', 'axis')))
    """
    bare = _bare(name)
    for module, classes in CLASSES.items():
        for class_name, names in classes.items():
            if _bare(class_name) == bare:
                return f"{module}.{class_name}", names
    return None


def _bare(name: str) -> str:
    return name.lower().replace("_", "").removesuffix("initializer")
