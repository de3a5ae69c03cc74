"""A recurrent layer over time, as textbooks draw it: h and c pass from step to step."""

from __future__ import annotations

import math
from typing import Any

import msgspec

from lstmcount.graph.recurrence import cells, directions
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
CELL, HEIGHT = 108.0, 62.0
BETWEEN = 92.0  # between cells, room for the states' names
ROW = 104.0  # between rows of cells
BETWEEN_DIRECTIONS = 84.0  # from the inputs between two directions to the middle of a row
SIDE = 44.0  # of a cell's middle, where arrows to and from the other direction's side run
TAIL = 74.0  # the length of an arrow that comes from outside
SMALL = 11.0


class Step(msgspec.Struct, frozen=True):
    """A column: a time step, or None for the steps that are left out."""

    t: str | None
    x: float  # x of the column's middle

    @property
    def before(self) -> str:
        """The label of the previous step."""
        assert self.t is not None
        return str(int(self.t) - 1) if self.t.isdigit() else f"{self.t}-1"


def picture(layer: LayerSummary, theme: Theme, steps: int) -> Picture:
    """The first `steps` time steps of a recurrent layer, and the last one."""
    return _Unrolled(layer, theme, steps).picture()


class _Unrolled:
    def __init__(self, layer: LayerSummary, theme: Theme, steps: int) -> None:
        self.layer = layer
        self.theme = theme
        self.running = getattr(layer.layer, "layer", layer.layer)  # layer inside a Bidirectional
        self.merge = layer.layer.merge_mode if self.running is not layer.layer else None
        ways = list(directions(layer.layer))
        self.names = [path for path, _, _ in ways]
        self.stacks = [
            ([cell for _, cell in cells(inner, path)], backwards) for path, inner, backwards in ways
        ]
        # Two directions of a row each: what both read and write stands between them.
        self.meets = [len(stack) for stack, _ in self.stacks] == [1, 1]
        self.rows = sum(len(stack) for stack, _ in self.stacks)
        given = layer.input_shape
        self.given = given[0] if isinstance(given, list) else given
        self.is_cell = self.given is not None and len(self.given) == 2
        length = 1 if self.is_cell else (self.given[1] if self.given else None)
        self.columns = self._columns(steps, length)
        self.reason = self._reason()
        self.top = MARGIN + 52.0 + 16 * len(self.reason)
        self.base = self.top + 58.0 + ROW * self.rows + 26.0  # y of the inputs
        if self.meets:
            self.base = (
                self.top + (20 if self.returns_all else 70) + HEIGHT + BETWEEN_DIRECTIONS / 2
            )
        self.shapes: list[Shape] = []

    def _columns(self, steps: int, length: int | None) -> list[Step]:
        shown: list[str | None] = [str(t + 1) for t in range(min(steps, length or steps))]
        if length is None or length > steps:
            shown += [None, "T" if length is None else str(length)]
        columns, x = [], MARGIN + 104.0 + CELL / 2
        for t in shown:
            columns.append(Step(t, x))
            x += (CELL + BETWEEN) if t is not None else BETWEEN + 30
            if t is None:
                columns[-1] = Step(None, x - (CELL + BETWEEN) / 2 - 45)
        return columns

    @property
    def steps(self) -> list[Step]:
        return [column for column in self.columns if column.t is not None]

    @property
    def returns_all(self) -> bool:
        return bool(getattr(self.running, "return_sequences", False))

    def picture(self) -> Picture:
        level = 0
        outputs: list[dict[str | None, float]] = []
        for stack, backwards in self.stacks:
            for k, cell in enumerate(stack):
                self._row(cell, level, backwards, below=k > 0)
                level += 1
            if len(self.stacks) > 1:
                self._direction(self.names[len(outputs)], level - 1, backwards)
            outputs.append(self._outgoing(stack, level - 1, backwards))
        self._inputs()
        self._outputs(outputs)
        width = self.columns[-1].x + CELL / 2 + 112 + MARGIN
        self._caption()
        texts = [shape for shape in self.shapes if isinstance(shape, Text)]
        widest = max(text_width(t.lead, t.size, True) + text_width(t.text, t.size) for t in texts)
        title = f"{self.layer.name} over time"
        bottom = self._middle(0) + HEIGHT / 2 + 24 if self.meets else self.base + 44
        return Picture(
            width=math.ceil(max(width, widest + 2 * MARGIN)),
            height=math.ceil(bottom + MARGIN),
            title=title,
            description=f"{self.layer.class_name} {title}: {' '.join(self.reason)}",
            paper=self.theme.paper,
            shapes=tuple(self.shapes),
        )

    # -- what is drawn ------------------------------------------------------------------------

    def _row(self, cell: Any, level: int, backwards: bool, below: bool) -> None:
        y = self._middle(level)
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
            self._passing(cell, str(last.t), last.x + sign * CELL / 2, TAIL * sign, y)
        if below:
            for column in self.steps:
                self._arrow((column.x, y + ROW - HEIGHT / 2), (column.x, y + HEIGHT / 2))

    def _direction(self, name: str, level: int, backwards: bool) -> None:
        """Which way a row runs: above it, or below the lowest row, where no line passes."""
        way = "from the last step to the first" if backwards else "from the first step to the last"
        below = self.meets and not level
        x, y = self.columns[0].x + CELL / 2 + 8, self._middle(level) - HEIGHT / 2 - 8
        if below:
            x, y = self.columns[0].x - CELL / 2, self._middle(level) + HEIGHT / 2 + 18
        self._text(x, y, f"{name}: {way}", "start", self.theme.quiet)

    def _cell(self, cell: Any, column: Step, y: float, paint: Paint) -> None:
        box = Rect(
            x=column.x - CELL / 2,
            y=y - HEIGHT / 2,
            width=CELL,
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
        near = column.x - sign * (CELL / 2 if column.t is not None else 16)
        if i == 0:
            step = column.before if sign > 0 else f"{column.t}+1"
            if sign < 0 and str(column.t).isdigit():
                step = str(int(str(column.t)) + 1)
            self._passing(cell, step, near - TAIL * sign, TAIL * sign, y)
            return
        previous = order[i - 1]
        far = previous.x + sign * (CELL / 2 if previous.t is not None else 16)
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

    def _outgoing(self, stack: list[Any], level: int, backwards: bool) -> dict[str | None, float]:
        """The points where outputs leave the top row of a direction, by time step."""
        y = self._middle(level) - HEIGHT / 2
        order = self.steps[::-1] if backwards else self.steps
        given = order if self.returns_all else order[-1:]
        return {step.t: y for step in given}

    def _inputs(self) -> None:
        features = None if self.given is None else (self.given[0], *self.given[2:])
        if self.is_cell:
            features = self.given
        if self.meets:
            self._inputs_between(features)
            return
        starts = []
        level = 0
        for stack, _ in self.stacks:
            starts.append(self._middle(level) + HEIGHT / 2)
            level += len(stack)
        for column in self.steps:
            self._pill(column.x, self.base, f"x({column.t})", features)
            self._arrow((column.x, self.base - 14), (column.x, starts[0]))
            for start in starts[1:]:
                self._around(column.x, self.base - 14, start, -1)

    def _inputs_between(self, features: Any) -> None:
        for column in self.steps:
            self._between(column, f"x({column.t})", features, -1)
            x, below, above = column.x - SIDE, *self._facing()
            self._arrow((x, self.base + 20), (x, below))
            self._arrow((x, self.base - 14), (x, above))

    def _outputs_between(self, shape: Any) -> None:
        for column in self.steps:
            self._between(column, f"y({column.t})", shape, 1)
            x, below, above = column.x + SIDE, *self._facing()
            self._arrow((x, below), (x, self.base + 20))
            self._arrow((x, above), (x, self.base - 14))

    def _facing(self) -> tuple[float, float]:
        """The edges of both rows' cells that face each other: the lower row's, the upper row's."""
        return self._middle(0) - HEIGHT / 2, self._middle(1) + HEIGHT / 2

    def _between(self, column: Step, text: str, shape: Any, sign: int) -> None:
        aside = max(SIDE, self._pill_width(text, shape) / 2 + 3)
        self._pill(column.x + sign * aside, self.base, text, shape)

    def _outputs(self, outputs: list[dict[str | None, float]]) -> None:
        shape = self.layer.output_shape
        shape = shape[0] if isinstance(shape, list) else shape
        one = (shape[0], *shape[2:]) if shape and self.returns_all else shape
        y = self.top + 24
        if len(outputs) > 1 and not self.returns_all:
            self._merged_last(outputs, shape, y)
            return
        if self.meets:
            self._outputs_between(one)
            return
        for column in self.steps:
            sources = [found[column.t] for found in outputs if column.t in found]
            if not sources:
                continue
            name = "h" if len(outputs) == 1 else "y"
            self._pill(column.x, y, f"{name}({column.t})", one)
            self._arrow((column.x, sources[-1]), (column.x, y + 20))
            for source in sources[:-1]:
                self._around(column.x, source, y + 20, 1)

    def _merged_last(self, outputs: list[dict[str | None, float]], shape: Any, y: float) -> None:
        """Merge both directions' last outputs, which lie at opposite ends of the sequence."""
        (first,), (second,) = outputs
        ends = {step.t: step.x for step in self.steps}
        middle = (self.steps[0].x + self.steps[-1].x) / 2
        self._pill(middle, y, self.merge or "two outputs", shape)
        wide = self._pill_width(self.merge or "two outputs", shape) / 2
        for t, source, sign in ((second, outputs[1][second], -1), (first, outputs[0][first], 1)):
            x = ends[t]
            start = [(x, source)]
            if source == outputs[0][first]:  # around the row above and the states that enter it
                side, up = x + sign * (CELL / 2 + TAIL + 24), source - 14
                start = [(x + SIDE, source), (x + SIDE, up), (side, up)]
            turn, _ = start[-1]
            end = middle + math.copysign(wide, x - middle if x != middle else sign)
            self._line([*start, (turn, y), (end, y)])

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
            both = " of each direction" if len(self.stacks) > 1 else ""
            self._text(MARGIN, y, f"{count}, {same}{both}", "start", self.theme.quiet)

    def _reason(self) -> list[str]:
        """Why the output has its shape, in sentences."""
        given, output = self.layer.input_shape, self.layer.output_shape
        if given is None or output is None:
            return []
        text: str = self.layer.layer.shape_reason(given, output)
        return [f"{sentence.rstrip('.')}." for sentence in text.split(". ") if sentence]

    # -- pieces -------------------------------------------------------------------------------

    def _middle(self, level: int) -> float:
        if self.meets:
            return self.base + (-1 if level else 1) * BETWEEN_DIRECTIONS
        return self.base - 60 - HEIGHT / 2 + 20 - level * ROW

    def _pill_width(self, text: str, shape: Any) -> float:
        below = "" if shape is None else str(shape)
        return max(54.0, text_width(text) + 20, text_width(below, SMALL) + 20)

    def _pill(self, x: float, y: float, text: str, shape: Any) -> None:
        below = "" if shape is None else str(shape)
        width = self._pill_width(text, shape)
        self.shapes.append(
            Rect(x=x - width / 2, y=y - 14, width=width, height=34 if below else 24, radius=12,
                 fill=self.theme.raised, stroke=self.theme.line)
        )  # fmt: skip
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

    def _around(self, x: float, start: float, end: float, sign: int) -> None:
        """A path around a cell, from below it to above it or the other way."""
        side = x + sign * (CELL / 2 + 10)
        self._line([(x, start), (x, start - 8), (side, start - 8), (side, end + 10),
                    (x + sign * 16, end + 10), (x + sign * 16, end)])  # fmt: skip

    def _line(self, points: list[tuple[float, float]]) -> None:
        points = [p for i, p in enumerate(points) if i == 0 or p != points[i - 1]]
        (x0, y0), (x1, y1) = points[-2:]
        length = math.hypot(x1 - x0, y1 - y0) or 1.0
        short = (x1 - 6 * (x1 - x0) / length, y1 - 6 * (y1 - y0) / length)
        commands: list[tuple[str | float, ...]] = [("M", *points[0])]
        commands += [("L", *point) for point in (*points[1:-1], short)]
        self.shapes.append(Path(commands=tuple(commands), stroke=self.theme.line))
        self.shapes.append(arrowhead(x1, y1, x1 - x0, y1 - y0, self.theme.line))
