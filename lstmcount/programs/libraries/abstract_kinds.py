"""The abstract classes of `collections.abc`, `typing` and `numbers`, for `isinstance`."""

from __future__ import annotations

import numbers
from collections import abc
from typing import Any

from lstmcount.programs.language.values.natives import unknown
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.language.values.value import Value, inner_of
from lstmcount.shapes import Unknown

_KINDS: tuple[Any, ...] = (abc.Callable, abc.Collection, abc.Container, abc.Iterable, abc.Mapping,
          abc.MutableMapping, abc.MutableSequence, abc.MutableSet, abc.Sequence, abc.Set,
          abc.Sized)  # fmt: skip
_NUMBERS = (numbers.Number, numbers.Complex, numbers.Real, numbers.Rational, numbers.Integral)


class _Abstract(Native):
    """A class to which plain values belong by their methods."""

    def __init__(self, kind: Any) -> None:
        super().__init__(kind.__name__, unknown, raw=True)
        self.kind = kind

    def has_instance(self, value: Any) -> Any:
        value = inner_of(value)
        if not isinstance(value, Value):
            return isinstance(value, self.kind)
        if self.kind is abc.Callable or value.is_callable:
            return self.kind is abc.Callable and value.is_callable
        return Unknown(f"isinstance(…, {self.name})")

    def item(self, run: Any, key: Any, node: Any) -> Any:
        return self  # `Sequence[int]`


_ABSTRACT = {kind.__name__: _Abstract(kind) for kind in _KINDS}
TABLE: dict[str, Any] = {
    **{f"collections.abc.{name}": kind for name, kind in _ABSTRACT.items()},
    **{f"collections.{name}": kind for name, kind in _ABSTRACT.items()},  # before Python 3.10
    **{f"typing.{name}": kind for name, kind in _ABSTRACT.items()},
    **{f"numbers.{kind.__name__}": _Abstract(kind) for kind in _NUMBERS},
}
