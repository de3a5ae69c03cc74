"""Python's method resolution order: the order in which classes are searched for an attribute."""

from __future__ import annotations

from collections import Counter
from typing import Any


def merged(orders: list[list[Any]], bases: list[Any]) -> list[Any]:
    """C3: each class before its bases, and bases in order.

    If there is no such order, which is an error in Python, the classes are in the order of their
    first appearance.
    """
    rows = [[id(cls) for cls in order] for order in (*orders, bases)]
    classes = {id(cls): cls for order in (*orders, bases) for cls in order}
    waiting = Counter([key for row in rows for key in row[1:]])  # rows with a class before it
    heads = [0] * len(rows)
    merged: list[Any] = []
    while len(merged) < len(classes):
        for row, head in zip(rows, heads, strict=True):
            if head < len(row) and not waiting[row[head]]:
                break
        else:
            return list(classes.values())
        key = row[head]
        merged.append(classes[key])
        for index, row in enumerate(rows):
            if heads[index] < len(row) and row[heads[index]] == key:
                heads[index] += 1
                if heads[index] < len(row):
                    waiting[row[heads[index]]] -= 1
    return merged
