"""Derive a closed form from the axes of weights: 4·((features + units)·units + units)."""

from __future__ import annotations

import ast
import itertools
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import msgspec

from lstmcount.summary import Blocks, Weight


class Axis(msgspec.Struct, frozen=True):
    """One axis of a weight: `blocks` equal blocks, each `size` long along an axis named `name`."""

    name: str  # "" if each block is one entry
    size: int
    blocks: int = 1

    @property
    def dim(self) -> int:
        return self.blocks * self.size


def axes_of(weight: Weight) -> tuple[Axis, ...]:
    """
    >>> axes_of(Weight("bias", (2, 36), axes=(Blocks("", ("x", "h")), Blocks("units", ("z", "r")))))
    (Axis(name='', size=1, blocks=2), Axis(name='units', size=18, blocks=2))
    """
    axes = weight.axes or tuple(map(str, weight.shape))
    named = []
    for meaning, dim in zip(axes, weight.shape, strict=True):
        if isinstance(meaning, Blocks):
            count = len(meaning.parts)
            named.append(Axis(meaning.size, dim // count if count else dim, count))
        else:
            named.append(Axis(_as_expression(meaning), dim))
    return tuple(named)


@cache
def _as_expression(name: str) -> str:
    """
    >>> _as_expression("channels/groups"), _as_expression("heads·size"), _as_expression("axis 1")
    ('channels/groups', 'heads*size', 'axis_1')
    """
    name = name.replace("·", "*")
    try:
        ast.parse(name, mode="eval")
    except SyntaxError:
        return re.sub(r"\W+", "_", name)
    return name


class Block(msgspec.Struct, frozen=True):
    """One block of a packed weight: its name in the equations and its position in the weight."""

    name: str
    labels: tuple[str, ...]
    slices: tuple[slice, ...]


def blocks_of(weight: Weight) -> Iterator[Block]:
    """The blocks that a weight packs: one for each combination of its axes' parts.

    >>> bias = Weight("bias", (2, 6), axes=(Blocks("", ("input", "recurrent")), "units"))
    >>> [(block.name, block.slices[0]) for block in blocks_of(bias)]
    [('bias_input', slice(0, 1, None)), ('bias_recurrent', slice(1, 2, None))]
    """
    parts = [
        meaning.parts if isinstance(meaning, Blocks) and len(meaning.parts) > 1 else ("",)
        for meaning in weight.axes or ("",) * len(weight.shape)
    ]
    sizes = [axis.size for axis in axes_of(weight)]
    for chosen in itertools.product(*(range(len(labels)) for labels in parts)):
        labels = tuple(own[i] for own, i in zip(parts, chosen, strict=True) if own[i])
        yield Block(
            name="_".join([weight.name.replace("/", "_"), *labels]),
            labels=labels,
            slices=tuple(
                slice(i * size, (i + 1) * size) for i, size in zip(chosen, sizes, strict=True)
            ),
        )


class Product(msgspec.Struct, frozen=True):
    """The size of a weight as a product: the number of its blocks, and each block's factors."""

    coefficient: int
    factors: tuple[str, ...]


def products(weights: Iterable[Sequence[Axis]], sizes: bool) -> list[Product]:
    """One product per weight; its factors are axis names or, with `sizes`, numbers."""
    sized = []
    for axes in weights:
        factors = tuple(_as_expression(str(a.size)) if sizes else a.name for a in axes if a.name)
        sized.append(Product(math.prod([a.blocks for a in axes]), factors))
    return sized


def closed_form(weights: Sequence[Sequence[Axis]], sizes: bool = False) -> str:
    """The number of values in `weights` as an expression, with common factors taken out.

    >>> units, features = Axis("units", 12), Axis("features", 80)
    >>> gates = Axis("units", 12, 4)
    >>> closed_form([(features, gates), (units, gates), (gates,)])
    '4 * ((features + units) * units + units)'
    >>> closed_form([(features, gates), (units, gates), (gates,)], sizes=True)
    '4 * ((80 + 12) * 12 + 12)'
    """
    # Factor by names even when printing numbers, so that both forms have the same structure.
    named = products(weights, sizes=False)
    shown = products(weights, sizes=True) if sizes else named
    common = math.gcd(*(product.coefficient for product in named)) or 1
    tails: dict[tuple[str, ...], list[int]] = {}
    for i, product in enumerate(named):
        tails.setdefault((str(len(product.factors) > 1), *product.factors[-1:]), []).append(i)
    text = " + ".join(
        _sum_of(
            [Product(named[i].coefficient // common, named[i].factors) for i in indexes],
            [shown[i].factors for i in indexes],
        )
        for indexes in tails.values()
    )
    if common == 1:
        return text
    if len(tails) > 1:
        text = f"({text})"
    return f"{common} * {text}" if text else str(common)


def _sum_of(named: list[Product], shown: list[tuple[str, ...]]) -> str:
    """The sum of products that have the same last factor, with that factor taken out."""
    merged: dict[tuple[str, ...], int] = {}
    written: dict[tuple[str, ...], tuple[str, ...]] = {}
    for product, factors in zip(named, shown, strict=True):
        merged[product.factors] = merged.get(product.factors, 0) + product.coefficient
        written[product.factors] = factors
    if len(merged) == 1:
        ((factors, coefficient),) = merged.items()
        return _product(coefficient, written[factors])
    heads = " + ".join(_product(c, written[factors][:-1]) for factors, c in merged.items())
    last = next(iter(written.values()))[-1]
    return f"({heads}) * {_factor(last)}"


def _product(coefficient: int, factors: tuple[str, ...]) -> str:
    shown = [_factor(factor) for factor in factors]
    if coefficient != 1 or not shown:
        shown.insert(0, str(coefficient))
    return " * ".join(shown)


def _factor(text: str) -> str:
    return text if text.isidentifier() or text.isdigit() else f"({text})"
