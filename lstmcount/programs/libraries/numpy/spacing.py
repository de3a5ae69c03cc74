"""Numbers at equal distances, as `np.linspace` and `tf.linspace` compute them."""

from __future__ import annotations

import struct

MAX_SPACED = 1_000


def spaced(start: float, stop: float, count: int, endpoint: bool = True) -> list[float]:
    """What `np.linspace` returns.

    >>> spaced(0, 1, 3), spaced(0, 1, 4, endpoint=False), spaced(2, 5, 1)
    ([0.0, 0.5, 1.0], [0.0, 0.25, 0.5, 0.75], [2.0])
    """
    parts = count - 1 if endpoint else count
    step = (stop - start) / parts if parts > 0 else 0.0
    numbers = [
        (i * step if step else i / max(parts, 1) * (stop - start)) + start for i in range(count)
    ]
    return [*numbers[:-1], float(stop)] if endpoint and count > 1 else [float(x) for x in numbers]


def spaced_singles(start: float, stop: float, count: int) -> list[float]:
    """What `tf.linspace` returns for two floats, in single precision.

    >>> spaced_singles(0.0, 0.5, 3), spaced_singles(0.0, 0.1, 2)
    ([0.0, 0.25, 0.5], [0.0, 0.10000000149011612])
    """
    first, last = _single(start), _single(stop)
    step = _single(_single(last - first) / max(count - 1, 1))
    inner = [_single(first + _single(step * i)) for i in range(1, count - 1)]
    return [first, *inner, last][:count]


def _single(number: float) -> float:
    """The nearest number of single precision."""
    rounded: float = struct.unpack("f", struct.pack("f", number))[0]
    return rounded
