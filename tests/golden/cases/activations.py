"""Activation layers."""

from __future__ import annotations

from _notation import Case, case, cases, integers, layer, tensor

VECTOR = tensor(6)
IMAGE = tensor(4, None, 3)

ACTIVATIONS = (
    "elu",
    "exponential",
    "gelu",
    "glu",
    "hard_sigmoid",
    "leaky_relu",
    "linear",
    "log_softmax",
    "mish",
    "relu6",
    "selu",
    "silu",
    "softmax",
    "softplus",
    "sparsemax",
    "swish",
    "tanh",
    "threshold",
)

CASES: dict[str, list[Case]] = {
    "Activation": [
        *cases(VECTOR, *({"activation": name} for name in ACTIVATIONS)),
        *cases(IMAGE, {"activation": "relu", "dtype": "mixed_float16"}),
        case({"activation": None}, VECTOR),
        case({"activation": layer("ReLU", max_value=6.0)}, VECTOR),
        case({"activation": "nonsense"}, VECTOR),
        case({"activation": "softmax"}, integers(4)),
    ],
    "ELU": [
        *cases(VECTOR, {}, {"alpha": 0.5}, {"dtype": "bfloat16"}),
        case({"alpha": 2.0, "name": "elu_named"}, IMAGE),
        case({}, integers(4)),
    ],
    "LeakyReLU": [
        *cases(VECTOR, {}, {"negative_slope": 0.1}, {"alpha": 0.2}, {"negative_slope": None}),
        *cases(IMAGE, {"dtype": "mixed_bfloat16"}, {"negative_slope": -0.1}, {"slope": 1}),
    ],
    "PReLU": [
        *cases(VECTOR, {}, {"alpha_initializer": "ones"}, {"trainable": False}),
        *cases(tensor(4, 5, 3), {}, {"shared_axes": [1, 2]}, {"shared_axes": [1]}),
        *cases(tensor(4, 5, 3), {"shared_axes": 2}, {"shared_axes": (1, 2), "dtype": "float16"}),
        *cases(IMAGE, {}, {"shared_axes": [2]}, {"shared_axes": [1, 2]}, {"shared_axes": [1]}),
        case({"shared_axes": [4]}, tensor(4, 5, 3)),
        case({"shared_axes": [0]}, VECTOR),
        case({"shared_axes": [-1]}, VECTOR),
    ],
    "ReLU": [
        *cases(VECTOR, {}, {"max_value": 6.0}, {"negative_slope": 0.1, "threshold": 1.0}),
        *cases(IMAGE, {"dtype": "mixed_float16"}, {"max_value": -1.0}, {"negative_slope": -1.0}),
        *cases(VECTOR, {"threshold": -1.0}, {"threshold": None}),
        case({}, integers(4)),
    ],
    "Softmax": [
        *cases(VECTOR, {}, {"axis": 1}, {"axis": -2}, {"axis": 5}),
        *cases(tensor(3, 4), {"axis": [1, 2]}, {"axis": (-1, -2)}, {"dtype": "float16"}),
        case({}, tensor(3, 4), mask=tensor(3, 4, dtype="bool")),
        case({}, tensor(None, None)),
    ],
}
