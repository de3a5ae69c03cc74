"""The plain data that passes between a child process and its parent.

The child may be under the control of a hostile source, so its answer is data and never code: what
reads it makes only the few classes named here, none of which does anything when it is made.
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
    "msgspec._utils": {"rebuild"},  # a struct from its fields
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
    "lstmcount.programs.choice": {"FoundModel"},
    "lstmcount.programs.language.interpreter": {"LimitError"},
    "lstmcount.programs.language.places": {"CodePlace", "placed"},
}


class Answer(msgspec.Struct):
    """What a child has to say: a value, an error of ours, or the reason why there is neither."""

    value: Any = None
    error: LstmcountError | None = None
    reason: str | None = None
    bug: str | None = None  # an exception that the task does not foresee
    trace: str = ""  # and where it was raised


def dump(value: Any) -> bytes:
    """`value` as bytes. What is no plain data becomes an `Unknown` with its words."""
    buffer = io.BytesIO()
    writer = _Writer(buffer, protocol=5)
    writer.dispatch_table = {}  # not that of `copyreg`, to which other libraries add
    writer.dump(value)
    return buffer.getvalue()


def load(data: bytes, custom: CustomLayers = NONE) -> Any:
    """The value in `data`; `custom` has the declarations that it names.

    Raises `pickle.UnpicklingError` for anything but the classes above.
    """
    return _Reader(data, custom).load()


def declaration(name: str) -> Any:
    """Stands for a declaration in an answer, which `load` looks up under its name."""
    raise LookupError(name)


class _Writer(pickle.Pickler):
    def reducer_override(self, value: Any) -> Any:
        """Called for everything but exact builtin data: of a class above, or put in its terms."""
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
    """Makes the classes above through functions, so that no answer gets hold of a class itself."""

    def __init__(self, data: bytes, custom: CustomLayers) -> None:
        super().__init__(io.BytesIO(data))
        self.custom = custom
        self.classes: dict[Any, Any] = {}  # by the functions that stand for them

    def find_class(self, module: str, name: str) -> Any:
        if name not in _KNOWN.get(module, ()):
            raise pickle.UnpicklingError(f"{module}.{name} is no plain data")
        if name == "declaration":
            return lambda named: self.custom.find(named)
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
    """A value of that builtin class; making it out of another would have no bounds."""
    if type(value) is not base:
        raise pickle.UnpicklingError(f"{type(value).__name__} is no {base.__name__}")
    return value


def _is_known(value: Any) -> bool:
    """Whether it is one of the classes above (or the function that makes structs)."""
    names = _KNOWN.get(getattr(value, "__module__", None) or "", ())
    return getattr(value, "__qualname__", None) in names


def _words(value: Any) -> str:
    return str(getattr(value, "__name__", None) or repr(value))[:200]
