"""The plain data that passes between a child process and its parent.

The child may be under the control of a hostile source, so its answer is data and never code: the
reader creates only the few classes named here, and creating them has no side effects.
"""

from __future__ import annotations

import io
import pickle
from typing import Any

import msgspec
from msgspec._utils import rebuild  # type: ignore[attr-defined]

from lstmcount.errors import LstmcountError
from lstmcount.layers.custom.known import NONE, CustomLayers
from lstmcount.shapes import Unknown

_BASES: tuple[Any, ...] = (str, int, float, bytes, list, tuple, dict, set, frozenset)
_KNOWN = {
    "builtins": {"Ellipsis", "complex", "range", "slice", *(base.__name__ for base in _BASES)},
    "msgspec._utils": {"rebuild"},  # creates a struct from its fields
    "lstmcount.config": {"Call", "Hyperparameter", "LayerConfig", "ModelConfig", "TensorRef"},
    "lstmcount.shapes": {"UNKNOWN", "Unknown"},
    "lstmcount.errors": {
        "Location",
        "LstmcountError",
        "NoModelError",
        "ShapeError",
        "UnlistedLayersError",
    },
    "lstmcount.isolation.plain": {"Answer", "declaration"},
    "lstmcount.programs.isolated": {"Followed"},
    "lstmcount.programs.libraries.numpy.arrays": {"Array"},
    "lstmcount.programs.reading": {"FoundModel"},
    "lstmcount.programs.language.bounds": {"LimitError"},
    "lstmcount.programs.language.source.places": {"CodePlace", "placed"},
    "lstmcount.programs.language.statements.recursion": {"TooDeepError"},
}


class Answer(msgspec.Struct):
    """A child's answer: a value, an error, a bug, or the reason why there is none of them."""

    value: Any = None
    error: LstmcountError | None = None
    reason: str | None = None
    bug: str | None = None  # an unexpected exception
    trace: str = ""  # the call stack of the bug


def dump(value: Any) -> bytes:
    """Serialise `value`. Objects that are not plain data become an `Unknown` with their text."""
    buffer = io.BytesIO()
    writer = _Writer(buffer, protocol=5)
    writer.dispatch_table = {}  # ignore `copyreg`, where other libraries register classes
    writer.dump(value)
    return buffer.getvalue()


def load(data: bytes, custom: CustomLayers = NONE) -> Any:
    """Deserialise a value; `custom` holds the declarations that the value may name.

    Raises `pickle.UnpicklingError` for classes and functions that `_KNOWN` does not list.
    """
    return _Reader(data, custom).load()


def declaration(name: str) -> Any:
    """Placeholder for a declaration in an answer: `load` looks the declaration up by its name."""
    raise LookupError(name)


class _Writer(pickle.Pickler):
    def reducer_override(self, value: Any) -> Any:
        """Write an object that is not of an exact builtin type.

        Known classes are written as they are; subclasses of builtins as the builtin that they
        derive from; anything else as an `Unknown`.
        """
        if type(value) is complex:
            return complex, (value.real, value.imag)
        if value is Ellipsis or _is_known(type(value)) or _is_known(value):
            return NotImplemented
        if type(value).__name__ == "Declaration":
            return declaration, (value.name,)
        for base in _BASES:
            if isinstance(value, base):
                return base, (base(value),)
        return Unknown, (_words(value),)


class _Reader(pickle.Unpickler):
    """Creates known classes through functions, so that no answer can access a class itself."""

    def __init__(self, data: bytes, custom: CustomLayers) -> None:
        super().__init__(io.BytesIO(data))
        self.custom = custom
        self.classes: dict[Any, Any] = {}  # by the function that creates the class

    def find_class(self, module: str, name: str) -> Any:
        if name not in _KNOWN.get(module, ()):
            raise pickle.UnpicklingError(f"{module}.{name} is not plain data")
        if name == "declaration":
            return lambda declared: self.custom.find(declared)
        if name == "rebuild":
            return lambda maker, fields: rebuild(self.classes[maker], fields)
        known = super().find_class(module, name)
        return self._maker(known) if isinstance(known, type) else known

    def _maker(self, cls: Any) -> Any:
        def make(*args: Any) -> Any:
            if cls in _BASES:
                return _exactly(cls, *args)
            return cls(*args)

        self.classes[make] = cls
        return make


def _exactly(base: Any, value: Any) -> Any:
    """Check that a value is of the builtin class: a conversion could take unbounded time."""
    if type(value) is not base:
        raise pickle.UnpicklingError(f"expected {base.__name__}, got {type(value).__name__}")
    return value


def _is_known(value: Any) -> bool:
    """Whether a class or function is one of those in `_KNOWN`."""
    names = _KNOWN.get(getattr(value, "__module__", None) or "", ())
    return getattr(value, "__qualname__", None) in names


def _words(value: Any) -> str:
    return str(getattr(value, "__name__", None) or repr(value))[:200]
