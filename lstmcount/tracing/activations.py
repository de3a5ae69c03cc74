"""Keras's activation functions on NumPy arrays (source: `activations.py` of Keras 3)."""

from __future__ import annotations

import math
from collections.abc import Callable

from lstmcount.errors import LstmcountError, did_you_mean
from lstmcount.tracing.arrays import Array, numpy

SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805


def functions() -> dict[str, Callable[[Array], Array]]:
    """The activation functions by all names that a config may use."""
    np = numpy()

    def sigmoid(x: Array) -> Array:
        return 0.5 * (1 + np.tanh(x / 2))  # this form never overflows

    def softmax(x: Array) -> Array:
        powers = np.exp(x - x.max(-1, keepdims=True))
        return powers / powers.sum(-1, keepdims=True)

    def softplus(x: Array) -> Array:
        return np.logaddexp(x, 0)

    def elu(x: Array) -> Array:
        return np.where(x > 0, x, np.expm1(np.minimum(x, 0)))

    def gelu(x: Array) -> Array:
        return x * 0.5 * (1 + np.vectorize(math_erf)(x / np.sqrt(2)))

    def hard_sigmoid(x: Array) -> Array:
        return np.clip(x / 6 + 0.5, 0, 1)

    def sparse_plus(x: Array) -> Array:
        return np.where(x <= -1, 0, np.where(x < 1, (x + 1) ** 2 / 4, x))

    by_name: dict[str, Callable[[Array], Array]] = {
        "linear": lambda x: x,
        "relu": lambda x: np.maximum(x, 0),
        "relu6": lambda x: np.clip(x, 0, 6),
        "leaky_relu": lambda x: np.where(x > 0, x, 0.2 * x),
        "elu": elu,
        "celu": elu,
        "selu": lambda x: SELU_SCALE * np.where(x > 0, x, SELU_ALPHA * np.expm1(np.minimum(x, 0))),
        "exponential": np.exp,
        "gelu": gelu,
        "glu": lambda x: np.split(x, 2, -1)[0] * sigmoid(np.split(x, 2, -1)[1]),
        "hard_shrink": lambda x: np.where(np.abs(x) > 0.5, x, 0),
        "hard_sigmoid": hard_sigmoid,
        "hard_silu": lambda x: x * hard_sigmoid(x),
        "hard_tanh": lambda x: np.clip(x, -1, 1),
        "log_sigmoid": lambda x: -softplus(-x),
        "log_softmax": lambda x: np.log(softmax(x)),
        "mish": lambda x: x * np.tanh(softplus(x)),
        "sigmoid": sigmoid,
        "silu": lambda x: x * sigmoid(x),
        "soft_shrink": lambda x: np.sign(x) * np.maximum(np.abs(x) - 0.5, 0),
        "softmax": softmax,
        "softplus": softplus,
        "softsign": lambda x: x / (1 + np.abs(x)),
        "sparse_plus": sparse_plus,
        "sparse_sigmoid": lambda x: np.clip((x + 1) / 2, 0, 1),
        "squareplus": lambda x: (x + np.sqrt(x**2 + 4)) / 2,
        "tanh": np.tanh,
        "tanh_shrink": lambda x: x - np.tanh(x),
    }
    return by_name | {"swish": by_name["silu"], "hard_swish": by_name["hard_silu"]}


def math_erf(x: float) -> float:
    return math.erf(x)


def function(name: str, known: dict[str, Callable[[Array], Array]]) -> Callable[[Array], Array]:
    """Look up an activation. Raises `LstmcountError` if `known` has none of that name."""
    if name not in known:
        hint = did_you_mean(name, known)
        raise LstmcountError(f"trace cannot compute the activation {name!r}.{hint}")
    return known[name]
