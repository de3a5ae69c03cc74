"""Encoders of scikit-learn: the classes that they find in known labels decide sizes."""

from __future__ import annotations

import ast
import re
from typing import Any

from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.types.builtin_types import is_plain
from lstmcount.programs.language.values.natives import arguments_by_name
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.language.values.value import Value
from lstmcount.programs.libraries.numpy.arrays import Array, as_array, from_data
from lstmcount.programs.libraries.numpy.labels import number_of_classes

MAX_LABELS = 100_000
_LABEL_TYPES = (str, int)
# Options of vectorizers that do not change the words, but for the number of those that are kept.
_COUNTING_OPTIONS = {"max_features", "binary", "dtype", "norm", "use_idf", "smooth_idf"}


class Encoder(Value):
    """An encoder, and what it found in the labels that it was fitted to; None if not known."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        self.found: Any = None

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        method = {"fit": self._fit, "transform": self._transform, "fit_transform": self._both}
        if name in method:
            return Native(name, method[name], raw=True)
        return MISSING if self.found is None else self.of_found(name)

    def _fit(self, run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        data = _data(args, kwargs)
        run.weigh(node, data)
        self.found = self.learned(data)
        return self

    def _transform(self, run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        encoded = None if self.found is None else self.encoded(_data(args, kwargs))
        return run.unknown(run.source_of(node)) if encoded is None else encoded

    def _both(self, run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        self._fit(run, args, kwargs, node)
        return self._transform(run, args, kwargs, node)

    def learned(self, data: Any) -> Any:
        """What it finds in this data; None if that is not known."""
        return None

    def encoded(self, data: Any) -> Array | None:
        """The data in the form of the encoder."""
        return None

    def of_found(self, name: str) -> Any:
        """An attribute that tells what was found."""
        return from_data(self.found) if name == "classes_" else MISSING


def _data(args: list[Any], kwargs: dict[str, Any]) -> Any:
    return args[0] if args else kwargs.get("X", kwargs.get("y", kwargs.get("raw_documents")))


class _Labels(Encoder):
    """`LabelEncoder`: the number of each label's class."""

    def learned(self, data: Any) -> Any:
        classes = number_of_classes(data)
        return classes_of(labels_in(data)) if classes is None else list(range(classes))

    def encoded(self, data: Any) -> Array | None:
        numbers = {label: number for number, label in enumerate(self.found)}
        labels = labels_in(data)
        if labels is not None and numbers.keys() >= {*labels}:
            return from_data([numbers[label] for label in labels])
        return Array((size,)) if (size := _length(data)) is not None else None


class _Columns(_Labels):
    """`LabelBinarizer`: a column for each class, but one for two classes."""

    def encoded(self, data: Any) -> Array | None:
        size = _length(data)
        columns = len(self.found) if len(self.found) > 2 else 1
        return None if size is None else Array((size, columns))


class _Sets(Encoder):
    """`MultiLabelBinarizer`: a column for each class that is in any of the sets of labels."""

    def learned(self, data: Any) -> Any:
        given = self.options.get("classes")
        rows = data if isinstance(data, list | tuple) else [None]
        known = [list(row) if isinstance(row, list | tuple | set) else None for row in rows]
        if given is not None or None in known:
            return None
        return classes_of([label for row in known for label in row or ()])

    def encoded(self, data: Any) -> Array | None:
        size = _length(data)
        return None if size is None else Array((size, len(self.found)))


class _OneHot(Encoder):
    """`OneHotEncoder`: a column for each category of each column."""

    def learned(self, data: Any) -> Any:
        given = self.options.get("categories", "auto")
        is_merging = self.options.keys() & {"min_frequency", "max_categories"}
        if is_merging or self.options.get("drop") not in (None, "first"):
            return None
        is_auto = isinstance(given, str) and given == "auto"
        columns = (columns_of(data) or [None]) if is_auto else given
        known = list(map(labels_in, columns if isinstance(columns, list) else [None]))
        if is_auto and isinstance(data, Array) and data.shape[1:] == (1,):
            classes = number_of_classes(data)
            known = known if classes is None else [[*range(classes)]]
        categories = [classes_of(labels) for labels in known] if is_auto else known
        return categories if categories and None not in categories else None

    def encoded(self, data: Any) -> Array | None:
        size, dropped = _length(data), 1 if self.options.get("drop") == "first" else 0
        columns = sum(len(categories) - dropped for categories in self.found)
        return None if size is None else Array((size, columns))

    def of_found(self, name: str) -> Any:
        return [from_data(each) for each in self.found] if name == "categories_" else MISSING


class _Fixed(Encoder):
    """An object that makes arrays with a number of columns that its options tell: `PCA`."""

    def learned(self, data: Any) -> Any:
        number = self.options.get("n_components")
        return number if type(number) is int and isinstance(as_array(data), Array) else None

    def encoded(self, data: Any) -> Array | None:
        size = _length(data)
        return None if size is None else Array((size, self.found))

    def of_found(self, name: str) -> Any:
        return self.found if name == "n_components_" else MISSING


class _Words(Encoder):
    """`CountVectorizer` and `TfidfVectorizer`: a column for each word of at least two letters."""

    def learned(self, data: Any) -> Any:
        most = self.options.get("max_features")
        texts = labels_in(data)
        is_text = texts is not None and all(isinstance(text, str) for text in texts)
        if self.options.keys() - _COUNTING_OPTIONS or type(most) not in (int, type(None)):
            return None
        found = {word for text in texts or () for word in re.findall(r"\b\w\w+\b", text.lower())}
        return sorted(found)[:most] if is_text and found else None

    def encoded(self, data: Any) -> Array | None:
        size = _length(data)
        return None if size is None else Array((size, len(self.found)))

    def of_found(self, name: str) -> Any:
        if self.options.get("max_features") is not None:  # which words are left is not computed
            return MISSING
        if name == "get_feature_names_out":
            return Native(name, lambda: from_data(self.found))
        numbers = {word: number for number, word in enumerate(self.found)}
        return numbers if name == "vocabulary_" else MISSING


def labels_in(data: Any) -> list[Any] | None:
    """The labels in a list, or in an array or a column of it; None if they are not known."""
    if isinstance(data, Array):
        row = data.base  # of which the array may be a column
        if row is not None and data.data is None and data.shape == (*row.shape, 1):
            data = row
        data = data.data if len(data.shape) == 1 else None
    is_list = isinstance(data, list | tuple) and len(data) <= MAX_LABELS
    return list(data) if is_list and is_plain(data) else None


def classes_of(labels: list[Any] | None) -> list[Any] | None:
    """The different labels in order, if all are text or all are whole numbers; else None.

    >>> classes_of(["b", "a", "b"]), classes_of([3, 1, 3]), classes_of([1, "a"]), classes_of([])
    (['a', 'b'], [1, 3], None, None)
    """
    kinds = {type(label) for label in labels or ()}
    return sorted({*labels}) if labels and len(kinds) == 1 and kinds <= {*_LABEL_TYPES} else None


def columns_of(data: Any) -> list[Any] | None:
    """The columns of a table; None if their elements are not known."""
    if labels := labels_in(data) if isinstance(data, Array) else None:
        return [labels] if len(data.shape) == 2 else None
    rows = data.plain().data if isinstance(data, Array) else data
    is_table = isinstance(rows, list) and rows and all(isinstance(row, list) for row in rows)
    if not is_table or len({len(row) for row in rows}) != 1:
        return None
    return [list(column) for column in zip(*rows, strict=True)]


def _length(data: Any) -> Any:
    """The number of rows; None if it is not known."""
    if isinstance(data, Array) and data.shape:
        return data.shape[0]
    return len(data) if isinstance(data, list | tuple) else None


# By name: the class, and the names of the arguments that it takes by position.
_CLASSES: dict[str, tuple[type[Encoder], tuple[str, ...]]] = {
    "LabelEncoder": (_Labels, ()),
    "LabelBinarizer": (_Columns, ()),
    "MultiLabelBinarizer": (_Sets, ()),
    "OneHotEncoder": (_OneHot, ()),
    "CountVectorizer": (_Words, ("input",)),
    "TfidfVectorizer": (_Words, ("input",)),
    "PCA": (_Fixed, ("n_components",)),
    "TruncatedSVD": (_Fixed, ("n_components",)),
}


def member(name: str) -> Any:
    """An encoder's class; MISSING if it is not known."""
    if name not in _CLASSES:
        return MISSING
    cls, names = _CLASSES[name]

    def make(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Encoder:
        return cls(arguments_by_name(names, args, kwargs))

    return Native(name, make, raw=True)
