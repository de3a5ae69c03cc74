"""Attention layers: sums of values, weighted by the scores of queries against keys."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, ClassVar, Literal

import msgspec

from lstmcount.errors import LstmcountError, ShapeError
from lstmcount.layers.arguments import Constraint, Fraction, Initializer, PositiveInt, Regularizer
from lstmcount.layers.base import Layer, require_known, require_min_rank, require_tensor, under
from lstmcount.layers.dtypes import within
from lstmcount.layers.einsum import EinsumDense
from lstmcount.shapes import UNKNOWN, Dim, Shape, Shapes, show
from lstmcount.summary import CheckpointPaths, Named, Weight


class Attention(Layer):
    """Dot-product attention over [query, value] or [query, value, key].

    Output (batch, query steps, value features). `use_scale` adds a weight, and so does "concat".

    >>> [w.shape for w in Attention(use_scale=True).weights([(1, 5, 8), (1, 7, 8)])]
    [()]
    """

    use_scale: bool = False
    score_mode: Literal["dot", "concat"] = "dot"
    dropout: float = 0.0
    seed: int | None = None

    call_options: ClassVar[tuple[str, ...]] = ("return_attention_scores",)
    call_keywords: ClassVar[tuple[str, ...]] = ("use_causal_mask",)
    takes_mask: ClassVar[bool] = True
    takes_structures: ClassVar[bool] = True

    def compute_mask(self, inputs: Any, mask: Any, operations: Any) -> Any:
        if not isinstance(mask, list) or mask[0] is None:
            return None
        return operations("ConvertToTensor", mask[0], dtype=None, sparse=None, ragged=None)

    def check(self, inputs: list[Shape]) -> None:
        if not isinstance(inputs, list) or len(inputs) not in (2, 3):
            raise ShapeError(f"expected [query, value] or [query, value, key], got {show(inputs)}")
        for shape in inputs:
            require_tensor(shape)
            require_min_rank(shape, 2, "batch, …, features")

    def check_mask(self, mask: Shapes) -> None:
        if not isinstance(mask, list) or len(mask) not in (2, 3):
            raise ShapeError(f"expected the masks [query, value], got {show(mask)}")

    def weights(self, inputs: list[Shape]) -> Iterator[Weight]:
        if self.use_scale:
            yield self.weight("scale", ())
        if self.score_mode == "concat":
            yield self.weight("concat_score_weight", ())

    def equations(self) -> tuple[str, ...]:
        if self.score_mode == "concat":
            scores = "concat_score_weight * sum(tanh(scale * (query + key)))"
        else:
            scores = "scale * (query @ key.T)"
        return (f"scores = softmax({scores})", "y = scores @ value")

    def notes(self) -> Iterator[str]:
        yield "There are no projections: query, key and value are used unchanged."

    def shape_reason(self, input_shape: Any, output_shape: Any) -> str:
        return "One output for each query, with the features of the values."

    def output_shape(self, inputs: list[Shape], return_attention_scores: bool = False) -> Shapes:
        query, value = inputs[:2]
        output = (*query[:-1], value[-1])
        scores = (*query[:-1], inputs[-1][-2])  # time steps of the key
        return [output, scores] if return_attention_scores else output

    def macs(self, inputs: list[Shape]) -> Dim:
        value = inputs[1]
        scores = 0 if self.score_mode == "concat" else inputs[-1][-1]  # features of the key
        return _pairs(inputs) * (scores + value[-1])


class AdditiveAttention(Attention):
    """Attention whose scores are tanh(query + key). Weights: query features with `use_scale`."""

    use_scale: bool = True

    def check(self, inputs: list[Shape]) -> None:
        super().check(inputs)
        if self.use_scale:
            require_known(inputs[0], -1, "the number of features")

    def weights(self, inputs: list[Shape]) -> Iterator[Weight]:
        if self.use_scale:
            yield self.weight("scale", (inputs[0][-1],), ("features",))

    def equations(self) -> tuple[str, ...]:
        return ("scores = softmax(sum(scale * tanh(query + key)))", "y = scores @ value")

    def macs(self, inputs: list[Shape]) -> Dim:
        return _pairs(inputs) * inputs[1][-1]


def _pairs(inputs: list[Shape]) -> Dim:
    """The number of pairs of a query position and a value position for one sample."""
    query, value = inputs[:2]
    return math.prod(query[1:-1]) * (value[-2] if len(value) > 2 else 1)


class Projected(Layer):
    """Base of attention layers that first project query, key and value to heads."""

    dropout: Fraction = 0.0
    use_bias: bool = True
    sliding_window: PositiveInt | None = None
    flash_attention: bool | None = None
    kernel_initializer: Initializer = "glorot_uniform"
    bias_initializer: Initializer = "zeros"
    kernel_regularizer: Regularizer = None
    bias_regularizer: Regularizer = None
    kernel_constraint: Constraint = None
    bias_constraint: Constraint = None
    use_gate: bool = False
    seed: int | None = None

    call_arguments: ClassVar[tuple[str, ...]] = ("query", "value", "key")
    call_options: ClassVar[tuple[str, ...]] = ("return_attention_scores",)
    call_keywords: ClassVar[tuple[str, ...]] = (
        "query_mask", "value_mask", "key_mask", "attention_mask", "use_causal_mask",
    )  # fmt: skip
    supports_masking: ClassVar[bool] = True
    quantization_modes: ClassVar[tuple[str, ...]] = EinsumDense.quantization_modes

    def check_arguments(self) -> None:
        if self.flash_attention and self.dropout:
            raise LstmcountError("flash attention does not support dropout", path=("dropout",))

    def projections(
        self, query: Shape, value: Shape, key: Shape
    ) -> Iterator[tuple[EinsumDense, Shape]]:
        """The heads' dense layers with their input shapes, in the order of their weights."""
        raise NotImplementedError

    def dense(self, name: str, equation: str, output: list[Any], bias: str) -> EinsumDense:
        return EinsumDense(
            name=name,
            equation=equation,
            output_shape_=output,
            bias_axes=bias if self.use_bias else None,
            dtype=within(self.dtype, f"{self.name}/{name}"),
        )

    def check(  # type: ignore[override]
        self, query: Shape, value: Shape, key: Shape | None = None
    ) -> None:
        if type(query) is not tuple or type(value) is not tuple:
            raise ShapeError("expected a query, a value and optionally a key")
        for shape in (query, value, key or value):
            if len(shape) < 2:
                raise ShapeError(f"expected at least a 2-D query and value, got {show(shape)}")
            require_known(shape, -1, "the number of features")
        if key is not None and _differ(value[1:-1], key[1:-1], strictly=True):
            raise ShapeError(
                f"value {show(value)} and key {show(key)} differ in more than their features"
            )

    def weights(  # type: ignore[override]
        self, query: Shape, value: Shape, key: Shape | None = None
    ) -> Iterator[Weight]:
        for dense, shape in self.projections(query, value, key or value):
            names = self.axes(dense.name or "")
            for weight in under(dense.name, dense.weights(shape)):
                if dense.dtype_policy.mode is None and "1" not in weight.axes:
                    axes = names[-len(weight.shape) :]  # a bias has the last of them
                    weight = msgspec.structs.replace(weight, axes=axes)
                yield weight

    def checkpoint_paths(self, named: Named) -> CheckpointPaths:
        from lstmcount.layers.checkpoint_paths import inner_paths

        for name in dict.fromkeys(name.partition("/")[0] for name, _ in named):
            attribute = f"{name.removeprefix('attention_')}_dense"
            yield from inner_paths(attribute, name, self.dense(name, "ab,bc->ac", [1], "c"), named)

    def macs(  # type: ignore[override]
        self, query: Shape, value: Shape, key: Shape | None = None
    ) -> Dim:
        projections = self.projections(query, value, key or value)
        dense = sum(layer.macs(shape) for layer, shape in projections)
        return dense + self.attention_macs(query, value)

    def attention_macs(self, query: Shape, value: Shape) -> Dim:
        """MACs of the scores and of the weighted values, without those of the projections."""
        raise NotImplementedError

    def axes(self, projection: str) -> tuple[str, ...]:
        """The axis names of a projection's kernel."""
        raise NotImplementedError

    def equations(self) -> tuple[str, ...]:
        heads = "softmax(Q @ K.T / sqrt(key_dim)) @ V"
        gate: tuple[str, ...] = ()
        if self.use_gate:
            gate = ("G = sigmoid(gate_kernel @ query + gate_bias)",)
            heads = f"G * ({heads})"
        return (
            "Q = query_kernel @ query + query_bias",
            "K = key_kernel @ key + key_bias",
            "V = value_kernel @ value + value_bias",
            *gate,
            f"heads = {heads}",
            "y = attention_output_kernel @ heads + attention_output_bias",
        )

    def notes(self) -> Iterator[str]:
        yield "All time steps use the same projections: the count does not depend on their number."
        yield "Scores and weighted values are products of tensors, without weights of their own."

    def shape_reason(self, input_shape: Any, output_shape: Any) -> str:
        return "One output for each query."


class MultiHeadAttention(Projected, kw_only=True):
    """Attention with several heads in parallel (Vaswani et al., 2017).

    Inputs query, value and key (default: value), each (batch, …, time steps, features). Weights:
    the query and key projections features·num_heads·key_dim, the value projection
    features·num_heads·value_dim and the output projection num_heads·value_dim·features, each with
    a bias.

    >>> layer = MultiHeadAttention(num_heads=8, key_dim=64)
    >>> sum(w.count for w in layer.weights((1, 10, 512), (1, 10, 512)))
    1050624
    """

    num_heads: PositiveInt
    key_dim: PositiveInt
    value_dim: PositiveInt | None = None
    output_shape_: PositiveInt | list[PositiveInt] | None = msgspec.field(
        default=None, name="output_shape"
    )
    attention_axes: int | list[int] | None = None

    def _value_dim(self) -> Dim:
        return self.value_dim or self.key_dim

    def _out(self, query: Shape) -> list[Dim]:
        if not self.output_shape_:
            return [query[-1]]
        declared = self.output_shape_
        return list(declared) if isinstance(declared, list) else [declared]

    def _projected(self, name: str, shape: Shape, dim: Dim) -> tuple[EinsumDense, Shape]:
        free = "abcdefghij"[: len(shape) - 1]
        equation = f"{free}x,xyz->{free}yz"
        output = [*[None] * (len(shape) - 2), self.num_heads, dim]
        return self.dense(name, equation, output, "yz"), shape

    def projections(
        self, query: Shape, value: Shape, key: Shape
    ) -> Iterator[tuple[EinsumDense, Shape]]:
        yield self._projected("query", query, self.key_dim)
        yield self._projected("key", key, self.key_dim)
        if self.use_gate:
            yield self._projected("gate", query, self._value_dim())
        yield self._projected("value", value, self._value_dim())
        free = "abcdefghij"[: len(query) - 1]
        out = self._out(query)
        labels = "uvwxyz"[: len(out)]
        equation = f"{free}no,no{labels}->{free}{labels}"
        output = [*[None] * (len(query) - 2), *out]
        heads = (*query[:-1], self.num_heads, self._value_dim())
        yield self.dense("attention_output", equation, output, labels), heads

    def axes(self, projection: str) -> tuple[str, ...]:
        if projection == "attention_output":
            rank = len(self._out((1,)))
            outputs = ("output",) if rank == 1 else tuple(f"output_{i}" for i in range(rank))
            return ("num_heads", "value_dim", *outputs)
        dim = "value_dim" if projection in ("value", "gate") else "key_dim"
        return ("features", "num_heads", dim)

    def notes(self) -> Iterator[str]:
        yield from super().notes()
        yield (
            "key_dim is the size of one head; the usual choice, features / num_heads, gives "
            "4·features·(features + 1) in total for any number of heads."
        )

    def output_shape(  # type: ignore[override]
        self,
        query: Shape,
        value: Shape,
        key: Shape | None = None,
        return_attention_scores: bool = False,
    ) -> Shapes:
        output = (*query[:-1], *self._out(query)) if self.output_shape_ else query
        scores = (query[0], self.num_heads, query[1], query[1])
        return [output, scores] if return_attention_scores else output

    def attention_macs(self, query: Shape, value: Shape) -> Dim:
        pairs = _attended(query, value, self.attention_axes)
        return self.num_heads * pairs * (self.key_dim + self._value_dim())


def _attended(query: Shape, value: Shape, axes: int | list[int] | None) -> Dim:
    """The number of pairs of a query position and a value position for one sample and head."""
    if axes is None or len(query) == 3:  # Keras's fused attention ignores other axes
        chosen = list(range(1, len(query) - 1))
    else:
        chosen = [axis % len(query) for axis in (axes if isinstance(axes, list) else [axes])]
    others = [axis for axis in range(1, len(query) - 1) if axis not in chosen]
    queries = math.prod([query[axis] for axis in chosen])
    values = math.prod([value[axis] for axis in chosen if axis < len(value) - 1])
    return queries * values * math.prod([query[axis] for axis in others])


class GroupedQueryAttention(Projected, kw_only=True):
    """Attention in which several query heads share a key and value head (Ainslie et al., 2023).

    Weights: the query and output projections have `num_query_heads` heads, those of key and value
    `num_key_value_heads`.
    """

    head_dim: PositiveInt
    num_query_heads: PositiveInt
    num_key_value_heads: PositiveInt

    def __post_init__(self) -> None:
        if self.num_query_heads % self.num_key_value_heads:
            raise LstmcountError(
                f"{self.num_query_heads} query heads cannot share {self.num_key_value_heads} "
                "key and value heads evenly",
                path=("num_key_value_heads",),
            )

    def projections(
        self, query: Shape, value: Shape, key: Shape
    ) -> Iterator[tuple[EinsumDense, Shape]]:
        own = [None, self.num_query_heads, self.head_dim]
        shared = [None, self.num_key_value_heads, self.head_dim]
        yield self.dense("query", "bqm,muh->bquh", own, "uh"), query
        yield self.dense("key", "bkm,mvh->bkvh", shared, "vh"), key
        if self.use_gate:
            yield self.dense("gate", "bqm,muh->bquh", own, "uh"), query
        yield self.dense("value", "bkm,mvh->bkvh", shared, "vh"), value
        heads = (UNKNOWN, query[1], self.num_query_heads, self.head_dim)
        yield self.dense("attention_output", "bquh,uhm->bqm", [None, query[-1]], "m"), heads

    def axes(self, projection: str) -> tuple[str, ...]:
        if projection == "attention_output":
            return ("num_query_heads", "head_dim", "features")
        heads = "num_query_heads" if projection in ("query", "gate") else "num_key_value_heads"
        return ("features", heads, "head_dim")

    def equations(self) -> tuple[str, ...]:
        return tuple(text.replace("key_dim", "head_dim") for text in super().equations())

    def notes(self) -> Iterator[str]:
        yield from super().notes()
        yield (
            f"{self.num_query_heads // self.num_key_value_heads} query heads share each of the "
            f"{self.num_key_value_heads} heads of keys and values."
        )

    def check(  # type: ignore[override]
        self, query: Shape, value: Shape, key: Shape | None = None
    ) -> None:
        super().check(query, value, key)
        if _differ(query[-1:], value[-1:]):
            raise ShapeError(f"query {show(query)} and value {show(value)} differ in features")

    def output_shape(  # type: ignore[override]
        self,
        query: Shape,
        value: Shape,
        key: Shape | None = None,
        return_attention_scores: bool = False,
    ) -> Shapes:
        scores = (query[0], self.num_query_heads, query[1], (key or value)[1])
        return [query, scores] if return_attention_scores else query

    def attention_macs(self, query: Shape, value: Shape) -> Dim:
        return 2 * self.num_query_heads * query[1] * value[1] * self.head_dim


def _differ(shape: Shape, other: Shape, strictly: bool = False) -> bool:
    """Whether two shapes cannot be equal; if `strictly`, unknown sizes differ from numbers."""
    if len(shape) != len(other):
        return True
    if strictly and [dim is UNKNOWN for dim in shape] != [dim is UNKNOWN for dim in other]:
        return True
    pairs = zip(shape, other, strict=True)
    return any(isinstance(a, int) and isinstance(b, int) and a != b for a, b in pairs)
