"""Derivations as Markdown and as LaTeX."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from lstmcount.escapes import code_block, code_span, for_latex, for_markdown, for_markdown_cell
from lstmcount.explanation.derivation import Derivation, Part
from lstmcount.explanation.notation import latex_name
from lstmcount.explanation.text import AFTER_FIT, columns, stored
from lstmcount.naming import counted
from lstmcount.renderers.markdown import head, row
from lstmcount.summary import Summary, is_unknown


def markdown(derivations: Sequence[Derivation], summary: Summary | None = None) -> str:
    lines: list[str] = []
    for derivation in derivations:
        lines += _markdown_layer(derivation)
    if summary is not None:
        lines += [
            "## Total",
            "",
            "Parameters not known."
            if is_unknown(summary.total_params, summary.walk())
            else f"**{counted(summary.total_params, 'parameter')}.** {AFTER_FIT}",
            "",
        ]
    return "\n".join(lines)


def _markdown_layer(derivation: Derivation) -> Iterator[str]:
    yield f"## {for_markdown(f'{derivation.name} ({derivation.class_name})')}"
    yield ""
    if derivation.input_shape is not None:
        yield f"{_code(derivation.input_shape)} → {_code(derivation.output_shape)}"
        yield ""
    for part in derivation.parts:
        yield from _markdown_part(part)
    if derivation.total:
        yield f"Together: **{derivation.total}**"
        yield ""
    if derivation.shape_reason:
        reason = for_markdown(derivation.shape_reason)
        yield f"The output is {_code(derivation.output_shape)}: {reason}"
        yield ""
    for note in derivation.notes:
        yield f"- {for_markdown(note)}"
    if derivation.notes:
        yield ""


def _markdown_part(part: Part) -> Iterator[str]:
    if part.names != ("",):
        names = " and ".join(part.names)
        yield f"### {for_markdown(f'{names} ({part.class_name})')}, each"
        yield ""
    if part.equations:
        yield from (*code_block(map(str, part.equations)), "")
    yield from head(["Matrices", "Axes", "Shape", "Each", "All"], numbers=["Each", "All"])
    for group in part.matrix_groups():
        first = group[0]
        names = for_markdown_cell(" ".join(matrix.symbol.text for matrix in group))
        axes = for_markdown_cell(" × ".join(first.axes))
        shape = for_markdown_cell(" × ".join(map(str, first.shape))) or "1"
        all_of = len(group) * first.count
        yield row([names, axes, shape, f"{first.count:,}", f"{all_of:,}"])
    yield ""
    for weight in part.weights:
        yield f"- Keras stores {for_markdown(stored(weight))}"
    for line in dict.fromkeys(columns(part, weight) for weight in part.weights):
        if line:
            yield f"- {for_markdown(line)}"
    yield ""
    count = f"{part.count:,}"
    sums = (f"  {part.formula}", f"= {part.substituted}", f"= {count}")
    yield from (*code_block((*sums, f"  {part.matrix_sum} = {count}")), "")


def _code(value: object) -> str:
    return code_span(str(value))


def latex(derivations: Sequence[Derivation], summary: Summary | None = None) -> str:
    """A LaTeX fragment for \\input. It needs amsmath and an engine that reads UTF-8."""
    lines: list[str] = []
    for derivation in derivations:
        lines += _latex_layer(derivation)
    if summary is not None:
        unknown = is_unknown(summary.total_params, summary.walk())
        total = "not known" if unknown else f"{_number(summary.total_params)} parameters"
        lines += [rf"\paragraph{{Total}} {total}.", ""]
    return "\n".join(lines)


def _latex_layer(derivation: Derivation) -> Iterator[str]:
    yield rf"\subsection*{{{for_latex(derivation.name)} ({for_latex(derivation.class_name)})}}"
    for part in derivation.parts:
        yield from _latex_part(part)
    if derivation.total:
        yield rf"\[ {derivation.total.replace('·', chr(92) + 'cdot ').replace(',', '{,}')} \]"
    for sentence in (derivation.shape_reason, *derivation.notes):
        if sentence:
            yield for_latex(sentence)
            yield ""


def _latex_part(part: Part) -> Iterator[str]:
    if part.names != ("",):
        names = for_latex(f"{' and '.join(part.names)} ({part.class_name})")
        yield rf"\paragraph{{{names}, each}}"
    if part.equations:
        rows = [equation.latex.replace(" = ", " &= ", 1) for equation in part.equations]
        yield from (r"\begin{align*}", " \\\\\n".join(rows), r"\end{align*}")
    yield r"\begin{align*}"
    for group in part.matrix_groups():
        symbols = ", ".join(matrix.symbol.latex for matrix in group)
        dims = r" \times ".join(latex_name(str(dim)) for dim in group[0].shape) or "1"
        yield rf"{symbols} &\in \mathbb{{R}}^{{{dims}}} \\"
    yield r"\end{align*}"
    yield r"\begin{align*}"
    yield rf"&{part.formula.latex} \\"
    yield rf"&= {part.substituted.latex} \\"
    yield f"&= {_number(part.count)}"
    yield r"\end{align*}"


def _number(value: int) -> str:
    return f"{value:,}".replace(",", "{,}")


FORMATS: dict[str, Callable[[Sequence[Derivation], Summary | None], str]] = {
    "markdown": markdown,
    "latex": latex,
}
