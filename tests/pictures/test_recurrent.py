"""Recurrent layers over time, and their cells."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import Any

import pytest

from lstmcount import LstmcountError, summarize
from lstmcount.graph.recurrence import chosen, has_cell
from lstmcount.pictures import cell, unroll
from lstmcount.pictures.shapes import Group, Path, Picture, Rect, Shape, Text, text_width
from lstmcount.renderers.themes import THEMES
from tests.pictures.drawn import as_xml

LSTM = {"LSTM": {"units": 12}}
GRU = {"GRU": {"units": 12}}
EARLY = {"GRU": {"units": 12, "reset_after": False}}
SIMPLE = {"SimpleRNN": {"units": 12, "activation": "linear"}}
BOTH = {"Bidirectional": {"layer": {"GRU": {"units": 12}}}}
BOTH_ALL = {"Bidirectional": {"layer": {"LSTM": {"units": 12, "return_sequences": True}}}}
STACKED = {"RNN": {"cell": [{"LSTMCell": {"units": 3}}, {"GRUCell": {"units": 5}}]}}
EVERY = [LSTM, GRU, EARLY, SIMPLE, BOTH, BOTH_ALL, STACKED]


def layer_of(layer: dict[str, Any], timesteps: int | None = 7) -> Any:
    return chosen(summarize({"input_shape": [timesteps, 80], "layers": [layer]}), None, "")


def all_shapes(shapes: tuple[Shape, ...]) -> list[Shape]:
    found: list[Shape] = []
    for shape in shapes:
        found.append(shape)
        if isinstance(shape, Group):
            found += all_shapes(shape.shapes)
    return found


def texts(shown: Picture) -> list[str]:
    found = [each for each in all_shapes(shown.shapes) if isinstance(each, Text)]
    return [f"{each.lead} {each.text}".strip() for each in found]


def kinds(shown: Picture, kind: str) -> list[Group]:
    found = all_shapes(shown.shapes)
    return [each for each in found if isinstance(each, Group) and each.kind == kind]


# -- cells ------------------------------------------------------------------------------------


def drawn_cell(layer: dict[str, Any]) -> Picture:
    return cell.picture(layer_of(layer), THEMES["light"])


@pytest.mark.parametrize(
    ("layer", "gates", "operations"),
    [
        (LSTM, 4, ["+", "tanh", "⊙", "⊙", "⊙"]),
        (GRU, 3, ["+", "1−", "⊙", "⊙"]),
        (EARLY, 3, ["+", "1−", "⊙", "⊙"]),
        (SIMPLE, 1, []),
        (BOTH, 3, ["+", "1−", "⊙", "⊙"]),
        (STACKED, 7, ["+", "+", "1−", "tanh", "⊙", "⊙", "⊙", "⊙", "⊙"]),
    ],
)
def test_gates_and_operations(layer: dict[str, Any], gates: int, operations: list[str]) -> None:
    shown = drawn_cell(layer)
    as_xml(shown)
    assert len(kinds(shown, "gate")) == gates
    found = [str(texts_of(group)[0]) for group in kinds(shown, "operation")]
    assert sorted(found) == operations


def texts_of(group: Group) -> list[str]:
    return [shape.text for shape in group.shapes if isinstance(shape, Text)]


@pytest.mark.parametrize(
    ("layer", "lines"),
    [
        (LSTM, ["f(t) = sigmoid(W_f·x(t) + U_f·h(t-1) + b_f)",
                "W_f [12×80], U_f [12×12], b_f [12×1]"]),
        (GRU, ["h̃(t) = tanh(W_h·x(t) + b_h + r(t)⊙(U_h·h(t-1) + b′_h))",
               "W_h [12×80], U_h [12×12], b_h [12×1], b′_h [12×1]"]),
        (EARLY, ["h̃(t) = tanh(W_h·x(t) + U_h·(r(t)⊙h(t-1)) + b_h)"]),
        (SIMPLE, ["h(t) = W·x(t) + U·h(t-1) + b", "W [12×80], U [12×12], b [12×1]"]),
    ],
)  # fmt: skip
def test_the_notation_is_that_of_explain(layer: dict[str, Any], lines: list[str]) -> None:
    assert set(lines) <= set(texts(drawn_cell(layer)))


def test_the_count_is_that_of_the_layer() -> None:
    total = "4·((features + units)·units + units) = 4·((80 + 12)·12 + 12) = 4,464 parameters"
    assert total in texts(drawn_cell(LSTM))


def test_gates_say_where_they_are_stored() -> None:
    titles = {group.title for group in kinds(drawn_cell(LSTM), "gate")}
    assert (
        "W_f is columns 12 to 23 of kernel; U_f is columns 12 to 23 of recurrent_kernel; "
        "b_f is columns 12 to 23 of bias"
    ) in titles


@pytest.mark.parametrize("layer", EVERY)
def test_nothing_of_a_cell_overlaps(layer: dict[str, Any]) -> None:
    shown = drawn_cell(layer)
    boxes = [
        group.shapes[0] for kind in ("gate", "operation", "state") for group in kinds(shown, kind)
    ]
    assert_apart(shown, [box for box in boxes if isinstance(box, Rect)])


def test_the_cell_state_stays_above_the_output_gate() -> None:
    """Then the lines of c(t) and o(t) do not cross."""
    shown = [each for each in all_shapes(drawn_cell(LSTM).shapes) if isinstance(each, Text)]
    heights = {each.text.partition(" = ")[0]: each.y for each in shown}
    ordered = [["c(t-1)", "h(t-1)", "x(t)"], ["f(t)", "i(t)", "c̃(t)", "o(t)"],
               ["c(t)", "tanh", "h(t)"]]  # fmt: skip
    for names in ordered:
        assert sorted(names, key=heights.__getitem__) == names


def assert_apart(shown: Picture, boxes: list[Rect]) -> None:
    for i, a in enumerate(boxes):
        assert min(a.x, a.y) >= 0
        assert a.x + a.width <= shown.width
        assert a.y + a.height <= shown.height
        for b in boxes[i + 1 :]:
            beside = a.x + a.width <= b.x or b.x + b.width <= a.x
            assert beside or a.y + a.height <= b.y or b.y + b.height <= a.y


# -- over time --------------------------------------------------------------------------------


def unrolled(layer: dict[str, Any], steps: int, timesteps: int | None = 7) -> Picture:
    return unroll.picture(layer_of(layer, timesteps), THEMES["light"], steps)


@pytest.mark.parametrize("layer", EVERY)
@pytest.mark.parametrize("steps", [1, 3, 7, 9])
@pytest.mark.parametrize("timesteps", [None, 1, 7])
def test_every_layer_over_time(layer: dict[str, Any], steps: int, timesteps: int | None) -> None:
    shown = unrolled(layer, steps, timesteps)
    as_xml(shown)
    boxes = [group.shapes[0] for group in kinds(shown, "step")]
    assert_apart(shown, [box for box in boxes if isinstance(box, Rect)])


@pytest.mark.parametrize(
    ("steps", "timesteps", "shown"),
    [(3, 7, ["1", "2", "3", "7"]), (7, 7, list("1234567")), (9, 2, ["1", "2"]),
     (2, None, ["1", "2", "T"])],
)  # fmt: skip
def test_steps_in_the_middle_are_left_out(
    steps: int, timesteps: int | None, shown: list[str]
) -> None:
    found = texts(unrolled(LSTM, steps, timesteps))
    assert [text for text in found if text.startswith("t = ")] == [f"t = {t}" for t in shown]
    assert ("…" in found) == (len(shown) > steps)


def test_states_pass_from_step_to_step() -> None:
    found = texts(unrolled(LSTM, 3, 3))
    assert {"h(0)", "c(0)", "h(1)", "c(1)", "h(2)", "c(2)"} <= set(found)
    assert "c(3)" not in found
    assert "c(1)" not in texts(unrolled(GRU, 3, 3))


def test_return_sequences_draws_an_output_for_each_step() -> None:
    every = {"LSTM": {"units": 12, "return_sequences": True}}
    assert texts(unrolled(LSTM, 3, 3)).count("(None, 12)") == 1
    assert texts(unrolled(every, 3, 3)).count("(None, 12)") == 3


def test_return_state_draws_the_last_states() -> None:
    layer = {"LSTM": {"units": 12, "return_state": True}}
    assert {"h(3)", "c(3)"} <= set(texts(unrolled(layer, 3, 3)))


def test_the_second_direction_runs_backwards() -> None:
    found = texts(unrolled(BOTH_ALL, 3, 3))
    assert {"h(0)", "h(4)"} <= set(found)
    assert texts(unrolled(BOTH_ALL, 3, 3)).count("(None, 24)") == 3
    assert "concat" in texts(unrolled(BOTH, 3, 3))


# -- lines and labels -------------------------------------------------------------------------


Segment = tuple[tuple[float, float], tuple[float, float]]


def segments(shown: Picture) -> list[Segment]:
    """The straight pieces of all lines, without arrowheads."""
    found = []
    for shape in all_shapes(shown.shapes):
        if isinstance(shape, Path) and shape.stroke is not None:
            points = [(float(x), float(y)) for _, x, y in shape.commands]
            found += list(pairwise(points))
    return found


def crosses(one: Segment, other: Segment) -> bool:
    """Whether a horizontal and a vertical piece cross, not only touch."""
    for (a, b), (c, d) in ((one, other), (other, one)):
        if a[1] == b[1] and c[0] == d[0]:
            left, right = sorted((a[0], b[0]))
            low, high = sorted((c[1], d[1]))
            if left + 1 < c[0] < right - 1 and low + 1 < a[1] < high - 1:
                return True
    return False


BOTH_STATES = {
    "Bidirectional": {"layer": {"LSTM": {"units": 12, "return_sequences": False,
                                         "return_state": True}}}
}  # fmt: skip


def both(cells: list[Any], **arguments: Any) -> dict[str, Any]:
    return {"Bidirectional": {"layer": {"RNN": {"cell": cells, **arguments}}}}


STACKS = [
    both([{"LSTMCell": 3}, {"GRUCell": 5}]),
    both([{"LSTMCell": 3}, {"SimpleRNNCell": 5}, {"GRUCell": 2}], return_sequences=True),
    both([{"LSTMCell": 3}, {"LSTMCell": 3}], return_state=True),
]
UNEQUAL = {
    "Bidirectional": {
        "layer": {"RNN": {"cell": [{"LSTMCell": 4}, {"LSTMCell": 4}], "return_sequences": True}},
        "backward_layer": {"LSTM": {"units": 4, "return_sequences": True, "go_backwards": True}},
    }
}


@pytest.mark.parametrize("layer", [*EVERY, BOTH_STATES, *STACKS, UNEQUAL])
@pytest.mark.parametrize("steps", [1, 3, 7])
def test_no_line_crosses_another(layer: dict[str, Any], steps: int) -> None:
    shown = unroll.picture(layer_of(layer), THEMES["light"], steps)
    lines = segments(shown)
    assert [pair for pair in combinations(lines, 2) if crosses(*pair)] == []
    boxes = [each for each in all_shapes(shown.shapes) if isinstance(each, Rect)]
    assert_apart(shown, boxes)
    for box in boxes:
        outline = rectangle(box)
        assert [line for line in lines if any(crosses(line, side) for side in outline)] == []


def rectangle(box: Rect) -> list[Segment]:
    corners = [(box.x, box.y), (box.x + box.width, box.y),
               (box.x + box.width, box.y + box.height), (box.x, box.y + box.height)]  # fmt: skip
    return list(pairwise([*corners, corners[0]]))


def test_a_name_lies_within_its_cell() -> None:
    shown = unroll.picture(layer_of(STACKS[1]), THEMES["light"], 3)
    for step in kinds(shown, "step"):
        box, name, _ = step.shapes
        assert isinstance(box, Rect)
        assert isinstance(name, Text)
        assert text_width(name.lead, name.size, True) < box.width - 8


def test_two_directions_have_labels() -> None:
    words = texts(unroll.picture(layer_of(BOTH), THEMES["light"], 3))
    assert "forward_gru: from the first step to the last" in words
    assert "backward_gru: from the last step to the first" in words


@pytest.mark.parametrize("layer", [LSTM, GRU, EARLY, STACKED])
def test_gates_are_equally_wide(layer: dict[str, Any]) -> None:
    shown = cell.picture(layer_of(layer), THEMES["light"])
    outlines = [gate.shapes[0] for gate in kinds(shown, "gate")]
    widths = {outline.width for outline in outlines if isinstance(outline, Rect)}
    assert len(widths) <= (2 if layer is STACKED else 1)


def test_the_cell_of_a_layer_that_runs_over_frames() -> None:
    spec = {"input_shape": [5, 16, 16, 3],
            "layers": [{"ConvLSTM2D": {"filters": 8, "kernel_size": 3}}]}  # fmt: skip
    layer = chosen(summarize(spec), None, "", has_cell)
    shown = cell.picture(layer, THEMES["light"])
    assert "W_f [3×3×3×8], U_f [3×3×8×8], b_f [8×1]" in texts(shown)
    assert len(kinds(shown, "gate")) == 4
    with pytest.raises(LstmcountError, match="no layer is recurrent"):
        chosen(summarize(spec), None, "")
