"""The derivation of a layer's parameter count as data.

It holds the equations, the matrices in them, the stored weights, the closed form and the result.
"""

from __future__ import annotations

import ast
import copy
import itertools
import math
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from lstmcount.costs.cudnn import Fused, sentences
from lstmcount.errors import CALL_ERRORS, LstmcountError
from lstmcount.explanation.closed_form import Axis, axes_of, blocks_of, closed_form
from lstmcount.explanation.expressions import (
    Formula,
    LatexWriter,
    TextWriter,
    arithmetic,
    parse_equation,
    transposed,
    without,
)
from lstmcount.explanation.notation import latex_symbol, symbol
from lstmcount.layers.arguments import activation_name
from lstmcount.shapes import Unknown
from lstmcount.summary import Blocks, LayerSummary, Weight

MAX_PARTS = 3_000  # limit for layers and cells with weights in one model


class Matrix(msgspec.Struct, frozen=True):
    """A matrix in the equations: a weight, or one block of a packed weight."""

    name: str  # as in the equations: kernel_f
    symbol: Formula
    axes: tuple[str, ...]
    shape: tuple[int, ...]
    weight: str
    columns: tuple[int, int] | None = None  # start and stop on the weight's last axis

    @property
    def count(self) -> int:
        return math.prod(self.shape)

    @property
    def brackets(self) -> str:
        """The shape in brackets; a vector is shown as a matrix of one column."""
        dims = self.shape or (1,)
        return f"[{'×'.join(map(str, dims if len(dims) > 1 else (*dims, 1)))}]"


class Packed(msgspec.Struct, frozen=True):
    """A weight as Keras stores it, with all its blocks."""

    name: str
    shape: tuple[int, ...]
    axes: tuple[str, ...]
    dtype: str
    trainable: bool | None
    count: int


class Part(msgspec.Struct, frozen=True):
    """The weights of one layer or cell. A wrapper has a part for each layer that it wraps."""

    names: tuple[str, ...]  # the inner layers that this part describes; "" for the layer itself
    class_name: str
    equations: tuple[Formula, ...]
    matrices: tuple[Matrix, ...]
    weights: tuple[Packed, ...]
    formula: Formula
    substituted: Formula
    count: int  # parameters of one such layer

    @property
    def matrix_sum(self) -> str:
        """The matrices' shapes as a sum, with equal shapes combined: `4·[12×80] + 4·[12×1]`."""
        groups = [(len(group), group[0].brackets) for group in self.matrix_groups()]
        return " + ".join(f"{n}·{shape}" if n > 1 else shape for n, shape in groups)

    def matrix_groups(self) -> list[tuple[Matrix, ...]]:
        """The matrices grouped by weight and shape."""
        groups = itertools.groupby(self.matrices, key=lambda m: (m.weight, m.shape))
        return [tuple(group) for _, group in groups]


class Derivation(msgspec.Struct, frozen=True):
    """The derivation of one layer's parameter count."""

    name: str
    class_name: str
    input_shape: Any
    output_shape: Any
    parts: tuple[Part, ...]
    params: int
    trainable_params: int
    shape_reason: str
    notes: tuple[str, ...]
    cudnn: tuple[Fused, ...] = ()  # for each backend if the layer is recurrent
    torch_params: int | None = None  # of PyTorch's recurrent layers, which have two biases

    @property
    def total(self) -> str:
        """The sum of the parts: `2·4,464 = 8,928`; "" for a single part."""
        shown = [
            f"{len(part.names)}·{part.count:,}" if len(part.names) > 1 else f"{part.count:,}"
            for part in self.parts
        ]
        if len(shown) == 1 and len(self.parts[0].names) == 1:
            return ""
        return f"{' + '.join(shown)} = {self.params:,}"


def require_few(layers: Iterable[LayerSummary]) -> None:
    """Raise `LstmcountError` for more layers than can be derived at once."""
    parts = (part for layer in layers if layer.weights for part in owners(layer.layer))
    if next(itertools.islice(parts, MAX_PARTS, None), None) is not None:
        raise LstmcountError(f"more than {MAX_PARTS:,} layers are too many to explain at once")


def derive(summary: LayerSummary, cudnn: tuple[Fused, ...] | None = None) -> Derivation:
    """Derive a layer's count from the axes of its weights and the equations of its class.

    `cudnn` is () if it is not known whether Keras can run the layer on cuDNN.

    >>> from lstmcount import summarize
    >>> lstm = derive(summarize({"input_shape": [7, 80], "layers": [{"LSTM": 12}]}).layers[0])
    >>> lstm.parts[0].formula.text
    '4·((features + units)·units + units)'
    >>> lstm.parts[0].matrix_sum
    '4·[12×80] + 4·[12×12] + 4·[12×1]'
    >>> lstm.parts[0].equations[0].text
    'f(t) = sigmoid(W_f·x(t) + U_f·h(t-1) + b_f)'
    """
    layer = summary.layer
    notes = list(layer.notes()) if hasattr(layer, "notes") else []
    if not summary.trainable:
        notes.append("trainable is false: none of these weights train, but all of them count.")
    torch_params = _torch_params(summary)
    if torch_params is not None and torch_params != summary.params:
        notes.append(
            "PyTorch has two biases for each gate (b_ih and b_hh): "
            f"{torch_params - summary.params:,} parameters more than Keras."
        )
    if cudnn == ():
        notes.append(
            "Whether Keras runs it on cuDNN's fused kernel depends on an unknown argument."
        )
    return Derivation(
        name=summary.name,
        class_name=summary.class_name,
        input_shape=summary.input_shape,
        output_shape=summary.output_shape,
        parts=tuple(_folded(_parts(summary))),
        params=summary.params,
        trainable_params=summary.trainable_params,
        shape_reason=_shape_reason(summary),
        notes=tuple(dict.fromkeys([*notes, *sentences(cudnn or ())])),
        cudnn=cudnn or (),
        torch_params=torch_params,
    )


def _torch_params(summary: LayerSummary) -> int | None:
    """
    >>> from lstmcount import summarize
    >>> _torch_params(summarize({"input_shape": [5, 126], "layers": [{"LSTM": 64}]}).layers[0])
    49152
    """
    layers = [layer for _, layer in owners(summary.layer)]
    cells = [layer for layer in layers if hasattr(layer, "second_biases")]
    return summary.params + sum(cell.second_biases() for cell in cells) if cells else None


def _shape_reason(summary: LayerSummary) -> str:
    reason = getattr(summary.layer, "shape_reason", None)
    if reason is None or summary.output_shape is None or summary.input_shape is None:
        return ""
    try:
        text: str = reason(summary.input_shape, summary.output_shape)
    except CALL_ERRORS:  # the file calls the layer with a wrong number of inputs
        return ""
    return text


# -- parts ------------------------------------------------------------------------------------


def owners(layer: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The layers in `layer` and `layer` itself, each with the prefix of its weights' names."""
    inner = list(layer.inner()) if hasattr(layer, "inner") else []
    for name, child in inner:
        yield from owners(child, f"{prefix}{name}/" if name else prefix)
    yield prefix, layer


def _parts(summary: LayerSummary) -> Iterator[Part]:
    layers = dict(reversed(list(owners(summary.layer))))
    grouped: dict[str, list[Weight]] = {}
    for weight in summary.renamed_weights():
        grouped.setdefault(_prefix(weight.name, layers), []).append(weight)
    for prefix, weights in grouped.items():
        own = [msgspec.structs.replace(w, name=w.name.removeprefix(prefix)) for w in weights]
        yield _part(prefix.removesuffix("/"), layers[prefix], own)


def _prefix(name: str, known: Container[str]) -> str:
    """The longest known prefix of a name that ends with a slash; "" if none is known."""
    while name and name not in known:
        name = name[: name.rfind("/", 0, -1) + 1]
    return name


def packed(weight: Weight) -> Packed:
    axes = tuple(map(_axis_text, weight.axes))
    return Packed(weight.name, weight.shape, axes, weight.dtype, weight.trainable, weight.count)


def _part(name: str, layer: Any, weights: list[Weight]) -> Part:
    """The derivation of the weights of one layer, or of one cell or layer inside it."""
    axes = distinct([axes_of(weight) for weight in weights], weights)
    blocks = [list(_blocks(weight, own)) for weight, own in zip(weights, axes, strict=True)]
    present = {block.name for block in itertools.chain(*blocks)}
    equations = [parse_equation(text) for text in _equations(layer)]
    to_transpose = set().union(*(transposed(expression, present) for _, expression in equations))
    order = list(dict.fromkeys(n for _, e in equations for n in _in_order(e)))
    matrices = [
        _transposed(block) if block.name in to_transpose else block for block in _flat(blocks)
    ]
    return Part(
        names=(name,),
        class_name=getattr(layer, "class_name", type(layer).__name__),
        equations=tuple(Notation(layer, present).formulas(equations)),
        matrices=tuple(sorted(matrices, key=lambda m: _place(m, weights, order))),
        weights=tuple(map(packed, weights)),
        formula=arithmetic(closed_form(axes)),
        substituted=arithmetic(closed_form(axes, sizes=True)),
        count=sum(w.count for w in weights),
    )


def _equations(layer: Any) -> Sequence[str]:
    return layer.equations() if hasattr(layer, "equations") else ()


def _axis_text(meaning: str | Blocks) -> str:
    if isinstance(meaning, Blocks) and not meaning.size:
        return " ".join(meaning.parts)
    return str(meaning)


def _flat(blocks: Iterable[Iterable[Matrix]]) -> list[Matrix]:
    return list(itertools.chain.from_iterable(blocks))


def _in_order(expression: ast.expr) -> list[str]:
    names = [node for node in ast.walk(expression) if isinstance(node, ast.Name)]
    return [node.id for node in sorted(names, key=lambda node: node.col_offset)]


def _place(matrix: Matrix, weights: list[Weight], order: list[str]) -> tuple[int, int]:
    """Sort key: the weight in Keras's order, then the block in the order of the equations."""
    weight = next(i for i, w in enumerate(weights) if w.name == matrix.weight)
    return weight, order.index(matrix.name) if matrix.name in order else len(order)


def distinct(axes: list[tuple[Axis, ...]], weights: list[Weight]) -> list[tuple[Axis, ...]]:
    """Prefix an axis name with the weight's name if axes of that name differ in size."""
    sizes: dict[str, set[int]] = {}
    for axis in itertools.chain(*axes):
        sizes.setdefault(axis.name, set()).add(axis.size)
    return [
        tuple(
            msgspec.structs.replace(axis, name=f"{weight.name.split('/')[0]}_{axis.name}")
            if len(sizes[axis.name]) > 1
            else axis
            for axis in own
        )
        for own, weight in zip(axes, weights, strict=True)
    ]


def _blocks(weight: Weight, axes: tuple[Axis, ...]) -> Iterator[Matrix]:
    """The blocks that a weight packs, under their names in the equations."""
    for block in blocks_of(weight):
        kept = [axis for axis in axes if axis.name] if block.labels else axes
        last = block.slices[-1] if block.labels and axes[-1].blocks > 1 else None
        yield Matrix(
            name=block.name,
            symbol=Formula(symbol(block.name), latex_symbol(block.name)),
            axes=tuple(axis.name.replace("*", "·") for axis in kept),
            shape=tuple(axis.size for axis in kept),
            weight=weight.name,
            columns=(last.start, last.stop) if last else None,
        )


def _transposed(matrix: Matrix) -> Matrix:
    """Transpose a kernel: Keras computes x·W, the equations show W·x."""
    if len(matrix.shape) != 2:
        return matrix
    return msgspec.structs.replace(matrix, axes=matrix.axes[::-1], shape=matrix.shape[::-1])


def _folded(parts: Iterable[Part]) -> Iterator[Part]:
    """Merge parts that differ only in their names."""
    merged: dict[Part, tuple[str, ...]] = {}
    for part in parts:
        bare = msgspec.structs.replace(part, names=())
        merged[bare] = (*merged.get(bare, ()), *part.names)
    for part, part_names in merged.items():
        yield msgspec.structs.replace(part, names=part_names)


# -- equations --------------------------------------------------------------------------------

FUNCTIONS = {
    "conv", "depthwise_conv", "einsum", "maximum", "mean", "minimum",
    "local_conv", "norm", "normalize", "quantize", "sigmoid", "softmax", "sqrt", "sum", "tanh",
    "transposed_conv", "unpack", "variance",
}  # fmt: skip
INPUTS = {"x", "query", "key", "value", "W"}  # W: the kernel of a wrapped layer


class Notation:
    """Write one layer's equations with textbook symbols and time indices.

    A name in them that the layer does not define is an absent weight, e.g. a bias; it is left out.
    """

    def __init__(self, layer: Any, weights: set[str]) -> None:
        self.layer = layer
        self.states: tuple[str, ...] = getattr(layer, "state_names", ())
        fields = getattr(type(layer), "__struct_fields__", ())
        self.known = {*INPUTS, *weights, *self.states, *fields, *FUNCTIONS}
        self.known.update(getattr(layer, "call_arguments", ()))
        self.assigned: set[str] = set()

    def formulas(self, equations: Iterable[tuple[str, ast.expr]]) -> Iterator[Formula]:
        for result, expression in equations:
            shown = self.present(expression)
            if shown is None:
                continue
            text, latex = TextWriter(self.text).write(shown), LatexWriter(self.latex).write(shown)
            self.assigned.add(result)
            yield Formula(f"{self.text(result)} = {text}", f"{self.latex(result)} = {latex}")

    def present(self, expression: ast.expr) -> ast.expr | None:
        """The right-hand side with this layer's activations and without its absent weights."""
        return without(with_activations(expression, self.layer), self.is_absent)

    def is_absent(self, name: str) -> bool:
        return name not in self.known and name not in self.assigned

    def text(self, name: str) -> str:
        return symbol(name) + self._time(name, "(t)", "(t-1)")

    def latex(self, name: str) -> str:
        return latex_symbol(name) + self._time(name, "_{t}", "_{t-1}")

    def _time(self, name: str, now: str, before: str) -> str:
        if not self.states:
            return ""
        if name in self.assigned or name == "x":
            return now
        return before if name in self.states else ""


def with_activations(expression: ast.expr, layer: Any) -> ast.expr:
    """Replace `activation(x)` by the function that the layer's argument names."""
    return _Activations(layer).visit(copy.deepcopy(expression))  # type: ignore[no-any-return]


class _Activations(ast.NodeTransformer):
    def __init__(self, layer: Any) -> None:
        self.arguments = msgspec.structs.asdict(layer)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        assert isinstance(node.func, ast.Name)
        if not node.func.id.endswith("activation"):
            return node
        activation = self.arguments.get(node.func.id)
        if isinstance(activation, Unknown):
            return node
        name = activation_name(activation)
        if name == "linear":
            return node.args[0]
        return ast.Call(ast.Name(name), node.args, [])
