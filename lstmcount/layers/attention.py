"""Attention."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from lstmcount.dimensions import Dim, Shape, Shapes, show
from lstmcount.errors import ShapeError
from lstmcount.layers.base import Layer
from lstmcount.summary import Weight


class Attention(Layer):
    """Dot-product attention over [query, value] or [query, value, key].

    Output (batch, query time steps, value features); no weights but one for `use_scale` and one
    for `score_mode="concat"`.
    """

    use_scale: bool = False
    score_mode: Literal["dot", "concat"] = "dot"
    dropout: float = 0.0
    seed: Any = None

    call_options: ClassVar[tuple[str, ...]] = ("return_attention_scores",)

    def check(self, inputs: list[Shape]) -> None:
        if not isinstance(inputs, list) or len(inputs) not in (2, 3):
            raise ShapeError(f"expected [query, value] or [query, value, key], got {show(inputs)}")

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
        yield "No projections: query, key and value are used as they come in."

    def shape_reason(self, input_shape: Any, output_shape: Any) -> str:
        return "One output for each query, with the features of the values."

    def output_shape(self, inputs: list[Shape], return_attention_scores: bool = False) -> Shapes:
        query, value = inputs[:2]
        output = (*query[:-1], value[-1])
        scores = (query[0], query[1], value[1])
        return [output, scores] if return_attention_scores else output

    def macs(self, inputs: list[Shape]) -> Dim:
        query, value = inputs[:2]
        key = inputs[-1] if len(inputs) == 3 else value
        scores = 0 if self.score_mode == "concat" else key[-1]
        return query[1] * value[1] * (scores + value[-1])
