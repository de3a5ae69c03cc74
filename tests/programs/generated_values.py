"""Random programs that compute with data and shapes before and inside their models."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

BEFORE = """
import math
import numpy as np
import keras
from keras import Input, Model, layers, ops
"""
Shape = tuple[int, int]  # dimensions of a tensor after the batch


@st.composite
def value_programs(draw: st.DrawFn) -> str:
    """Random programs whose variable `model` has a Dense layer after operations on shapes."""
    shape = draw(st.integers(2, 6)) * 2, draw(st.integers(1, 4)) * 2
    lines, now = [], shape
    for _ in range(draw(st.integers(1, 4))):
        step = draw(st.sampled_from(STEPS))
        line, now = step(draw(st.integers(1, 3)), now)
        lines.append(line)
    before, units = draw(st.sampled_from(SIZES))(draw(st.integers(2, 9)))
    body = draw(st.sampled_from(PLACES))(lines, shape)
    return f"{BEFORE}{before}\n{body}\nmodel = Model(x, layers.Dense({units})(y))\n"


# -- operations on a two-dimensional tensor `y`, and the resulting shapes -------------------------


def _flat(n: int, shape: Shape) -> tuple[str, Shape]:
    t, f = shape
    line = f"b, t, f = ops.shape(y); y = ops.reshape(y, (b, t // 2, 2 * f)); assert t == {t}"
    return (line, (t // 2, 2 * f)) if t % 2 == 0 else ("y = ops.relu(y)", shape)


def _product(n: int, shape: Shape) -> tuple[str, Shape]:
    line = "y = ops.reshape(y, (-1, 1, math.prod(y.shape[1:])))"
    return line, (1, shape[0] * shape[1])


def _swapped(n: int, shape: Shape) -> tuple[str, Shape]:
    return "y = ops.transpose(y, (0, 2, 1))", shape[::-1]


def _tiled(n: int, shape: Shape) -> tuple[str, Shape]:
    return f"y = ops.tile(y, [1, 1, {n}])", (shape[0], shape[1] * n)


def _joined(n: int, shape: Shape) -> tuple[str, Shape]:
    line = f"y = ops.concatenate([y] + [ops.zeros_like(y)] * {n}, axis=-1)"
    return line, (shape[0], shape[1] * (n + 1))


def _kept_rows(n: int, shape: Shape) -> tuple[str, Shape]:
    return f"y = y[:, :{n}]", (min(n, shape[0]), shape[1])


def _self_product(n: int, shape: Shape) -> tuple[str, Shape]:
    return "y = ops.einsum('btf,bsf->bts', y, y)", (shape[0], shape[0])


def _heads(n: int, shape: Shape) -> tuple[str, Shape]:
    t, f = shape
    line = f"y = ops.reshape(ops.stack([y] * {n}, axis=2), (-1, y.shape[1], {n} * y.shape[2]))"
    return line, (t, n * f)


def _padded(n: int, shape: Shape) -> tuple[str, Shape]:
    return f"y = ops.pad(y, [[0, 0], [0, {n}], [1, 0]])", (shape[0] + n, shape[1] + 1)


def _averaged(n: int, shape: Shape) -> tuple[str, Shape]:
    return "y = ops.mean(y, axis=1, keepdims=True) * y", shape


STEPS: list[Callable[[int, Shape], tuple[str, Shape]]] = [
    _flat, _product, _swapped, _tiled, _joined, _kept_rows, _self_product, _heads, _padded,
    _averaged,
]  # fmt: skip


# -- where operations are placed ------------------------------------------------------------------


def _in_the_model(lines: list[str], shape: Shape) -> str:
    return "\n".join([f"x = y = Input({shape})", *lines])


def _in_a_layer(lines: list[str], shape: Shape) -> str:
    body = "".join(f"        {line}\n" for line in lines)
    return (
        f"class Own(layers.Layer):\n    def call(self, y):\n{body}        return y\n"
        f"x = Input({shape})\ny = Own()(x)"
    )


def _in_a_lambda(lines: list[str], shape: Shape) -> str:
    body = "".join(f"    {line}\n" for line in lines)
    return f"def own(y):\n{body}    return y\nx = Input({shape})\ny = layers.Lambda(own)(x)"


PLACES = [_in_the_model, _in_a_layer, _in_a_lambda]


# -- numbers that depend on data ------------------------------------------------------------------


def _of_zeros(n: int) -> tuple[str, str]:
    return f"data = np.zeros((5, {n}))", "data.shape[1]"


def _of_windows(n: int) -> tuple[str, str]:
    loop = f"for i in range({n}, len(rows)):\n    data.append(rows[i - {n}:i, 0])"
    return f"rows, data = np.zeros((40, 2)), []\n{loop}\ndata = np.array(data)", "data.shape[1]"


def _of_text(n: int) -> tuple[str, str]:
    return f"letters = sorted(set({'abcdefghij'[:n] * 2!r}))", "len(letters)"


def _of_columns(n: int) -> tuple[str, str]:
    return f"data = np.hstack((np.zeros((3, {n - 1})), np.ones((3, 1))))", "data.shape[-1]"


def _of_classes(n: int) -> tuple[str, str]:
    return f"y_train = keras.utils.to_categorical([0, 1], {n})", "y_train.shape[1]"


def _of_a_product(n: int) -> tuple[str, str]:
    return f"sizes = np.array([1, 2]) * {n}", "int(sizes[0])"


SIZES = [_of_zeros, _of_windows, _of_text, _of_columns, _of_classes, _of_a_product]
