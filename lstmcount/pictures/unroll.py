"""A recurrent layer over time, as textbooks draw it: h and c pass from step to step."""

from __future__ import annotations

import math
from typing import Any

import msgspec

from lstmcount.graph.recurrence import cells, directions
from lstmcount.layers.legacy.time_major import batch_first
from lstmcount.naming import counted
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
from lstmcount.renderers.themes import Paint, Theme
from lstmcount.summary import LayerSummary

MARGIN = 20.0
CELL, HEIGHT = 108.0, 62.0  # least width of a cell
BETWEEN = 92.0  # between cells, room for the states' names
ROW = 104.0  # between rows of cells
ABOVE, BELOW = 14.0, 20.0  # from the first line of a pill to its edges
ARROW = 26.0  # between a pill and a cell
TAIL = 74.0  # the length of an arrow that comes from outside
SMALL = 11.0


Point = tuple[float, float]


class Step(msgspec.Struct, frozen=True):
    """A column: a time step, or None for the steps that are left out."""

    t: str | None
    x: float  # x of the column's middle

    @property
    def before(self) -> str:
        """The label of the previous step."""
        assert self.t is not None
        return str(int(self.t) - 1) if self.t.isdigit() else f"{self.t}-1"


class Direction(msgspec.Struct, frozen=True):
    """A way through the sequence: its cells from its inputs to the outputs, upwards or downwards.

    Two directions stand on both sides of the outputs that they share, so that no line crosses
    the states, which pass from step to step; both read every input.
    """

    name: str
    cells: list[Any]
    backwards: bool
    rows: list[float]  # y of the middle of each cell
    inputs: float  # y of the inputs
    towards: int  # -1: upwards, 1: downwards


def picture(layer: LayerSummary, theme: Theme, steps: int) -> Picture:
    """The first `steps` time steps of a recurrent layer, and the last one."""
    return _Unrolled(layer, theme, steps).picture()


class _Unrolled:
    def __init__(self, layer: LayerSummary, theme: Theme, steps: int) -> None:
        self.layer = layer
        self.theme = theme
        self.running = getattr(layer.layer, "layer", layer.layer)  # layer inside a Bidirectional
        self.merge = layer.layer.merge_mode if self.running is not layer.layer else None
        input_shape = layer.input_shape
        first = input_shape[0] if isinstance(input_shape, list) else input_shape
        self.input = None if first is None else batch_first(layer.layer, first)
        self.is_cell = self.input is not None and len(self.input) == 2
        length = 1 if self.is_cell else (self.input[1] if self.input else None)
        self.reason = self._reason()
        self.directions = self._directions(MARGIN + 52.0 + 16 * len(self.reason))
        names = {cell.class_name for way in self.directions for cell in way.cells}
        self.wide = max(CELL, *(text_width(name, bold=True) + 16 for name in names))
        self.columns = self._columns(steps, length)
        self.shapes: list[Shape] = []

    def _directions(self, top: float) -> list[Direction]:
        """The directions from the highest to the lowest; outputs lie between or above them."""
        ways = [(path, [cell for _, cell in cells(inner, path)], backwards)
                for path, inner, backwards in directions(self.layer.layer)]  # fmt: skip
        ordered = []
        step = HEIGHT / 2 + ARROW
        self.outputs = top + 24  # their y
        if len(ways) == 2:
            name, stack, backwards = ways.pop()
            inputs = top + 36
            rows = [inputs + BELOW + step + ROW * k for k in range(len(stack))]
            self.outputs = rows[-1] + step + ABOVE
            ordered.append(Direction(name, stack, backwards, rows, inputs, 1))
        name, stack, backwards = ways.pop()
        lowest = self.outputs + BELOW + step + ROW * (len(stack) - 1)
        rows = [lowest - ROW * k for k in range(len(stack))]
        ordered.append(Direction(name, stack, backwards, rows, lowest + step + ABOVE, -1))
        return ordered

    def _columns(self, steps: int, length: int | None) -> list[Step]:
        shown: list[str | None] = [str(t + 1) for t in range(min(steps, length or steps))]
        if length is None or length > steps:
            shown += [None, "T" if length is None else str(length)]
        columns, x = [], MARGIN + 104.0 + self.wide / 2
        for t in shown:
            columns.append(Step(t, x))
            x += (self.wide + BETWEEN) if t is not None else BETWEEN + 30
            if t is None:
                columns[-1] = Step(None, x - (self.wide + BETWEEN) / 2 - 45)
        return columns

    @property
    def steps(self) -> list[Step]:
        return [column for column in self.columns if column.t is not None]

    @property
    def returns_all(self) -> bool:
        return bool(getattr(self.running, "return_sequences", False))

    def picture(self) -> Picture:
        for direction in self.directions:
            for k, cell in enumerate(direction.cells):
                self._row(cell, direction.rows[k], direction.backwards)
            self._inputs(direction)
            if direction.name:
                self._name(direction)
        self._outputs()
        width = self.columns[-1].x + self.wide / 2 + 112 + MARGIN
        self._caption()
        texts = [shape for shape in self.shapes if isinstance(shape, Text)]
        widest = max(text_width(t.lead, t.size, True) + text_width(t.text, t.size) for t in texts)
        title = f"{self.layer.name} over time"
        lowest = self.directions[-1]
        bottom = lowest.inputs + (60 if lowest.name else 44)
        return Picture(
            width=math.ceil(max(width, widest + 2 * MARGIN)),
            height=math.ceil(bottom + MARGIN),
            title=title,
            description=f"{self.layer.class_name} {title}: {' '.join(self.reason)}",
            paper=self.theme.paper,
            shapes=tuple(self.shapes),
        )

    # -- what is drawn ------------------------------------------------------------------------

    def _row(self, cell: Any, y: float, backwards: bool) -> None:
        paint = self.theme.paint(cell.class_name, 0.25)
        order = self.columns[::-1] if backwards else self.columns
        sign = -1 if backwards else 1
        for i, column in enumerate(order):
            if column.t is None:
                self._text(column.x, y + 4, "…", "middle", size=18)
            else:
                self._cell(cell, column, y, paint)
            self._states(cell, order, i, y, sign)
        last = order[-1]
        if getattr(self.running, "return_state", False):
            self._passing(cell, str(last.t), last.x + sign * self.wide / 2, TAIL * sign, y)

    def _name(self, direction: Direction) -> None:
        """Which way a direction runs, beyond its inputs."""
        way = "from the last step to the first"
        if not direction.backwards:
            way = "from the first step to the last"
        y = direction.inputs + (-26 if direction.towards > 0 else 38)
        x = self.columns[0].x - self.wide / 2
        self._text(x, y, f"{direction.name}: {way}", "start", self.theme.quiet)

    def _cell(self, cell: Any, column: Step, y: float, paint: Paint) -> None:
        box = Rect(
            x=column.x - self.wide / 2,
            y=y - HEIGHT / 2,
            width=self.wide,
            height=HEIGHT,
            radius=8,
            fill=paint.fill,
            stroke=paint.line,
        )
        name = cell.class_name
        texts = [
            Text(x=column.x, y=y - 4, lead=name, text="", fill=paint.text, anchor="middle"),
            Text(x=column.x, y=y + 13, text=f"t = {column.t}", fill=paint.text, size=SMALL,
                 anchor="middle"),
        ]  # fmt: skip
        self.shapes.append(
            Group(shapes=(box, *texts), kind="step", title=f"{name} at time step {column.t}")
        )

    def _states(self, cell: Any, order: list[Step], i: int, y: float, sign: int) -> None:
        """The states that enter a column."""
        column = order[i]
        near = column.x - sign * (self.wide / 2 if column.t is not None else 16)
        if i == 0:
            step = column.before if sign > 0 else f"{column.t}+1"
            if sign < 0 and str(column.t).isdigit():
                step = str(int(str(column.t)) + 1)
            self._passing(cell, step, near - TAIL * sign, TAIL * sign, y)
            return
        previous = order[i - 1]
        far = previous.x + sign * (self.wide / 2 if previous.t is not None else 16)
        step = previous.t if previous.t is not None else ""
        if previous.t is None:
            step = column.before if sign > 0 else str(int(str(column.t)) + 1)
        self._passing(cell, step, far, near - far, y)

    def _passing(self, cell: Any, step: str, x: float, length: float, y: float) -> None:
        """One labelled arrow per state."""
        names = cell.state_names
        for k, name in enumerate(names):
            at = y + (k - (len(names) - 1) / 2) * 30 + 4
            self._arrow((x, at), (x + length, at))
            color = self.theme.ink
            self._text(x + length / 2, at - 6, f"{name}({step})", "middle", color)

    def _inputs(self, direction: Direction) -> None:
        """The inputs of a direction, and the arrows from each cell to the next."""
        features = self.input
        if self.input is not None and not self.is_cell:
            features = (self.input[0], *self.input[2:])
        sign = direction.towards
        for column in self.steps:
            self._pill(column.x, direction.inputs, f"x({column.t})", features)
            start = direction.inputs + (BELOW if sign > 0 else -ABOVE)
            for y in direction.rows:
                self._arrow((column.x, start), (column.x, y - sign * HEIGHT / 2))
                start = y + sign * HEIGHT / 2

    def _outputs(self) -> None:
        shape = self.layer.output_shape
        shape = shape[0] if isinstance(shape, list) else shape
        if len(self.directions) > 1 and not self.returns_all:
            self._merged_last(shape)
            return
        step = (shape[0], *shape[2:]) if shape and self.returns_all else shape
        name = "h" if len(self.directions) == 1 else "y"
        last = self.steps[0] if self.directions[0].backwards else self.steps[-1]
        for column in self.steps if self.returns_all else [last]:
            self._pill(column.x, self.outputs, f"{name}({column.t})", step)
            for direction in self.directions:
                self._arrow(*self._to_output(direction, column.x))

    def _to_output(self, direction: Direction, x: float) -> tuple[Point, Point]:
        sign = direction.towards
        end = self.outputs - (ABOVE if sign > 0 else -BELOW)
        return (x, direction.rows[-1] + sign * HEIGHT / 2), (x, end)

    def _merged_last(self, shape: Any) -> None:
        """Merge both directions' last outputs, which lie at opposite ends of the sequence."""
        first, last = self.steps[0].x, self.steps[-1].x
        text = self.merge or "two outputs"
        middle, wide = (first + last) / 2, self._pill_width(text, shape) / 2
        self._pill(middle, self.outputs, text, shape)
        for direction in self.directions:
            x = first if direction.backwards else last
            start, end = self._to_output(direction, x)
            if first == last:
                self._arrow(start, end)
                continue
            y = self.outputs + 3
            self._line([start, (x, y), (middle + math.copysign(wide, x - middle), y)])

    def _caption(self) -> None:
        name, lead = self.layer.name, self.layer.class_name
        self.shapes.append(
            Text(x=MARGIN, y=MARGIN + 12, lead=lead, text=name, fill=self.theme.ink, size=13)
        )
        y = MARGIN + 30
        for sentence in self.reason:
            self._text(MARGIN, y, sentence, "start", self.theme.quiet)
            y += 16
        count = counted(self.layer.params, "parameter") if self.layer.params else ""
        if count:
            same = "the same ones at every step"
            both = " of each direction" if len(self.directions) > 1 else ""
            self._text(MARGIN, y, f"{count}, {same}{both}", "start", self.theme.quiet)

    def _reason(self) -> list[str]:
        """Why the output has its shape, in sentences."""
        read, output = self.layer.input_shape, self.layer.output_shape
        if read is None or output is None:
            return []
        text: str = self.layer.layer.shape_reason(read, output)
        return [f"{sentence.rstrip('.')}." for sentence in text.split(". ") if sentence]

    # -- pieces -------------------------------------------------------------------------------

    def _pill_width(self, text: str, shape: Any) -> float:
        below = "" if shape is None else str(shape)
        return max(54.0, text_width(text) + 20, text_width(below, SMALL) + 20)

    def _pill(self, x: float, y: float, text: str, shape: Any) -> None:
        below = "" if shape is None else str(shape)
        width = self._pill_width(text, shape)
        self.shapes.append(
            Rect(
                x=x - width / 2,
                y=y - ABOVE,
                width=width,
                height=ABOVE + BELOW if below else 24,
                radius=12,
                fill=self.theme.raised,
                stroke=self.theme.line,
            )
        )
        self._text(x, y + 1, text, "middle", self.theme.ink, size=12)
        if below:
            self._text(x, y + 15, below, "middle", self.theme.quiet, size=10)

    def _text(
        self, x: float, y: float, text: str, anchor: str, color: str = "", size: float = SMALL
    ) -> None:
        fill = color or self.theme.ink
        self.shapes.append(Text(x=x, y=y, text=text, fill=fill, size=size, anchor=anchor))

    def _arrow(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        self._line([start, end])

    def _line(self, points: list[tuple[float, float]]) -> None:
        points = [p for i, p in enumerate(points) if i == 0 or p != points[i - 1]]
        (x0, y0), (x1, y1) = points[-2:]
        length = math.hypot(x1 - x0, y1 - y0) or 1.0
        short = (x1 - 6 * (x1 - x0) / length, y1 - 6 * (y1 - y0) / length)
        commands: list[tuple[str | float, ...]] = [("M", *points[0])]
        commands += [("L", *point) for point in (*points[1:-1], short)]
        self.shapes.append(Path(commands=tuple(commands), stroke=self.theme.line))
        self.shapes.append(arrowhead(x1, y1, x1 - x0, y1 - y0, self.theme.line))
