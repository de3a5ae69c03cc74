"""Series of pandas, and the labels of a frame's columns."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.values.provided import Namespace, Native, words
from lstmcount.programs.libraries.numpy.arrays import Array, numbers_of
from lstmcount.programs.libraries.numpy.changes import forget, owner_of
from lstmcount.programs.libraries.numpy.sizes import sliced
from lstmcount.programs.libraries.numpy.stretching import unknown_array

# Methods whose result has as many rows, in the same order.
ELEMENTWISE = words("""
    fillna ffill bfill astype abs round clip replace shift diff pct_change cumsum cumprod
    interpolate rank isnull isna notnull notna applymap map isin infer_objects convert_dtypes
""")
MOVING = ("rolling", "ewm", "expanding")  # whose methods give as many rows
_OF_MOVING = words("mean std var sum min max median corr skew kurt quantile count")
PLAIN = (bool, int, float, str)


class Index:
    """The labels of rows, which are only equal to themselves."""


def range_index(size: Any) -> Any:
    """The index of a new table of that size: two of one size are equal."""
    return ("range", size) if isinstance(size, int) else Index()


class Series(Array):
    """A series. Its rows are aligned with those of other series that have the same index."""

    __slots__ = ("index", "label")

    def __init__(self, size: Any, data: Any = None, index: Any = None, label: Any = None) -> None:
        super().__init__((size,), data)
        self.index = range_index(size) if index is None else index
        self.label = label

    def copied(self, run: Run, node: ast.AST) -> Any:
        return Series(self.shape[0], self.data and list(self.data), self.index, self.label)

    def plain(self) -> Array:
        return Array(self.shape, self.data)

    def with_rows(self, rows: Any) -> Series:
        return Series(rows, None, Index(), self.label)

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        if name in ("shape", "ndim", "size"):
            return super().attribute(run, name, node)
        if name == "values":
            return self.plain()
        if name == "index":
            return Array(self.shape)
        if name == "iloc":
            return _Positions(self)
        if name == "name":
            return self.label if isinstance(self.label, str) else MISSING
        method = METHODS.get(name)
        if method is None:
            return MISSING

        def call(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
            return method(run, self, name, args, kwargs, node)

        return Native(name, call, raw=True)

    def item(self, run: Run, key: Any, node: ast.AST) -> Any:
        if isinstance(key, slice):
            return self.rows(run, key, node)
        if isinstance(key, Array):
            return Series(run.unknown(f"len({run.source_of(node)})"), index=Index())
        if isinstance(key, list) and key and all(type(each) in (int, str) for each in key):
            return Series(len(key), index=Index())
        is_row = self.index == ("range", self.shape[0]) and type(key) is int and key >= 0
        if is_row and isinstance(self.data, list) and key < len(self.data):
            return self.data[key]
        return run.unknown(run.source_of(node))

    def contains(self, run: Run, value: Any, node: ast.AST) -> Any:
        return run.unknown(run.source_of(node))  # which looks for it among the rows' labels

    def rows(self, run: Run, key: slice, node: ast.AST) -> Series:
        """The rows at these positions."""
        size = sliced(self.shape[0], key, run, node)
        data = self.data[key] if isinstance(self.data, list) and isinstance(size, int) else None
        return Series(size, data, self.index if key == slice(None) else Index(), self.label)

    def set_item(self, run: Run, key: Any, new: Any, node: ast.AST) -> Any:
        is_inside = self.index == ("range", self.shape[0]) and type(key) is int
        is_row = is_inside and isinstance(key, int) and 0 <= key < self.shape[0]
        if not is_row and not isinstance(key, slice | Array):  # which may add a row
            self.shape = (run.unknown(f"len({run.source_of(owner_of(node))})"),)
            self.data = None
        if self.label is not None:  # whether this changes a frame depends on the version of pandas
            forget(run, self, node)
        return super().set_item(run, key, new, node)

    def binary(self, run: Run, op: type[ast.operator], left: Any, right: Any, node: ast.AST) -> Any:
        other = right if left is self else left
        if isinstance(other, Series) and other.index != self.index:
            return run.unknown(run.source_of(node))
        is_number = isinstance(other, int | float | Series | Array | list)
        if not is_number and unknown_array(run, [left, right], node) is not None:
            return run.unknown(run.source_of(node))
        if isinstance(other, Array) and len(other.shape) != 1:
            return run.unknown(run.source_of(node))
        result = super().binary(run, op, left, right, node)
        is_same = isinstance(result, Array) and result.shape == self.shape
        return Series(self.shape[0], result.data, self.index, self.label) if is_same else result

    def unary(self, run: Run, op: type[ast.unaryop], node: ast.AST) -> Any:
        return Series(self.shape[0], None, self.index, self.label)


class _Positions(Namespace):
    """`series.iloc`."""

    def __init__(self, series: Series) -> None:
        super().__init__({})
        self.series = series

    def item(self, run: Run, key: Any, node: ast.AST) -> Any:
        if isinstance(key, slice):
            return self.series.rows(run, key, node)
        data = self.series.data
        is_known = isinstance(data, list) and type(key) is int and -len(data) <= key < len(data)
        return data[key] if is_known else run.unknown(run.source_of(node))

    def set_item(self, run: Run, key: Any, new: Any, node: ast.AST) -> Any:
        return Array.set_item(self.series, run, key, new, node)


class Labels(Array):
    """`frame.columns`."""

    __slots__ = ()

    def __init__(self, labels: list[Any]) -> None:
        super().__init__((len(labels),), list(labels))

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        own = {
            "difference": self._difference,
            "drop": self._drop,
            "get_loc": self._get_loc,
            "isin": self._isin,
        }
        if name in own:
            return Native(name, own[name])
        return super().attribute(run, "tolist" if name == "to_list" else name, node)

    def compare(self, run: Run, op: type[ast.cmpop], left: Any, right: Any, node: ast.AST) -> Any:
        other = right if left is self else left
        if op not in (ast.Eq, ast.NotEq) or not isinstance(other, str):
            return super().compare(run, op, left, right, node)
        return _Mask([(label == other) is (op is ast.Eq) for label in self.data])

    def _isin(self, others: Any) -> _Mask:
        return _Mask([label in listed(others) for label in self.data])

    def item(self, run: Run, key: Any, node: ast.AST) -> Any:
        if isinstance(key, slice):
            return Labels(self.data[key])
        if isinstance(key, list) and all(type(each) is int for each in key):
            return Labels([self.data[each] for each in key])
        is_known = type(key) is int
        return super().item(run, key, node) if is_known else run.unknown(run.source_of(node))

    def _difference(self, others: Any) -> Labels:
        return Labels(sorted({*self.data} - {*listed(others)}))

    def _drop(self, others: Any) -> Labels:
        return Labels([label for label in self.data if label not in listed(others)])

    def _get_loc(self, label: Any) -> int:
        place: int = self.data.index(label)
        return place


class _Mask(Array):
    """Which columns are chosen."""

    __slots__ = ()

    def __init__(self, chosen: list[bool]) -> None:
        super().__init__((len(chosen),), chosen)

    def unary(self, run: Run, op: type[ast.unaryop], node: ast.AST) -> Any:
        is_not = op is ast.Invert
        return _Mask([not each for each in self.data]) if is_not else Array(self.shape)


def listed(labels: Any) -> list[Any]:
    """One label, or several, as a list."""
    if isinstance(labels, Array):
        return labels.data if isinstance(labels.data, list) else []
    return list(labels) if isinstance(labels, list | tuple) else [labels]


def distinct(data: Any) -> list[Any] | None:
    """The different values that are not missing, sorted; None if they are not known."""
    is_known = isinstance(data, list) and all(type(each) in PLAIN for each in data)
    if not is_known or any(each != each for each in data):
        return None
    try:
        return sorted({*data})
    except TypeError:
        return None


# -- methods --------------------------------------------------------------------------------------


def _elementwise(run: Run, series: Series, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    if kwargs.get("inplace", False) is not False:
        series.data = None
        return None
    return Series(series.shape[0], None, series.index, series.label)


def _copy(run: Run, series: Series, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return series.copied(run, node)


def _array(run: Run, series: Series, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    is_plain = not args and not kwargs
    return series.plain() if is_plain else Array(series.shape)


def _tolist(run: Run, series: Series, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    is_known = isinstance(series.data, list)
    return list(series.data) if is_known else run.unknown(run.source_of(node))


def _unique(run: Run, series: Series, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    found = distinct(series.data)
    if found is None or kwargs:
        return run.unknown(run.source_of(node))
    return (
        len(found) if name == "nunique" else Array((len(found),), list(dict.fromkeys(series.data)))
    )


def _counts(run: Run, series: Series, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    found = distinct(series.data)
    is_known = found is not None and not kwargs.keys() - {"normalize", "ascending", "sort"}
    return Series(len(found or ()), index=Index()) if is_known else run.unknown(run.source_of(node))


def _ends(run: Run, series: Series, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return series.rows(run, end_of_table(name, args, kwargs), node)


def end_of_table(name: str, args: list[Any], kwargs: dict[str, Any]) -> slice:
    """The rows that `head(n=5)` or `tail(n=5)` takes."""
    number = args[0] if args else kwargs.get("n", 5)
    if name == "head":
        return slice(None, number)
    is_some = not isinstance(number, int) or number
    return slice(-number, None) if is_some else slice(0, 0)


def unknown_rows(run: Run, kwargs: dict[str, Any], node: ast.AST) -> Any:
    """The number of rows after a method, of the table itself if that changes in place."""
    return run.unknown(f"len({run.source_of(owner_of(node) if 'inplace' in kwargs else node)})")


def moving(table: Any) -> Namespace:
    """`table.rolling(n)`: its methods give a table of the same size."""
    same = Native("moving", lambda *args, **kwargs: table)
    return Namespace(dict.fromkeys(_OF_MOVING, same))


def _moving(run: Run, series: Series, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return moving(Series(series.shape[0], None, series.index, series.label))


def _changed(run: Run, series: Series, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """A method that may give another number of rows, or change that of the series itself."""
    if name == "update" or kwargs.get("inplace", False) is not False:
        series.shape = (run.unknown(f"len({run.source_of(owner_of(node))})"),)
        series.data, series.index = None, Index()
        return None
    return series.with_rows(unknown_rows(run, kwargs, node))


def _sorted(run: Run, series: Series, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    if kwargs.get("inplace", False) is not False:
        series.data, series.index = None, Index()
        return None
    return series.with_rows(series.shape[0])


def _reset(run: Run, series: Series, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    is_plain = not args and kwargs == {"drop": True}
    made = Series(series.shape[0], series.data, None, series.label) if is_plain else None
    return run.unknown(run.source_of(node)) if made is None else made


def _reduced(run: Run, series: Series, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    numbers = numbers_of(series) if not args and not kwargs else None
    is_known = numbers and all(type(number) is int for number in numbers)
    if not numbers or not is_known:
        return run.unknown(run.source_of(node))
    return sum(numbers) if name == "sum" else max(numbers) if name == "max" else min(numbers)


def _number(run: Run, series: Series, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """A number that is not computed."""
    return run.unknown(run.source_of(node))


METHODS: dict[str, Any] = {
    **dict.fromkeys(("mean", "std", "var", "median", "count", "prod", "any", "all"), _number),
    **dict.fromkeys(ELEMENTWISE, _elementwise),
    **dict.fromkeys(MOVING, _moving),
    **dict.fromkeys(("head", "tail"), _ends),
    **dict.fromkeys(("unique", "nunique"), _unique),
    **dict.fromkeys(("tolist", "to_list"), _tolist),
    **dict.fromkeys(("max", "min", "sum"), _reduced),
    **dict.fromkeys(("dropna", "drop_duplicates", "drop", "sample", "update"), _changed),
    **dict.fromkeys(("sort_values", "sort_index"), _sorted),
    "reset_index": _reset,
    "copy": _copy,
    "to_numpy": _array,
    "value_counts": _counts,
}
