"""The dtypes of what operations return, as Keras's `compute_output_spec` infers them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import msgspec

from lstmcount.shapes import Shape, known
from lstmcount.structures import is_constant, leaves

FLOATX = "float32"
_KINDS = ("bool", "uint", "int", "float", "complex")
_INTEGERS = ("bool", "uint", "int")
_PYTHON_KINDS = (bool, int, float, complex)


class Typed(msgspec.Struct, frozen=True):
    """Stands for a tensor among the arguments of a call whose dtype is asked for."""

    dtype: str
    shape: Shape | None = None


class _Weak(msgspec.Struct, frozen=True):
    """Stands for a number of the program, which takes the dtype of the tensors beside it."""

    kind: str  # bool, int, float or complex


# Rule → operations. All others return the dtype of their first tensor.
_RULES: dict[str, str] = {
    "promoted": (
        "Add AddAll Append BitwiseAnd BitwiseOr BitwiseXor Concatenate Cross Dot "
        "DotProductAttention Dstack FloorDivide Fmax Fmin Hstack Inner Kron Maximum "
        "Minimum Multiply Nanmax Nanmin Outer Power Stack Subtract Tensordot Vdot Vstack"
    ),
    "promoted_tensors": "BitwiseLeftShift BitwiseRightShift LeftShift RightShift",
    "promoted_choices": "Where",
    "promoted_strictly": "Gcd Lcm",
    "floating_strictly": "Arctan2 Ldexp Nextafter",
    "product": "Einsum Matmul",
    "floating": (
        "Angle Arccos Arccosh Arcsin Arcsinh Arctan Arctanh Average CDist Cbrt "
        "Ceil Corrcoef Correlate Cos Cosh Deg2rad Divide DivideNoNan Erfc Exp Exp2 Expm1 Fabs "
        "Floor Geomspace Heaviside Hypot I0 Linspace Log Log10 Log1p Log2 Logaddexp "
        "Logaddexp2 Logspace Mean Median Nanmean Nanmedian Nanpercentile Nanquantile Nanstd Nanvar "
        "Norm Percentile Quantile Rad2deg Sin Sinc Sinh Sqrt Std Tan Tanh Trapezoid "
        "TrueDivide Var"
    ),
    "boolean": (
        "All AllClose Any Equal Greater GreaterEqual InTopK IsIn Isclose Isfinite Isinf Isnan "
        "Isneginf Isposinf Isreal Less LessEqual LogicalAnd LogicalNot LogicalOr LogicalXor "
        "NotEqual Signbit"
    ),
    "index": (
        "Argmax Argmin Argpartition Argsort Bincount CountNonzero Digitize MatrixRank Nanargmax "
        "Nanargmin Nonzero Size"
    ),
    "number": "Full Logsumexp Ndim Normalize OneHot PSNR Polar Reciprocal",
    "spaced": "Arange",
    "total": "Nanprod Nansum Prod Sum Trace",
    "counted": "Clip Cumprod Cumsum Fmod Mod Nancumprod Nancumsum Square",
    "complex": "ViewAsComplex",
    "parts": "ViewAsReal",
    "first_choice": "Select",
    "place": "SearchSorted",
    "loss": "CTCLoss",
}
_FURTHER = {"TopK": "int32", "Unique": "int32"}  # dtypes of the outputs after the first


def result_dtypes(
    class_name: str, arguments: dict[str, Any], args: Iterable[Any], count: int
) -> list[str]:
    """The dtypes of an operation's `count` outputs.

    `arguments` are those of its constructor; in `args`, those of the call, a `Typed` stands for
    each tensor.

    >>> result_dtypes("Add", {}, [Typed("float16"), 1.0], 1)
    ['float16']
    >>> result_dtypes("TopK", {"k": 3}, [Typed("float32")], 2)
    ['float32', 'int32']
    """
    if class_name == "CTCDecode":
        first, further = "int32", _floating([Typed("float32"), *_operands(args)[:1]])
    else:
        first = _first_dtype(class_name, arguments, args)
        further = _FURTHER.get(class_name, first)
    return [first, *[further] * (count - 1)][:count]


def _first_dtype(class_name: str, arguments: dict[str, Any], args: Iterable[Any]) -> str:
    chosen = arguments.get("dtype")
    if isinstance(chosen, str):
        return chosen
    return _RULE_FUNCTIONS[_rules().get(class_name, "same")](list(args))


@cache
def _rules() -> dict[str, str]:
    return {name: rule for rule, names in _RULES.items() for name in names.split()}


# -- promotion ----------------------------------------------------------------------------------


def _operands(args: Iterable[Any]) -> list[Typed | _Weak]:
    """The tensors and numbers among arguments, in Keras's order."""
    return [each for leaf in leaves(list(args)) if (each := _operand(leaf)) is not None]


def _operand(leaf: Any) -> Typed | _Weak | None:
    if isinstance(leaf, Typed):
        return leaf
    if is_constant(leaf):
        dtype = leaf["config"].get("dtype")
        if isinstance(dtype, str) and dtype not in ("float64", "int64"):
            return Typed(dtype)
        return _Weak("int" if dtype == "int64" else "float")  # NumPy's defaults, not a choice
    if isinstance(leaf, bool | int | float | complex):
        return _Weak(next(kind.__name__ for kind in _PYTHON_KINDS if isinstance(leaf, kind)))
    return None


def _kind(dtype: str) -> str:
    name = dtype.rstrip("0123456789")
    return name if name in _KINDS else "float"


def _bits(dtype: str) -> int:
    digits = dtype.lstrip("abcdefghijklmnopqrstuvwxyz")
    return int(digits) if digits.isdigit() else 8


def _promoted(operands: Iterable[Typed | _Weak]) -> str:
    """The dtype that all operands can take: tensors decide, numbers only between kinds."""
    operands = list(operands)
    dtype = ""
    for each in operands:
        if isinstance(each, Typed):
            dtype = _wider(dtype, each.dtype) if dtype else each.dtype
    for each in operands:
        if isinstance(each, _Weak) and (
            not dtype or _KINDS.index(each.kind) > _KINDS.index(_kind(dtype))
        ):
            is_signed = dtype and each.kind == "int" and _kind(dtype) == "uint"
            dtype = dtype if is_signed else _default(each.kind)
    return dtype or FLOATX


def _default(kind: str) -> str:
    """The dtype of a Python number.

    >>> _default("int"), _default("complex")
    ('int32', 'complex64')
    """
    return {"bool": "bool", "int": "int32", "complex": "complex64"}.get(kind, FLOATX)


def _wider(one: str, other: str) -> str:
    """The smallest dtype that holds both, in the lattice that Keras shares with JAX.

    >>> _wider("uint8", "int8"), _wider("float16", "bfloat16"), _wider("int32", "bfloat16")
    ('int16', 'float32', 'bfloat16')
    """
    if one == other:
        return one
    low, high = sorted((one, other), key=lambda dtype: (_KINDS.index(_kind(dtype)), _bits(dtype)))
    kinds = (_kind(low), _kind(high))
    if kinds == ("float", "float") and _bits(low) == _bits(high):
        return "float32"
    if kinds == ("uint", "int") and _bits(low) >= _bits(high):
        return f"int{2 * _bits(low)}" if _bits(low) < 64 else FLOATX
    if kinds == ("float", "complex") and _bits(low) == 64:
        return "complex128"
    return high


def _floating(operands: Iterable[Typed | _Weak]) -> str:
    dtype = _promoted(operands)
    return FLOATX if _kind(dtype) in _INTEGERS else dtype


# -- rules -------------------------------------------------------------------------------------


def _same(args: list[Any]) -> str:
    tensors = (each.dtype for each in _operands(args) if isinstance(each, Typed))
    return next(tensors, FLOATX)


def _strict(args: list[Any]) -> list[Typed | _Weak]:
    """The operands of an operation in which a number has a dtype as a tensor has."""
    return [
        Typed(_default(each.kind)) if isinstance(each, _Weak) else each for each in _operands(args)
    ]


def _product(args: list[Any]) -> str:
    dtype = _promoted(_operands(args))
    return "int32" if dtype == "int8" else dtype


def _total(args: list[Any]) -> str:
    """The dtype of a sum or product, which has at least 32 bits for integers."""
    dtype = _promoted(_operands(args))
    kind = _kind(dtype)
    if kind in _INTEGERS and _bits(dtype) < 32:
        return "uint32" if kind == "uint" else "int32"
    return dtype


def _counted(args: list[Any]) -> str:
    dtype = _promoted(_operands(args))
    return "int32" if dtype == "bool" else dtype


def _parts(args: list[Any]) -> str:
    return "float64" if _same(args) == "complex128" else FLOATX


def _place(args: list[Any]) -> str:
    """The dtype of an index into a sequence, which is long if the sequence may be."""
    sequence = args[0] if args else None
    if not isinstance(sequence, Typed):
        return "int32"
    return "int32" if sequence.shape and known(sequence.shape[0]) else "int64"


_RULE_FUNCTIONS: dict[str, Callable[[list[Any]], str]] = {
    "same": _same,
    "promoted": lambda args: _promoted(_operands(args)),
    "promoted_choices": lambda args: _promoted(_operands(args[1:])),
    "promoted_tensors": lambda args: _promoted(
        [each for each in _operands(args) if isinstance(each, Typed)]
    ),
    "promoted_strictly": lambda args: _promoted(_strict(args)),
    "floating_strictly": lambda args: _floating(_strict(args)),
    "product": _product,
    "floating": lambda args: _floating(_operands(args)),
    "boolean": lambda _: "bool",
    "index": lambda _: "int32",
    "number": lambda _: FLOATX,
    "spaced": lambda args: _promoted(_operands(args)),
    "total": _total,
    "counted": _counted,
    "complex": lambda args: "complex128" if _same(args) == "float64" else "complex64",
    "parts": _parts,
    "first_choice": lambda args: _same(args[1:]),
    "place": _place,
    "loss": lambda args: _promoted([Typed("float32"), *_operands(args[1:2])]),
}
