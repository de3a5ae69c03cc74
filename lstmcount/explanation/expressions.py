"""The language of equations and closed forms, which are parsed, printed and computed here.

Its syntax is that of Python's expressions: `@` is the matrix product, `*` the elementwise product
and `conv(a, b)` a convolution. Layers define their equations in it, for example
`f = sigmoid(kernel_f @ x + bias_f)`. `explain` prints them as text or LaTeX, and `trace` runs them.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Container, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from lstmcount.explanation.notation import latex_name

_SUM, _PRODUCT, _UNARY, _POWER, _ATOM = range(5)
_PRECEDENCE: dict[type, int] = {
    ast.Add: _SUM,
    ast.Sub: _SUM,
    ast.Mult: _PRODUCT,
    ast.MatMult: _PRODUCT,
    ast.Div: _PRODUCT,
    ast.FloorDiv: _PRODUCT,
    ast.Pow: _POWER,
}
_COMPUTE: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.MatMult: operator.matmul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Pow: operator.pow,
}


class Formula(msgspec.Struct, frozen=True):
    """A formula as text and as LaTeX."""

    text: str
    latex: str

    def __str__(self) -> str:
        return self.text


@lru_cache(1024)
def parse(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


@lru_cache(1024)
def parse_equation(text: str) -> tuple[str, ast.expr]:
    """
    >>> parse_equation("h = o * activation(c)")[0]
    'h'
    """
    name, _, expression = text.partition("=")
    return name.strip(), parse(expression.strip())


def names(node: ast.AST) -> set[str]:
    """All names in an expression, including those of functions."""
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def transposed(node: ast.AST, weights: Container[str]) -> set[str]:
    """The weights on the left of a matrix product with values, which Keras stores transposed.

    >>> sorted(transposed(parse("kernel @ x + lora_a @ lora_b"), {"kernel", "lora_a", "lora_b"}))
    ['kernel']
    """
    return {
        inner.left.id
        for inner in ast.walk(node)
        if isinstance(inner, ast.BinOp)
        and isinstance(inner.op, ast.MatMult)
        and isinstance(inner.left, ast.Name)
        and inner.left.id in weights
        and not isinstance(inner.right, ast.Attribute)
        and not (isinstance(inner.right, ast.Name) and inner.right.id in weights)
    }


def without(node: ast.expr, absent: Callable[[str], bool]) -> ast.expr | None:
    """Remove absent weights, whether they are terms of sums or factors; None if nothing is left.

    >>> absent = {"bias", "gamma"}.__contains__
    >>> TextWriter().write(without(parse("gamma * (kernel @ x + bias)"), absent))
    'kernel·x'
    """
    if isinstance(node, ast.Name):
        return None if absent(node.id) else node
    if isinstance(node, ast.Call):
        arguments = [without(argument, absent) for argument in node.args]
        if any(argument is None for argument in arguments):
            return None
        return ast.Call(node.func, [a for a in arguments if a is not None], [])
    if isinstance(node, ast.UnaryOp):
        inner = without(node.operand, absent)
        return inner and ast.UnaryOp(node.op, inner)
    if isinstance(node, ast.Attribute | ast.Subscript):
        return node if without(node.value, absent) else None
    if isinstance(node, ast.BinOp):
        return _joined(without(node.left, absent), node.op, without(node.right, absent))
    return node


def _joined(left: ast.expr | None, op: ast.operator, right: ast.expr | None) -> ast.expr | None:
    """Combine the operands that are not absent; a matrix product needs both."""
    if left is not None and right is not None:
        return ast.BinOp(left, op, right)
    if isinstance(op, ast.MatMult):
        return None
    if right is not None and isinstance(op, ast.Sub):
        return ast.UnaryOp(ast.USub(), right)
    return left or right


class TextWriter:
    """Writes expressions as plain text: `W_f·x(t) + b_f`."""

    operators: Mapping[type, str] = {
        ast.Add: " + ",
        ast.Sub: " - ",
        ast.Mult: "⊙",
        ast.MatMult: "·",
        ast.Div: " / ",
        ast.FloorDiv: " // ",
        ast.Pow: "^",
    }
    convolution = " ∗ "

    def __init__(self, name: Callable[[str], str] = str, times: str | None = None) -> None:
        self.name = name
        if times is not None:
            self.operators = {**self.operators, ast.Mult: times}

    def write(self, node: ast.expr, around: int = _SUM) -> str:
        text, precedence = self._write(node)
        return self.parentheses(text) if precedence < around else text

    def _write(self, node: ast.expr) -> tuple[str, int]:
        if isinstance(node, ast.Name):
            return self.name(node.id), _ATOM
        if isinstance(node, ast.Constant):
            return self.number(node.value), _ATOM
        if isinstance(node, ast.UnaryOp):
            return f"-{self.write(node.operand, _UNARY)}", _UNARY
        if isinstance(node, ast.Attribute) and node.attr == "T":
            return self.transposed(self.write(node.value, _ATOM)), _ATOM
        if isinstance(node, ast.Subscript):
            return self.subscript(self.write(node.value, _ATOM), self.write(node.slice)), _ATOM
        if isinstance(node, ast.BinOp):
            return self.binary(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return self.call(node.func.id, node.args)
        return self.name(ast.unparse(node)), _ATOM  # an unknown, named as in the source code

    def binary(self, node: ast.BinOp) -> tuple[str, int]:
        precedence = _PRECEDENCE[type(node.op)]
        left = self.write(node.left, precedence)
        # a - (b - c) and a / (b * c) need parentheses; a + (b + c) does not
        strict = isinstance(node.op, ast.Sub | ast.Div | ast.FloorDiv | ast.Pow)
        mixed = isinstance(node.right, ast.BinOp) and type(node.right.op) is not type(node.op)
        right = self.write(node.right, precedence + (strict or (mixed and precedence > _SUM)))
        return f"{left}{self.operators[type(node.op)]}{right}", precedence

    def call(self, function: str, arguments: list[ast.expr]) -> tuple[str, int]:
        if function == "conv":
            left, right = (self.write(argument, _PRODUCT) for argument in arguments)
            return f"{left}{self.convolution}{right}", _PRODUCT
        inside = ", ".join(self.write(argument) for argument in arguments)
        return f"{self.function(function)}{self.parentheses(inside)}", _ATOM

    def function(self, name: str) -> str:
        return self.name(name)

    def number(self, value: object) -> str:
        return f"{value:,}" if isinstance(value, int) else str(value)

    def transposed(self, text: str) -> str:
        return f"{text}ᵀ"

    def subscript(self, text: str, index: str) -> str:
        return f"{text}[{index}]"

    def parentheses(self, text: str) -> str:
        return f"({text})"


class LatexWriter(TextWriter):
    """Writes expressions in LaTeX's math mode: `W_{f} x_{t} + b_{f}`."""

    operators: Mapping[type, str] = {
        **TextWriter.operators,
        ast.Mult: r" \odot ",
        ast.MatMult: r" \, ",
    }
    convolution = " * "

    def binary(self, node: ast.BinOp) -> tuple[str, int]:
        if isinstance(node.op, ast.Div):
            return rf"\frac{{{self.write(node.left)}}}{{{self.write(node.right)}}}", _ATOM
        if isinstance(node.op, ast.FloorDiv):
            inside = rf"\frac{{{self.write(node.left)}}}{{{self.write(node.right)}}}"
            return rf"\left\lfloor {inside} \right\rfloor", _ATOM
        if isinstance(node.op, ast.Pow):
            return f"{self.write(node.left, _ATOM)}^{{{self.write(node.right)}}}", _POWER
        return super().binary(node)

    def call(self, function: str, arguments: list[ast.expr]) -> tuple[str, int]:
        if function == "sqrt":
            return rf"\sqrt{{{self.write(arguments[0])}}}", _ATOM
        return super().call(function, arguments)

    def function(self, name: str) -> str:
        written = self.name(name)
        return rf"\operatorname{{{written}}}" if written.isidentifier() else written

    def number(self, value: object) -> str:
        if isinstance(value, str):  # the name of an unknown
            return latex_name(value)
        return super().number(value).replace(",", "{,}")

    def transposed(self, text: str) -> str:
        return rf"{text}^{{\top}}"

    def subscript(self, text: str, index: str) -> str:
        return f"{text}_{{[{index}]}}"

    def parentheses(self, text: str) -> str:
        return rf"\left({text}\right)"


def arithmetic(text: str) -> Formula:
    """Write a closed form such as `4 * (units + 1)`, in which `*` is plain multiplication.

    >>> arithmetic("4 * ((features + units) * units + units)").text
    '4·((features + units)·units + units)'
    >>> arithmetic("1080 * kernel_height").latex
    '1{,}080 \\\\cdot \\\\text{kernel\\\\_height}'
    """
    node = parse(text)
    return Formula(
        TextWriter(times="·").write(node), LatexWriter(latex_name, r" \cdot ").write(node)
    )


def compute(node: ast.expr, values: Mapping[str, Any]) -> Any:
    """Evaluate an expression on arrays, numbers and functions, given by name.

    >>> compute(parse("2 * (features + 1)"), {"features": 80})
    162
    """
    if isinstance(node, ast.Name):
        return values[node.id]
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.UnaryOp):
        return -compute(node.operand, values)
    if isinstance(node, ast.BinOp):
        return _COMPUTE[type(node.op)](compute(node.left, values), compute(node.right, values))
    if isinstance(node, ast.Call):
        arguments = [compute(argument, values) for argument in node.args]
        return compute(node.func, values)(*arguments)
    raise ValueError(f"not in the language of equations: {ast.unparse(node)}")
