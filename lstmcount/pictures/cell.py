"""A recurrent cell: its gates with every matrix's shape, and how they change the states.

Everything is read from the layer: the equations that `explain` prints, and the axes of its
weights, which say which columns of a kernel are which gate.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from typing import Any

import msgspec

from lstmcount.errors import LstmcountError
from lstmcount.explanation.derivation import Matrix, Notation, Part, derive, owners
from lstmcount.explanation.expressions import TextWriter, names, parse_equation
from lstmcount.naming import counted
from lstmcount.pictures.layered import Edge, Gaps, Layout, Size, lay_out
from lstmcount.pictures.shapes import (
    Group,
    Path,
    Picture,
    Rect,
    Shape,
    Text,
    arrowhead,
    text_width,
)
from lstmcount.renderers.themes import Theme
from lstmcount.summary import LayerSummary

MARGIN = 20.0
HEAD = 58.0  # the caption above a cell
SMALL = 11.0
SIGNS = {ast.Add: "+", ast.Sub: "−", ast.Mult: "⊙"}


class Node(msgspec.Struct):
    """A gate, an operation, a state or an input."""

    kind: str  # "state", "gate", "operation"
    lines: list[str]
    title: str = ""
    first: bool = False
    last: bool = False
    least: float = 56.0  # its minimal width

    @property
    def size(self) -> tuple[float, float]:
        if self.kind == "operation":
            return max(28.0, text_width(self.lines[0], SMALL) + 16), 28.0
        widths = [text_width(line, SMALL) for line in self.lines[1:]]
        return max(
            self.least, text_width(self.lines[0], bold=True) + 22, *[w + 22 for w in widths]
        ), (14.0 + 16 * len(self.lines))


class Flow(msgspec.Struct):
    """What a cell computes: nodes, and edges labelled with the value that they carry."""

    nodes: list[Node] = []
    edges: dict[tuple[int, int], str] = {}

    def add(self, node: Node) -> int:
        self.nodes.append(node)
        return len(self.nodes) - 1


def picture(layer: LayerSummary, theme: Theme) -> Picture:
    """The cell (or cells) of a recurrent layer; data flows from left to right."""
    if layer.input_shape is None:
        raise LstmcountError(f"the input of {layer.name!r} is not known, so its cell has no sizes")
    shapes: list[Shape] = []
    width, y = 0.0, MARGIN
    for part, cell in _cells(layer):
        own, wide, high = _drawn(_flow(part, cell), theme, y + HEAD)
        shapes += _caption(layer, part, theme, y)
        shapes += own
        texts = [s for s in shapes if isinstance(s, Text)]
        widest = max(text_width(t.lead, t.size, True) + text_width(t.text, t.size) for t in texts)
        width = max(width, wide, widest + 8)
        y += HEAD + high + 2 * MARGIN
    title = f"The cell of {layer.name}"
    count = counted(layer.params, "parameter")
    return Picture(
        width=math.ceil(width + 2 * MARGIN),
        height=math.ceil(y - MARGIN),
        title=title,
        description=f"{title} ({layer.class_name}): {count}",
        paper=theme.paper,
        shapes=tuple(shapes),
    )


def _cells(layer: LayerSummary) -> Iterator[tuple[Part, Any]]:
    """Every distinct cell, with its matrices."""
    cells = dict(owners(layer.layer))
    for part in derive(layer).parts:
        for prefix, cell in cells.items():
            if prefix.removesuffix("/") == part.names[0] and hasattr(cell, "state_names"):
                yield part, cell


# -- what a cell computes ---------------------------------------------------------------------


def _flow(part: Part, cell: Any) -> Flow:
    matrices = {matrix.name: matrix for matrix in part.matrices}
    notation = Notation(cell, set(matrices))
    flow = Flow()
    inputs = {
        name: flow.add(Node("state", [f"{name}(t-1)" if name != "x" else "x(t)"], first=True))
        for name in (*reversed(cell.state_names), "x")
    }
    reader = _Reader(flow, notation, matrices, inputs)
    for text in cell.equations():
        result, expression = parse_equation(text)
        shown = notation.present(expression)
        if shown is not None:
            reader.read(result, shown)
            notation.assigned.add(result)
    gates = [node for node in flow.nodes if node.kind == "gate"]
    for gate in gates:
        gate.least = max(other.size[0] for other in gates)
    for name in reversed(cell.state_names):
        end = flow.add(Node("state", [f"{name}(t)"], last=True))
        flow.edges[reader.known[name], end] = name
    return flow


class _Reader:
    """Turns equations, in order, into the nodes of a flow."""

    def __init__(
        self, flow: Flow, notation: Notation, matrices: dict[str, Matrix], inputs: dict[str, int]
    ) -> None:
        self.flow = flow
        self.notation = notation
        self.matrices = matrices
        self.known = inputs  # the node that computes the current value of each name

    def read(self, result: str, expression: ast.expr) -> None:
        used = [name for name in self.matrices if name in names(expression)]
        if used:
            self.known[result] = self._gate(result, expression, used)
        else:
            self.known[result] = self._operation(expression, result)

    def _gate(self, result: str, expression: ast.expr, used: list[str]) -> int:
        written = TextWriter(self.notation.text).write(expression)
        known, self.notation.assigned = self.notation.assigned, {*self.notation.assigned, result}
        name = self.notation.text(result)
        self.notation.assigned = known
        matrices = [self.matrices[each] for each in used]
        shapes = ", ".join(f"{matrix.symbol} {matrix.brackets}" for matrix in matrices)
        gate = self.flow.add(
            Node("gate", [f"{name} = {written}", shapes], title="; ".join(map(_stored, matrices)))
        )
        for source in sorted(names(expression) & set(self.known)):
            self.flow.edges[self.known[source], gate] = source
        return gate

    def _operation(self, expression: ast.expr, label: str = "") -> int:
        """The node that gives the value of an expression without matrices."""
        if isinstance(expression, ast.Name):
            return self.known[expression.id]
        inputs: list[ast.expr]
        if isinstance(expression, ast.BinOp):
            inputs = [expression.left, expression.right]
            sign = SIGNS[type(expression.op)]
            if isinstance(expression.left, ast.Constant):
                inputs, sign = [expression.right], f"{ast.unparse(expression.left)}{sign}"
        else:
            assert isinstance(expression, ast.Call)
            inputs, sign = expression.args, ast.unparse(expression.func)
        sources = [(self._operation(each), _name(each)) for each in inputs]
        node = self.flow.add(Node("operation", [sign], title=label))
        for source, name in sources:
            self.flow.edges[source, node] = name
        return node


def _name(expression: ast.expr) -> str:
    return expression.id if isinstance(expression, ast.Name) else ""


def _stored(matrix: Matrix) -> str:
    """The position of a matrix in the variable that stores it."""
    if matrix.columns is None:
        return f"{matrix.symbol} is {matrix.weight}"
    first, last = matrix.columns
    return f"{matrix.symbol} is columns {first} to {last - 1} of {matrix.weight}"


# -- the picture ------------------------------------------------------------------------------


def _drawn(flow: Flow, theme: Theme, top: float) -> tuple[list[Shape], float, float]:
    sizes = [
        Size(height / 2, height / 2, width, first=node.first, last=node.last)
        for node in flow.nodes
        for width, height in [node.size]
    ]
    edges = [Edge(a, b) for a, b in flow.edges]
    layout = lay_out(sizes, edges, Gaps(between=18, ranks=44, first=64, last=44))
    dx, dy = MARGIN, top - layout.left + 14
    colors = _colors(flow, theme)
    shapes: list[Shape] = [_frame(flow, layout, theme, dx, dy)]
    heads: list[Shape] = []
    arrivals = _arrivals(flow, layout.x, layout.routes)
    for (pair, name), route, to in zip(flow.edges.items(), layout.routes, arrivals, strict=True):
        color = colors.get((pair[0], name), theme.line)
        end = flow.nodes[pair[1]]
        reach = _reach(end, layout.x[pair[1]], to)
        shapes.append(_curve(route, to, dx, dy, color, reach))
        heads.append(arrowhead(route[-1][2] + dx + reach, to + dy, 1, 0, color))
    shapes += heads
    for node, y, x in zip(flow.nodes, layout.x, layout.y, strict=True):
        shapes.append(_node(node, x + dx, y + dy, theme))
    return shapes, layout.height, layout.right - layout.left + 28


def _colors(flow: Flow, theme: Theme) -> dict[tuple[int, str], str]:
    """A colour for each input (x and the states), so that lines can be told apart."""
    inputs = [(i, node) for i, node in enumerate(flow.nodes) if node.first]
    kinds = ["embedding", "recurrent", "convolution"][-len(inputs) :]
    ordered = dict(zip((i for i, _ in inputs), kinds, strict=True))
    return {
        (i, name): theme.kinds[ordered[i]] for (i, _), name in flow.edges.items() if i in ordered
    }


def _arrivals(flow: Flow, x: list[float], routes: list[Any]) -> list[float]:
    """The point where each edge reaches its node; edges to one node are spread in order."""
    into: dict[int, list[int]] = {}
    for i, (_, target) in enumerate(flow.edges):
        into.setdefault(target, []).append(i)
    arrivals = [0.0] * len(routes)
    for target, own in into.items():
        own.sort(key=lambda i: routes[i][-2][0])
        step = 11.0 if flow.nodes[target].kind == "gate" else 9.0
        for k, i in enumerate(own):
            arrivals[i] = x[target] + (k - (len(own) - 1) / 2) * step
    return arrivals


def _reach(node: Node, middle: float, at: float) -> float:
    """How far the edge of a round node lies inside its bounding box at this offset."""
    width, height = node.size
    if node.kind != "operation" or width > height:
        return 0.0
    return height / 2 - math.sqrt(max(0.0, (height / 2) ** 2 - (at - middle) ** 2))


def _curve(
    route: list[tuple[float, float, float]],
    to: float,
    dx: float,
    dy: float,
    color: str,
    reach: float,
) -> Path:
    y, start, end = route[0]
    commands: list[tuple[str | float, ...]] = [("M", start + dx, y + dy), ("L", end + dx, y + dy)]
    for i, (at, left, right) in enumerate(route[1:], 2):
        is_last = i == len(route)
        at = to if is_last else at
        left = min(left, right - 6) if is_last else left
        bend = (left - end) / 2
        commands.append(
            ("C", end + bend + dx, y + dy, left - bend + dx, at + dy, left + dx, at + dy)
        )
        right = right + reach - 6 if is_last else right
        commands.append(("L", right + dx, at + dy))
        y, end = at, right
    return Path(commands=tuple(commands), stroke=color, line=1.6)


def _frame(flow: Flow, layout: Layout, theme: Theme, dx: float, dy: float) -> Rect:
    """The cell's border, around everything except inputs and outputs."""
    inside = [i for i, node in enumerate(flow.nodes) if not node.first and not node.last]
    left = min(layout.y[i] for i in inside) - 24
    right = max(layout.y[i] + flow.nodes[i].size[0] for i in inside) + 22
    above, below = layout.left - 12, layout.right + 12
    return Rect(
        x=left + dx, y=above + dy, width=right - left, height=below - above, radius=14,
        fill=theme.raised, stroke=theme.line,
    )  # fmt: skip


def _node(node: Node, x: float, y: float, theme: Theme) -> Group:
    width, height = node.size
    y -= height / 2
    paints = {
        "gate": theme.paint("LSTM", 0.3),
        "operation": theme.paint("Add", 0.5),
        "state": theme.paint("InputLayer", 0.1),
    }
    paint = paints[node.kind]
    radius = {"gate": 8.0, "operation": 14.0, "state": 14.0}[node.kind]
    shapes: list[Shape] = [
        Rect(x=x, y=y, width=width, height=height, radius=radius, fill=paint.fill,
             stroke=paint.line)
    ]  # fmt: skip
    size = SMALL if node.kind == "operation" and len(node.lines[0]) > 2 else 12.0
    for k, line in enumerate(node.lines):
        shapes.append(
            Text(
                x=x + width / 2,
                y=y + (18.5 if node.kind == "operation" else 19.0) + 16 * k,
                text=line,
                fill=paint.text,
                size=SMALL if k else size,
                bold=node.kind == "state",
                anchor="middle",
            )
        )
    return Group(shapes=tuple(shapes), kind=node.kind, title=node.title or node.lines[0])


def _caption(layer: LayerSummary, part: Part, theme: Theme, y: float) -> list[Shape]:
    where = " and ".join(name for name in part.names if name)
    name = f"{layer.name}, {where}" if where else layer.name
    total = f"{part.formula.text} = {part.substituted.text} = {counted(part.count, 'parameter')}"
    return [
        Text(x=MARGIN, y=y + 12, lead=part.class_name, text=name, fill=theme.ink, size=13),
        Text(x=MARGIN, y=y + 31, text=total, fill=theme.quiet, size=SMALL),
    ]
