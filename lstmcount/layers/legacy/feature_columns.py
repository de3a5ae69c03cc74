"""DenseFeatures, which joins columns of a table by TensorFlow's feature columns."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, ClassVar

from lstmcount.errors import LstmcountError
from lstmcount.layers.base import Layer
from lstmcount.shapes import UNKNOWN, Dim, Shape, Shapes, flatten
from lstmcount.summary import Weight


class DenseFeatures(Layer):
    """Joins the features of several columns, in the order of the columns' names.

    Weights: categories·dimension for each embedding column.

    >>> price = {"class_name": "NumericColumn", "config": {"key": "price", "shape": [3]}}
    >>> DenseFeatures(feature_columns=[price]).output_shape({"price": (1, 3)})
    (1, 3)
    """

    feature_columns: list[dict[str, Any]]
    partitioner: Any = None

    takes_mask: ClassVar[bool] = False
    takes_structures: ClassVar[bool] = True

    def __post_init__(self) -> None:
        for column in self.feature_columns:
            width(column)

    @property
    def columns(self) -> list[dict[str, Any]]:
        return sorted(self.feature_columns, key=name_of)

    def weights(self, input_shape: Shapes) -> Iterator[Weight]:
        for column in self.columns:
            if column["class_name"] == "EmbeddingColumn":
                config = column["config"]
                shape = (categories(config["categorical_column"]), config["dimension"])
                yield self.weight(
                    f"{name_of(column)}/embedding_weights",
                    shape,
                    ("categories", "dimension"),
                    trainable=config.get("trainable") is not False,
                )

    def output_shape(self, input_shape: Shapes) -> Shape:
        batches = [shape[0] for shape in flatten(input_shape) if shape]
        batch: Dim = batches[0] if batches else UNKNOWN
        return (batch, sum(map(width, self.feature_columns)))

    def shape_reason(self, input_shape: Any, output_shape: Any) -> str:
        return "The sum of the widths of all columns."


def name_of(column: dict[str, Any]) -> str:
    """The name that TensorFlow gives a column."""
    kind, config = column["class_name"], column["config"]
    if kind == "BucketizedColumn":
        return f"{name_of(config['source_column'])}_bucketized"
    if kind in ("IndicatorColumn", "EmbeddingColumn"):
        end = kind.removesuffix("Column").lower()
        return f"{name_of(config['categorical_column'])}_{end}"
    if kind == "CrossedColumn":
        keys = [key if isinstance(key, str) else name_of(key) for key in config["keys"]]
        return "_X_".join(sorted(keys))
    return str(config["key"])


def width(column: dict[str, Any]) -> int:
    """The number of features of a column. Raises `LstmcountError` if its kind is unknown."""
    try:
        kind, config = column["class_name"], column["config"]
        name_of(column)
        if kind == "NumericColumn":
            return math.prod(config["shape"])
        if kind == "BucketizedColumn":
            return width(config["source_column"]) * categories(column)
        if kind == "IndicatorColumn":
            return categories(config["categorical_column"])
        if kind == "EmbeddingColumn":
            return int(config["dimension"])
    except (KeyError, TypeError, ValueError, AttributeError):
        pass
    raise LstmcountError("unknown kind of feature column", path=("feature_columns",))


def categories(column: dict[str, Any]) -> int:
    kind, config = column["class_name"], column["config"]
    if kind == "BucketizedColumn":
        return len(config["boundaries"]) + 1
    if kind == "IdentityCategoricalColumn":
        return int(config["number_buckets"])
    if kind == "VocabularyListCategoricalColumn":
        return len(config["vocabulary_list"]) + int(config["num_oov_buckets"])
    if kind == "VocabularyFileCategoricalColumn":
        return int(config["vocabulary_size"]) + int(config["num_oov_buckets"])
    if kind == "WeightedCategoricalColumn":
        return categories(config["categorical_column"])
    return int(config["hash_bucket_size"])  # hashed and crossed columns
