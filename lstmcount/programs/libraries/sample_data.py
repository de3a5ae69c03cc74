"""Data sets of scikit-learn, whose shapes are fixed, and functions that make some."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.values.natives import arguments_by_name
from lstmcount.programs.language.values.provided import Namespace, Native, Raw
from lstmcount.programs.libraries.numpy.arrays import Array
from lstmcount.programs.libraries.numpy.labels import label
from lstmcount.shapes import Unknown

_SHAPES = {"load_iris": (150, 4), "load_digits": (1797, 64), "load_wine": (178, 13),
           "load_breast_cancer": (569, 30), "load_diabetes": (442, 10),
           "fetch_california_housing": (20640, 8)}  # fmt: skip
# The numbers of examples of each class, where those of a class stand together.
_CLASSES = {"load_iris": (50, 50, 50), "load_wine": (59, 71, 48)}
_NAMES = {"load_iris": 3, "load_digits": 10, "load_wine": 3, "load_breast_cancer": 2}
# By name: the default numbers of examples and of features; None for two features in any case.
_MADE = {"make_classification": 20, "make_regression": 100, "make_blobs": 2, "make_moons": None,
         "make_circles": None}  # fmt: skip
_PLAIN = {"n_targets": 1, "return_centers": False, "coef": False, "return_X_y": True}


def member(name: str) -> Any:
    """A function that loads or makes data; MISSING if it is not known."""
    if name in _SHAPES:
        return Native(name, _loading(name), raw=True)
    return Native(name, _making(_MADE[name]), raw=True) if name in _MADE else MISSING


class _Bunch(Namespace):
    """Data with its labels, as attributes and by name."""

    def item(self, run: Run, key: Any, node: ast.AST) -> Any:
        value = self.attributes.get(key, MISSING) if isinstance(key, str) else MISSING
        return super().item(run, key, node) if value is MISSING else value


def _loading(name: str) -> Raw:
    def load(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        is_plain = kwargs.get("as_frame", False) is False and not kwargs.keys() & {"n_class"}
        if not is_plain or type(kwargs.get("return_X_y", False)) is not bool:
            return run.unknown(run.source_of(node))
        classes = enumerate(_CLASSES.get(name, ()))
        data, labels = Array(_SHAPES[name]), [number for number, n in classes for _ in range(n)]
        target = Array(_SHAPES[name][:1], labels or None)
        if not labels:
            label(target, _NAMES.get(name))
        if kwargs.get("return_X_y"):
            return (data, target)
        names = {"target_names": Array((_NAMES[name],))} if name in _NAMES else {}
        features = [run.unknown(f"{run.source_of(node)}.feature_names[...]")] * data.shape[1]
        return _Bunch({"data": data, "target": target, "feature_names": features, **names})

    return load


def _making(features: int | None) -> Raw:
    def make(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        names = ("n_samples",) if features is None else ("n_samples", "n_features")
        passed = {"n_samples": 100, **arguments_by_name(names, args, kwargs)}
        rows, columns = passed["n_samples"], passed.get("n_features", features or 2)
        are_sizes = all(type(size) is int or isinstance(size, Unknown) for size in (rows, columns))
        is_plain = all(passed.get(name, plain) == plain for name, plain in _PLAIN.items())
        if not are_sizes or not is_plain or type(passed.get("centers", 3)) is not int:
            return run.unknown(run.source_of(node))
        return (Array((rows, columns)), Array((rows,)))

    return make
