"""Labels of data sets: arrays of which the different elements are known, but not each element."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.language.run import Run
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.libraries.numpy.sizes import product

# Functions of one or several arrays whose results have all their elements, and no others.
KEEPING = ("append", "concatenate", "expand_dims", "flip", "repeat", "roll", "squeeze", "stack")


class Classes:
    """The elements of an array are numbers of classes from 0 on, and each number is among them.

    Arrays that show all elements of one array share this object.
    """

    __slots__ = ("number",)

    def __init__(self, number: int | None) -> None:
        self.number = number  # None once the elements may have changed


def shared(shape: tuple[Any, ...], base: Any) -> Classes | None:
    """The classes of an array that shows all elements of the array `base`; None for others."""
    classes: Classes | None = base.classes
    return classes if classes is not None and product(shape) == product(base.shape) else None


def number_of_classes(value: Any) -> int | None:
    """The number of classes of an array of labels; None for other values."""
    classes = getattr(value, "classes", None)
    return classes.number if isinstance(classes, Classes) else None


def label(array: Any, classes: int | None) -> None:
    """Note that a new array has the labels of this number of classes, if that is known."""
    array.classes = None if classes is None else Classes(classes)


def keeping_labels(function: Any) -> Native:
    """The function, whose result has the labels of all the arrays that it takes."""

    def call(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        result = run.call(function, args, kwargs, node)
        is_list = bool(args) and isinstance(args[0], list | tuple)
        arrays = args[0] if is_list else [value for value in args if hasattr(value, "shape")]
        numbers = [number_of_classes(array) for array in arrays]
        if hasattr(result, "classes") and numbers and None not in numbers:
            label(result, max(number for number in numbers if number is not None))
        return result

    return Native("labels", call, raw=True)
