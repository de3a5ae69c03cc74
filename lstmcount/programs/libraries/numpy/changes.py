"""Changes of arrays in place: `a[0] = 5`, `a += 1`, `a.sort()`, `np.random.shuffle(a)`."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.structures import MAX_EFFORT
from lstmcount.shapes import Unknown

MAX_NAMED = 100  # elements of a row that have an unknown each
_NUMBERS = (bool, int, float)


def copied(data: Any) -> Any:
    """Nested lists whose rows a program may change without changing those of the original.

    >>> rows = [[1, 2], [3, 4]]
    >>> other = copied(rows)
    >>> other[0][0] = 9
    >>> rows
    [[1, 2], [3, 4]]
    """
    return [copied(item) for item in data] if isinstance(data, list | tuple) else data


def forget(run: Run, array: Any, node: ast.AST) -> None:
    """Make the elements of an array unknown, and those of the arrays that it shows a part of."""
    words = run.source_of(owner_of(node))
    while array is not None:
        if array.classes is not None:
            array.classes.number = None
        if isinstance(array.data, list):
            _forget_row(run, array.data, words, node)
        elif array.data is not None:
            array.data = None
        array = array.base


def forget_elements(run: Run, listed: list[Any], node: ast.AST) -> None:
    """Make the elements of a list unknown, whose expression is `node`, unless all are equal."""
    run.spend(8 * len(listed), node)
    if any(element != listed[0] for element in listed):
        words = run.source_of(node)
        listed[:] = [run.unknown(f"{words}[{at}]") for at in range(len(listed))]


def owner_of(node: ast.AST) -> ast.AST:
    """The expression of the array that a statement or a call changes."""
    match node:
        case ast.Subscript(value=array) | ast.Attribute(value=array) | ast.AugAssign(target=array):
            return array
        case ast.Call(func=ast.Attribute(value=array)):
            return array
    return node


def _forget_row(run: Run, row: list[Any], words: str, node: ast.AST) -> None:
    """Replace each element by an unknown: `a[1]`, or `a[...]` in a long row."""
    todo = [(row, words)]
    while todo:
        row, words = todo.pop()
        run.spend(8 * len(row), node)
        rest = run.unknown(f"{words}[...]")
        for at, item in enumerate(row):
            if isinstance(item, list):
                todo.append((item, f"{words}[{at}]"))
            else:
                row[at] = run.unknown(f"{words}[{at}]") if len(row) <= MAX_NAMED else rest


def _fill(run: Run, rows: list[Any], element: Any, node: ast.AST) -> None:
    """Replace every element in nested lists."""
    todo = [rows]
    while todo:
        row = todo.pop()
        run.spend(len(row), node)
        for at, item in enumerate(row):
            if isinstance(item, list):
                todo.append(item)
            else:
                row[at] = element


def set_element(run: Run, array: Any, key: Any, new: Any, node: ast.AST) -> None:
    """`array[key] = new`. Elements are followed if integers select one of them, or one row."""
    if array.data is None and (array.base is not None or array.classes is not None):
        forget(run, array, node)
    if not isinstance(array.data, list):
        array.data = None
        return
    *outer, last = key if isinstance(key, tuple) and key else (key,)
    row: Any = array.data
    for part in outer:
        row = _at(row, part)
    old = _at(row, last)
    new = new.data if isinstance(old, list) and hasattr(new, "data") else new
    if isinstance(old, list) and isinstance(new, _NUMBERS):
        _fill(run, old, _of_kind(array.data, new), node)
    elif _fits(old, new):
        old[:] = [_of_kind(array.data, number) for number in new]
    elif old is MISSING or isinstance(old, list | str) or not isinstance(new, (*_NUMBERS, Unknown)):
        forget(run, array, node)
    else:
        row[last] = _of_kind(array.data, new)


def _fits(row: Any, numbers: Any) -> bool:
    """Whether both are lists of as many numbers."""
    both = isinstance(row, list) and isinstance(numbers, list) and len(row) == len(numbers)
    return both and all(isinstance(number, _NUMBERS) for number in (*row, *numbers))


def _at(row: Any, key: Any) -> Any:
    """The element of a list at an integer; MISSING if there is none."""
    is_there = isinstance(row, list) and type(key) is int and -len(row) <= key < len(row)
    return row[key] if is_there else MISSING


def _of_kind(data: list[Any], new: Any) -> Any:
    """A number as an array of these elements keeps it: one of integers cuts off fractions."""
    first: Any = data
    while isinstance(first, list):
        first = first[0]
    return int(new) if type(first) is int and isinstance(new, float) else new


def replace(run: Run, array: Any, result: Any, node: ast.AST) -> None:
    """Give an array the elements of another one with the same shape."""
    if isinstance(array.data, list) and isinstance(result.data, list):
        run.spend(min(len(result.data), MAX_EFFORT), node)
        array.data[:] = [_of_kind(array.data, new) for new in result.data]
    else:
        forget(run, array, node)
