"""Merging layers."""

from __future__ import annotations

from typing import Any

from _notation import Case, case, integers, tensor

SAME = [tensor(4, 3), tensor(4, 3)]
BROADCAST = [
    [tensor(4, 3), tensor(1, 3)],
    [tensor(4, 3), tensor(3)],
    [tensor(3), tensor(4, 3)],
    [tensor(None, 3), tensor(4, 3)],
    [tensor(None, 3), tensor(None, 3)],
    [tensor(2, 4, 3), tensor(3), tensor(4, 3)],
    [tensor(4, 3, batch=2), tensor(4, 3)],
    [tensor(4, 3, batch=2), tensor(4, 3, batch=1)],
]
WRONG: list[Any] = [
    [tensor(4, 3), tensor(2, 3)],
    [tensor(4, 3, batch=2), tensor(4, 3, batch=3)],
    [tensor(4, 3)],
    tensor(4, 3),
    [],
]
DTYPES = [
    [tensor(3), tensor(3, dtype="float16")],
    [integers(3), integers(3)],
    [integers(3), tensor(3)],
]


def elementwise() -> list[Case]:
    """Cases which every elementwise merging layer gets."""
    inputs = [SAME, [*SAME, tensor(4, 3)], *BROADCAST, *WRONG, *DTYPES]
    return [
        *(case({}, each) for each in inputs),
        case({"dtype": "mixed_float16"}, SAME),
        case({"name": "merged"}, SAME),
        case({"axis": 1}, SAME),
        case({}, [tensor(), tensor()]),
        case({}, [tensor(1), tensor()]),
    ]


def concatenate(axis: int | None, *inputs: Any) -> Case:
    """A concatenation along an axis; None leaves the default."""
    return case({} if axis is None else {"axis": axis}, list(inputs))


CASES: dict[str, list[Case]] = {
    **{
        name: elementwise()
        for name in ("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract")
    },
    "Concatenate": [
        concatenate(None, tensor(4, 3), tensor(4, 5)),
        concatenate(1, tensor(4, 3), tensor(2, 3)),
        concatenate(-2, tensor(4, 3), tensor(2, 3), tensor(7, 3)),
        concatenate(0, tensor(3, batch=2), tensor(3, batch=5)),
        concatenate(0, tensor(3), tensor(3)),
        concatenate(1, tensor(None, 3), tensor(2, 3)),
        concatenate(2, tensor(None, 3), tensor(4, 3)),
        concatenate(-1, tensor(3, None), tensor(3, 4)),
        concatenate(None, tensor(4, 3), tensor(3, 3)),
        concatenate(None, tensor(4, 3), tensor(3)),
        concatenate(3, tensor(4, 3), tensor(4, 3)),
        concatenate(-4, tensor(4, 3), tensor(4, 3)),
        concatenate(None, tensor(4, 3)),
        concatenate(None),
        concatenate(None, integers(3), integers(4)),
        concatenate(None, integers(3), tensor(4)),
        concatenate(None, tensor(4, 3, batch=2), tensor(4, 3, batch=3)),
        case({}, tensor(4, 3)),
        case({"axis": None}, SAME),
        case({"dtype": "mixed_bfloat16"}, SAME),
        case({"axis": 1, "name": "joined"}, [tensor(1, 2, 3), tensor(5, 2, 3)]),
        case({}, [tensor(1, 1, 1), tensor(1, 2, 3)]),
    ],
    "Dot": [
        case({"axes": 1}, [tensor(4), tensor(4)]),
        case({"axes": -1}, [tensor(4), tensor(4)]),
        case({"axes": -1, "normalize": True}, [tensor(4), tensor(4)]),
        case({"axes": 2}, [tensor(5, 4), tensor(6, 4)]),
        case({"axes": [2, 1]}, [tensor(5, 4), tensor(4, 6)]),
        case({"axes": (1, 2)}, [tensor(4, 5), tensor(6, 4)]),
        case({"axes": (2, 1)}, [tensor(5, 4), tensor(4)]),
        case({"axes": (1, 2)}, [tensor(4), tensor(5, 4)]),
        case({"axes": (3, 1)}, [tensor(2, 5, 4), tensor(4, 6)]),
        case({"axes": 1}, [tensor(None, 4), tensor(None, 6)]),
        case({"axes": 2}, [tensor(None, 4), tensor(7, 4)]),
        case({"axes": [2, 1], "dtype": "mixed_float16"}, [tensor(5, 4), tensor(4, 6)]),
        case({"axes": 1}, [tensor(4), tensor(5)]),
        case({"axes": 0}, [tensor(4), tensor(4)]),
        case({"axes": 1}, [tensor(4), tensor(4), tensor(4)]),
        case({"axes": 1}, tensor(4)),
        case({"axes": "a"}, [tensor(4), tensor(4)]),
        case({"axes": [1, 2, 3]}, [tensor(4), tensor(4)]),
        case({"axes": 1}, [integers(4), integers(4)]),
        case({"axes": 1}, [tensor(), tensor(4)]),
        case({"axes": 3}, [tensor(4), tensor(4)]),
    ],
}
