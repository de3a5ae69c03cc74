"""Derivations as Markdown and as LaTeX."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lstmcount.errors import escape
from lstmcount.explain.derivation import Derivation, Part
from lstmcount.renderers.explanation import AFTER_FIT, columns, stored
from lstmcount.summary import Summary


def markdown(derivations: Sequence[Derivation], summary: Summary | None = None) -> str:
    lines: list[str] = []
    for derivation in derivations:
        lines += _markdown_layer(derivation)
    if summary is not None:
        lines += ["## Total", "", f"**{summary.total_params:,} parameters.** {AFTER_FIT}", ""]
    return "\n".join(lines)


def _markdown_layer(derivation: Derivation) -> Iterator[str]:
    yield f"## {_md(derivation.name)} ({_md(derivation.class_name)})"
    yield ""
    if derivation.input_shape is not None:
        yield f"`{derivation.input_shape}` → `{derivation.output_shape}`"
        yield ""
    for part in derivation.parts:
        yield from _markdown_part(part)
    if derivation.total:
        yield f"Together: **{derivation.total}**"
        yield ""
    if derivation.shape_reason:
        yield f"The output is `{derivation.output_shape}`: {_md(derivation.shape_reason)}"
        yield ""
    for note in derivation.notes:
        yield f"- {_md(note)}"
    if derivation.notes:
        yield ""


def _markdown_part(part: Part) -> Iterator[str]:
    if part.names != ("",):
        yield f"### {_md(' and '.join(part.names))} ({_md(part.class_name)}), each"
        yield ""
    if part.equations:
        yield from ("```text", *(str(equation) for equation in part.equations), "```", "")
    yield "| Matrices | Axes | Shape | Each | All |"
    yield "|---|---|---|---:|---:|"
    for group in part.alike():
        first = group[0]
        names = " ".join(matrix.symbol.text for matrix in group)
        axes, shape = " × ".join(first.axes), " × ".join(map(str, first.shape)) or "1"
        all_of = len(group) * first.count
        yield f"| {_md(names)} | {_md(axes)} | {shape} | {first.count:,} | {all_of:,} |"
    yield ""
    for weight in part.weights:
        yield f"- Keras stores {_md(stored(weight))}"
    for line in dict.fromkeys(columns(part, weight) for weight in part.weights):
        if line:
            yield f"- {_md(line)}"
    yield ""
    yield from ("```text", f"  {part.formula}", f"= {part.substituted}", f"= {part.count:,}")
    yield from (f"  {part.matrix_sum} = {part.count:,}", "```", "")


def _md(text: str) -> str:
    text = escape(text)
    for char in "\\|`*_<>[]":
        text = text.replace(char, "\\" + char)
    return text


def latex(derivations: Sequence[Derivation], summary: Summary | None = None) -> str:
    """A fragment to \\input; it needs amsmath, and an engine that reads UTF-8."""
    lines: list[str] = []
    for derivation in derivations:
        lines += _latex_layer(derivation)
    if summary is not None:
        lines += [rf"\paragraph{{Total}} {_number(summary.total_params)} parameters.", ""]
    return "\n".join(lines)


def _latex_layer(derivation: Derivation) -> Iterator[str]:
    yield rf"\subsection*{{{_tex(derivation.name)} ({_tex(derivation.class_name)})}}"
    for part in derivation.parts:
        yield from _latex_part(part)
    if derivation.total:
        yield rf"\[ {derivation.total.replace('·', chr(92) + 'cdot ').replace(',', '{,}')} \]"
    for sentence in (derivation.shape_reason, *derivation.notes):
        if sentence:
            yield _tex(sentence)
            yield ""


def _latex_part(part: Part) -> Iterator[str]:
    if part.names != ("",):
        yield rf"\paragraph{{{_tex(' and '.join(part.names))} ({_tex(part.class_name)}), each}}"
    if part.equations:
        rows = [equation.latex.replace(" = ", " &= ", 1) for equation in part.equations]
        yield from (r"\begin{align*}", " \\\\\n".join(rows), r"\end{align*}")
    yield r"\begin{align*}"
    for group in part.alike():
        symbols = ", ".join(matrix.symbol.latex for matrix in group)
        dims = r" \times ".join(map(str, group[0].shape)) or "1"
        yield rf"{symbols} &\in \mathbb{{R}}^{{{dims}}} \\"
    yield r"\end{align*}"
    yield r"\begin{align*}"
    yield rf"&{part.formula.latex} \\"
    yield rf"&= {part.substituted.latex} \\"
    yield f"&= {_number(part.count)}"
    yield r"\end{align*}"


def _number(value: int) -> str:
    return f"{value:,}".replace(",", "{,}")


_ESCAPES = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "·": r"$\cdot$",
    "×": r"$\times$",
    "⌊": r"$\lfloor$",
    "⌋": r"$\rfloor$",
    "⌈": r"$\lceil$",
    "⌉": r"$\rceil$",
    "−": "-",
    **{char: f"\\{char}" for char in "&%$#_{}"},
}


def _tex(text: str) -> str:
    return "".join(_ESCAPES.get(char, char) for char in escape(text))
