from __future__ import annotations

import pytest

from lstmcount.explanation.expressions import LatexWriter, TextWriter, compute, parse, without
from lstmcount.explanation.notation import latex_symbol, symbol


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("a - (b - c)", "a - (b - c)"),
        ("a - b - c", "a - b - c"),
        ("a + (b + c)", "a + b + c"),
        ("a * (b + c)", "a⊙(b + c)"),
        ("(1 - z) * h", "(1 - z)⊙h"),
        ("kernel @ (r * h)", "W·(r⊙h)"),
        ("gamma * (x - moving_mean) / sqrt(moving_variance + epsilon)", "γ⊙(x - μ) / sqrt(σ² + ε)"),
        ("conv(kernel, x) + bias", "W ∗ x + b"),
        ("conv(kernel, x + y)", "W ∗ (x + y)"),
        ("query @ key.T", "query·keyᵀ"),
        ("-a * b", "-a⊙b"),
    ],
)
def test_an_expression_is_written_as_text(source: str, text: str) -> None:
    assert TextWriter(symbol).write(parse(source)) == text


@pytest.mark.parametrize(
    ("source", "latex"),
    [
        ("a / (b + c)", r"\frac{a}{b + c}"),
        ("sqrt(epsilon)", r"\sqrt{\varepsilon}"),
        ("kernel_f @ x", r"W_{f} \, x"),
        ("c // 2", r"\left\lfloor \frac{c}{2} \right\rfloor"),
    ],
)
def test_an_expression_is_written_in_latex(source: str, latex: str) -> None:
    assert LatexWriter(latex_symbol).write(parse(source)) == latex


@pytest.mark.parametrize(
    ("source", "absent", "left"),
    [
        ("kernel @ x + bias", {"bias"}, "W·x"),
        ("gamma * x + beta", {"gamma"}, "x + β"),
        ("gamma * x + beta", {"gamma", "beta"}, "x"),
        ("tanh(kernel @ x + bias) - beta", {"beta"}, "tanh(W·x + b)"),
        ("beta - x", {"beta"}, "-x"),
    ],
)
def test_absent_terms_drop_out(source: str, absent: set[str], left: str) -> None:
    node = without(parse(source), absent.__contains__)
    assert node is not None
    assert TextWriter(symbol).write(node) == left


def test_nothing_is_left_of_a_product_with_an_absent_matrix() -> None:
    assert without(parse("kernel @ x"), {"kernel"}.__contains__) is None


@pytest.mark.parametrize(
    ("source", "result"),
    [("2 * (a + b) - a // 2", 14), ("-a ** 2", -16), ("a - b - 1", -1), ("double(a) / 2", 4)],
)
def test_an_expression_is_computed(source: str, result: int) -> None:
    assert compute(parse(source), {"a": 4, "b": 4, "double": lambda v: 2 * v}) == result
