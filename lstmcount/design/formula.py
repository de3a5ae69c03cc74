"""Derive a model's parameter count as an exact formula, by applying layer formulas to symbols."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec

from lstmcount.design.template import Template, environment
from lstmcount.design.terms import Evaluator
from lstmcount.design.vectorised import trace
from lstmcount.errors import LstmcountError
from lstmcount.escapes import escape, for_latex, python_names
from lstmcount.expressions.arithmetic import FUNCTIONS
from lstmcount.extras import install
from lstmcount.graph.builder import build
from lstmcount.renderers.records import to_json
from lstmcount.shapes import Unknown
from lstmcount.sources import Source
from lstmcount.summary import count


class LayerFormula(msgspec.Struct, frozen=True):
    name: str
    class_name: str
    params: Any  # a sympy expression


class Formulas(msgspec.Struct, frozen=True):
    """The parameter counts of each layer and of the model, and the assumptions that they need."""

    variables: tuple[str, ...]
    layers: tuple[LayerFormula, ...]
    total: Any
    assumptions: tuple[str, ...] = ()

    def at(self, values: Mapping[str, int]) -> int:
        """The total with the variables replaced by numbers."""
        symbols = {symbol.name: symbol for symbol in self.total.free_symbols}
        return int(self.total.subs({symbols[name]: values[name] for name in symbols}))


@cache
def sympy() -> Any:
    try:
        import sympy

        from lstmcount.design.symbols import FUNCTIONS as OF_SYMBOLS
    except ImportError:
        raise LstmcountError(f"a formula needs sympy: {install('symbolic')}") from None
    FUNCTIONS[sympy.Basic] = OF_SYMBOLS
    return sympy


def open_variables(
    source: Source, wanted: Sequence[str] = (), settings: Mapping[str, Any] | None = None
) -> Template:
    """A template of the source with the variables in `wanted`, or all variables of the spec.

    Raises `LstmcountError` if there are no variables.
    """
    template = Template(source, tuple(wanted), settings)
    if wanted:
        return template
    config = template.config
    names = [
        name
        for name, value in config.variables.items()
        if isinstance(value, int) and name not in config.derived and name not in config.structural
    ]
    if not names:
        raise LstmcountError(
            "this model has no variables; name what to leave open: --for lstm.units"
        )
    return Template(source, tuple(names), settings)


def formulas(template: Template) -> Formulas:
    """Closed forms in the template's variables, which are positive integers.

    Raises `LstmcountError` if a variable decides which layers the model has, or if a layer's
    formula compares sizes.
    """
    sp = sympy()
    if template.structural:
        raise LstmcountError(
            f"{', '.join(template.structural)} decides which layers there are: "
            "there is one formula for each value (--set it, and leave the others open)"
        )
    symbols = {name: sp.Symbol(name, positive=True, integer=True) for name in template.variables}
    values = environment(template.config, symbols)
    build(template.config)  # refuse an invalid model: symbols are not checked
    try:
        model = build(template.config, values=values)
    except TypeError:
        raise LstmcountError(
            "a layer of this model compares sizes, so there is no one formula; count points "
            "instead (lstmcount sweep)"
        ) from None
    if isinstance(unknown := count(model.weights()), Unknown):
        raise LstmcountError(f"the count depends on `{unknown}`, which is not known")
    layers = tuple(
        LayerFormula(layer.name, layer.class_name, sp.expand(count(layer.weights)))
        for layer in model.own_layers
        if layer.weights
    )
    return Formulas(
        variables=template.variables,
        layers=layers,
        total=sp.expand(count(model.weights())),
        assumptions=tuple(_assumptions(template, symbols)),
    )


def _assumptions(template: Template, symbols: Mapping[str, Any]) -> Iterator[str]:
    """The comparisons that hold for the source's values and may not hold for other values."""
    sp = sympy()
    current = {name: template.current(name) for name in template.variables}
    evaluator = Evaluator(symbols)
    relations = {"<": sp.Lt, "<=": sp.Le, "==": sp.Eq, "!=": sp.Ne, ">": sp.Gt, ">=": sp.Ge}
    assumptions: dict[str, None] = {}
    for guard in trace(template, current, {}).guards:
        if guard.is_choice:
            continue
        relation = relations[guard.sign](evaluator.value(guard.left), evaluator.value(guard.right))
        relation = sp.simplify(relation if guard.holds else sp.Not(relation))
        if relation not in (sp.true, sp.false):
            sign = _SIGNS.get(relation.rel_op, relation.rel_op)
            assumptions[f"{as_text(relation.lhs)} {sign} {as_text(relation.rhs)}"] = None
    if assumptions:
        yield f"this holds where {', '.join(assumptions)}"


_SIGNS = {"<=": "≤", ">=": "≥", "!=": "≠", "==": "="}


def as_text(expression: Any) -> str:
    """The formula as text, with · for products and ² for powers.

    >>> x, y = sympy().symbols("units features", positive=True, integer=True)
    >>> as_text(4*x**2 + 4*x*y + 4*x)
    '4·units² + 4·units·features + 4·units'
    """
    sp = sympy()
    if isinstance(expression, int):
        return f"{expression:,}"
    terms = sp.Add.make_args(expression)
    names = sorted((symbol.name for symbol in expression.free_symbols), reverse=True)
    order = _order(expression)
    texts: list[str] = []
    for term in sorted(terms, key=order):
        factor, rest = term.as_coeff_Mul()
        powers = rest.as_powers_dict()
        parts = [f"{abs(factor)}"] if abs(factor) != 1 or rest == 1 else []
        parts += [
            _power(_base(base), exponent)
            for base, exponent in sorted(powers.items(), key=lambda item: _by_power(item, names))
            if base != 1
        ]
        sign = ("-" if factor < 0 else "") if not texts else (" - " if factor < 0 else " + ")
        texts.append(sign + "·".join(parts))
    return "".join(texts)


def _base(base: Any) -> str:
    """
    >>> _base(sympy().floor(sympy().Symbol("n") / 2 * 3))
    'floor(3·n/2)'
    """
    text = str(base) if base.is_Symbol or base.is_Function else f"({base})"
    for old, new in (("**", "^"), ("*", "·"), ("Min(", "min("), ("Max(", "max(")):
        text = text.replace(old, new)
    return text


def _by_power(item: Any, names: list[str]) -> Any:
    base, exponent = item
    return (-exponent, names.index(str(base)) if str(base) in names else len(names))


def _order(expression: Any) -> Any:
    """A sort key for terms: higher degrees first, then by the variables' names."""

    def key(term: Any) -> Any:
        powers = term.as_powers_dict()
        degree = sum(int(e) for base, e in powers.items() if base.is_Symbol)
        return (-degree, sorted((-int(e), str(b)) for b, e in powers.items() if b.is_Symbol))

    return key


def _power(base: str, exponent: Any) -> str:
    if exponent == 1:
        return base
    return base + str(exponent).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


def formatted(derived: Formulas, fmt: str) -> str:
    """The formulas in the format `fmt`: text, latex, python or json."""
    sp = sympy()
    if fmt == "json":
        layers = [
            {"name": f.name, "class_name": f.class_name, "params": sp.sstr(sp.sympify(f.params))}
            for f in derived.layers
        ]
        return to_json(
            {
                "variables": list(derived.variables),
                "layers": layers,
                "total": sp.sstr(sp.sympify(derived.total)),
                "assumptions": list(derived.assumptions),
            }
        )
    if fmt == "latex":
        rows = [rf"\text{{{for_latex(f.name)}}} &= {_latex(f.params)} \\" for f in derived.layers]
        return "\n".join(
            [r"\begin{aligned}", *rows, rf"\text{{total}} &= {_latex(derived.total)}",
             r"\end{aligned}", ""]
        )  # fmt: skip
    if fmt == "python":
        names = python_names(derived.variables)
        body = sp.pycode(_renamed(derived.total, names))
        arguments = ", ".join(names.values())
        return f"import math\n\n\ndef params({arguments}):\n    return {body}\n"
    cells = [(escape(f.name), escape(as_text(f.params))) for f in derived.layers]
    cells.append(("total", escape(as_text(derived.total))))
    width = max(len(name) for name, _ in cells)
    lines = [f"{name:<{width}}  {text}" for name, text in cells]
    return "".join(f"{line}\n" for line in lines)


def _latex(expression: Any) -> str:
    """The expression in LaTeX; names with unusual characters become escaped text."""
    sp = sympy()
    symbols = getattr(expression, "free_symbols", ())
    odd = {s: rf"\text{{{for_latex(s.name)}}}" for s in symbols if not _is_plain(s.name)}
    text: str = sp.latex(expression, symbol_names=odd)
    return text


def _is_plain(name: str) -> bool:
    return name.isascii() and name.replace("_", "").replace(".", "").isalnum()


def _renamed(expression: Any, names: Mapping[str, str]) -> Any:
    """Replace the names by Python identifiers: lstm.units becomes lstm_units."""
    sp = sympy()
    if isinstance(expression, int):
        return sp.Integer(expression)
    new = {s: sp.Symbol(names.get(s.name, s.name)) for s in expression.free_symbols}
    return expression.subs(new, simultaneous=True)
