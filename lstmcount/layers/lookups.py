"""Vocabulary layers, which turn strings and integers into indices, counts or scores."""

from __future__ import annotations

import re
import string
from collections import Counter
from typing import Any, ClassVar, Literal

from lstmcount.errors import LstmcountError
from lstmcount.layers.arguments import NonNegativeInt
from lstmcount.layers.preprocessing import Encoding, check_salt
from lstmcount.shapes import UNKNOWN, Shape

_TF_IDF = ("tf_idf", "tf-idf")
OutputMode = Literal["int", "one_hot", "multi_hot", "count", "tf_idf", "binary", "tf-idf"]


class Lookup(Encoding):
    """Base of layers that turn values into indices of a vocabulary, or vectors of its size.

    Subclasses have the fields `max_tokens`, `num_oov_indices`, `mask_token`, `oov_token`,
    `vocabulary`, `vocabulary_size`, `vocabulary_dtype`, `idf_weights`, `invert`, `output_mode`,
    `pad_to_max_tokens`, `oov_method` and `salt`.
    """

    def check_arguments(self) -> None:
        super().check_arguments()
        layer: Any = self
        if layer.max_tokens is not None and layer.max_tokens < 2:
            raise LstmcountError(
                f"expected at least 2, got {layer.max_tokens}", path=("max_tokens",)
            )
        if layer.pad_to_max_tokens and layer.max_tokens is None:
            raise LstmcountError("needs max_tokens", path=("pad_to_max_tokens",))
        if layer.output_mode in _TF_IDF:
            if layer.vocabulary is not None and layer.idf_weights is None:
                text = f"{layer.output_mode} needs idf_weights"
                raise LstmcountError(text, path=("output_mode",))
        elif layer.idf_weights is not None:
            raise LstmcountError("needs output_mode tf_idf", path=("idf_weights",))
        if layer.invert and layer.output_mode != "int":
            raise LstmcountError("needs output_mode int", path=("invert",))
        if layer.salt is not None:
            check_salt(layer.salt)
            if layer.vocabulary_dtype != "string" and layer.oov_method != "farmhash":
                raise LstmcountError("needs oov_method farmhash", path=("salt",))
        self._check_vocabulary(layer.vocabulary)

    def _check_vocabulary(self, vocabulary: Any) -> None:
        if not isinstance(vocabulary, list):
            return
        path = ("vocabulary",)
        if not vocabulary:
            raise LstmcountError("expected at least one token", path=path)
        layer: Any = self
        tokens = self.without_special(vocabulary)
        repeated = [token for token, n in Counter(tokens).items() if n > 1]
        if repeated:
            raise LstmcountError(f"expected each token once, got {repeated[0]!r} twice", path=path)
        if layer.mask_token is not None and layer.mask_token in tokens:
            text = f"mask_token {layer.mask_token!r} may only be the first token"
            raise LstmcountError(text, path=path)
        if layer.invert and layer.oov_token in tokens:
            text = f"oov_token {layer.oov_token!r} may only be among the first tokens"
            raise LstmcountError(text, path=path)
        if layer.max_tokens is not None and self.size > layer.max_tokens:
            text = f"{self.size} tokens are more than max_tokens ({layer.max_tokens})"
            raise LstmcountError(text, path=path)
        if isinstance(layer.idf_weights, list) and len(layer.idf_weights) != len(vocabulary):
            text = f"expected {len(vocabulary)} as for vocabulary, got {len(layer.idf_weights)}"
            raise LstmcountError(text, path=("idf_weights",))

    @property
    def size(self) -> Any:
        """The number of tokens, including special ones; None before `adapt`."""
        layer: Any = self
        if isinstance(layer.vocabulary, list):
            return len(self.without_special(layer.vocabulary)) + len(self.special_tokens)
        return layer.vocabulary_size

    @property
    def special_tokens(self) -> list[Any]:
        """The tokens for masked values and for values outside of the vocabulary."""
        layer: Any = self
        masks = layer.mask_token is not None and layer.output_mode == "int"
        return [layer.mask_token] * masks + [layer.oov_token] * layer.num_oov_indices

    def without_special(self, vocabulary: list[Any]) -> list[Any]:
        """`vocabulary` without the special tokens at its start."""
        special = self.special_tokens
        return vocabulary[len(special) :] if vocabulary[: len(special)] == special else vocabulary

    def learned(self, values: list[Any]) -> list[Any] | None:
        """The tokens that `adapt` takes from values, the most frequent first; None if unknown.

        >>> StringLookup(max_tokens=3).learned(["a", "b", "b", "c"])
        ['b', 'c']
        """
        layer: Any = self
        counts: Counter[Any] = Counter()
        for value in values:
            tokens = self.split_value(value)
            if tokens is None:
                return None
            counts.update(tokens)
        del counts[layer.mask_token], counts[layer.oov_token]
        tokens = sorted(counts, key=lambda token: (counts[token], token), reverse=True)
        most = layer.max_tokens
        return tokens if most is None else tokens[: most - len(self.special_tokens)]

    def split_value(self, value: Any) -> list[Any] | None:
        """The tokens in a value; None if they are not known."""
        kind = str if self.vocabulary_dtype == "string" else int  # type: ignore[attr-defined]
        return [value] if type(value) is kind else None

    def output_shape(self, input_shape: Shape) -> Shape:
        layer: Any = self
        if layer.output_mode == "int":
            return input_shape
        depth = layer.max_tokens if layer.pad_to_max_tokens else self.size
        return self.encoded(input_shape, UNKNOWN if depth is None else depth)


class IndexLookup(Lookup):
    """Keras's base class of IntegerLookup and StringLookup."""

    max_tokens: int | None = None
    num_oov_indices: NonNegativeInt = 1
    mask_token: int | str | None = None
    oov_token: int | str | None = None
    vocabulary_dtype: str = "int64"
    vocabulary: list[int | str] | str | None = None
    idf_weights: Any = None
    invert: bool = False
    output_mode: OutputMode = "int"
    sparse: bool = False
    pad_to_max_tokens: bool = False
    oov_method: Literal["floormod", "farmhash"] = "floormod"
    salt: Any = None
    vocabulary_size: int | None = None
    has_input_vocabulary: bool | None = None


class IntegerLookup(IndexLookup):
    """Turns integers into indices of a vocabulary, or into vectors.

    >>> IntegerLookup(vocabulary=[10, 20, 30], output_mode="one_hot").output_shape((2, 4))
    (2, 4, 4)
    """

    mask_token: int | None = None
    oov_token: int | None = -1
    vocabulary: list[int] | str | None = None  # type: ignore[assignment]

    absent_arguments: ClassVar[tuple[str, ...]] = ("autocast", "activity_regularizer")

    def check_arguments(self) -> None:
        super().check_arguments()
        if self.vocabulary_dtype != "int64":
            raise LstmcountError(
                f"expected int64, got {self.vocabulary_dtype!r}", path=("vocabulary_dtype",)
            )


class StringLookup(Lookup):
    """Turns strings into indices of a vocabulary, or into vectors."""

    max_tokens: int | None = None
    num_oov_indices: NonNegativeInt = 1
    mask_token: str | None = None
    oov_token: str | None = "[UNK]"
    vocabulary: list[str] | str | None = None
    idf_weights: Any = None
    invert: bool = False
    output_mode: OutputMode = "int"
    pad_to_max_tokens: bool = False
    sparse: bool = False
    encoding: str = "utf-8"
    salt: Any = None
    oov_method: Literal["floormod", "farmhash"] = "floormod"
    vocabulary_size: int | None = None
    has_input_vocabulary: bool | None = None

    absent_arguments: ClassVar[tuple[str, ...]] = ("autocast", "activity_regularizer")
    vocabulary_dtype: ClassVar[str] = "string"


class TextVectorization(Lookup):
    """Turns texts into sequences of token indices, or into vectors of the vocabulary's size.

    Input (batch,) or (batch, 1) texts; output (batch, output_sequence_length), or
    (…, vocabulary) if `output_mode` is not "int".

    >>> TextVectorization(max_tokens=1000, output_sequence_length=7).output_shape((2, 1))
    (2, 7)
    """

    max_tokens: int | None = None
    standardize: (
        Literal["lower_and_strip_punctuation", "lower", "strip_punctuation"] | dict[str, Any] | None
    ) = "lower_and_strip_punctuation"
    split: Literal["whitespace", "character"] | dict[str, Any] | None = "whitespace"
    ngrams: int | list[int] | None = None
    output_mode: OutputMode = "int"
    output_sequence_length: int | None = None
    pad_to_max_tokens: bool = False
    vocabulary: list[str] | str | None = None
    idf_weights: Any = None
    sparse: bool = False
    ragged: bool = False
    encoding: str = "utf-8"
    vocabulary_size: int | None = None
    has_input_vocabulary: bool | None = None

    mask_token: ClassVar[str] = ""
    oov_token: ClassVar[str] = "[UNK]"
    num_oov_indices: ClassVar[int] = 1
    invert: ClassVar[bool] = False
    salt: ClassVar[None] = None
    vocabulary_dtype: ClassVar[str] = "string"

    def check_arguments(self) -> None:
        if self.output_mode != "int":
            if self.output_sequence_length is not None:
                raise LstmcountError("needs output_mode int", path=("output_sequence_length",))
            if self.ragged:
                raise LstmcountError("needs output_mode int", path=("ragged",))
        super().check_arguments()

    def output_shape(self, input_shape: Shape) -> Shape:
        if self.output_mode == "int":
            length = self.output_sequence_length
            return (*input_shape[:1], UNKNOWN if length is None else length)
        if self.split is not None:
            input_shape = (*input_shape, UNKNOWN)
        elif len(input_shape) < 2:
            input_shape = (*input_shape, 1)
        return super().output_shape(input_shape)

    def split_value(self, value: Any) -> list[Any] | None:
        """
        >>> TextVectorization(ngrams=2).split_value("To be, or")
        ['to', 'be', 'or', 'to be', 'be or']
        """
        if type(value) is not str or dict in (type(self.standardize), type(self.split)):
            return None
        text = value
        if self.standardize in ("lower", "lower_and_strip_punctuation"):
            text = text.translate(_LOWER)
        if self.standardize in ("strip_punctuation", "lower_and_strip_punctuation"):
            text = text.translate(_NO_PUNCTUATION)
        if self.split is None:
            return None if self.ngrams else [text]
        words = re.findall(r"[^ \t\n\v\f\r]+", text) if self.split == "whitespace" else list(text)
        if self.ngrams is None:
            return words
        widths = range(1, self.ngrams + 1) if isinstance(self.ngrams, int) else self.ngrams
        return [
            " ".join(words[start : start + width])
            for width in widths
            for start in range(len(words) - width + 1)
        ]


_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)
