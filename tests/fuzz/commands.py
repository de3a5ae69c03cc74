"""Command lines for a source. Options are taken from click, so that new ones are tried, too."""

from __future__ import annotations

from random import Random
from typing import Any

import click

from lstmcount.cli.commands import cli
from tests.fuzz.sources import hostile
from tests.fuzz.sources.base import Source

# Texts that options take, by the option's name; others get one of ANY.
ANY = ("1", "lstm", "x", "units", "10%", "250k", "-", "a=1", "*")
TEXTS: dict[str, tuple[str, ...]] = {
    "set": ("a=3", "units=64", "lstm.units=8", "x.shape=[None,5,4]", "a=2..8:2", "units=2..64:16",
            "lstm.units=8,16", "a=nan", "a=9**9", "X.shape[1]=3", "a={}", "a=1e999", "b=1..10**9"),
    "for": ("units", "a", "lstm.units", "a=1..64", "a,b", "units=1..8,b=2..4:2", "a=1..10**12"),
    "columns": ("all", "dtype", "macs", "shape,params", "x"),
    "where": ("params < 1_000_000", "a > 2 and params", "macs <= 3", "__import__('os')", "9**9**9"),
    "sort": ("params", "-params", "a", "x"),
    "pareto": ("params,macs", "a,-params", "x"),
    "base": ("HEAD", "main", "HEAD~1", "-x", "--upload-pack=x"),
    "baseline": ("lstmcount.lock", "x.lock", "model.yaml", "none.lock"),
    "config": ("lstmcount.yaml", "pyproject.toml", "model.yaml", "none.yaml"),
    "budgets": ("lstmcount.yaml", "model.yaml"),
    "set-file": ("model.yaml", "lstmcount.yaml", "none.yaml"),
    "report": ("json=out.json", "junit=out.xml", "sarif=-", "x=y", "markdown=out.md", "gitlab="),
    "input": ("random", "zeros", "model.json", "model.yaml", "none.npy"),
    "optimizer": ("adam", "sgd", "rmsprop", "lion", "x"),
    "headroom": ("10%", "0", "3k", "-5%", "x", "1e9%"),
    "model": ("model", "model@3", "build", "build()", "build(exec=repr)", "model[0]", "Block",
    "x.y"),
    "show": ("shapes", "params", "dtype", "shapes,params", "all", "x"),
    "layer-range": ("lstm", "dense", "x", ".*", "["),
    "output": ("out.txt", "out.svg", "out.json", "-", "out.html", "out.png", "out.csv",
    "out.parquet"),
    "plot": ("out.svg", "out.png", "out.pdf", "out.x"),
}  # fmt: skip
# What a command needs to come to its work at all; several for one of them.
RECIPES: dict[str, tuple[tuple[str, ...], ...]] = {
    "solve": (
        ("--for", "a", "--max-params", "2k"), ("--for", "units", "--max-params", "1M"),
        ("--for", "lstm.units", "--max-size", "64KB"), ("--for", "dense.units", "--exact-params",
        "300"),
        ("--for", "a=1..64", "--max-macs", "10k"), ("--for", "a,units", "--min-params", "100"),
    ),
    "sweep": (
        ("--set", "a=2..8:2"), ("--set", "units=2,4,8", "--set", "a=1..3"), ("--set",
        "lstm.units=1..99:7"),
        ("--set", "dense.units=1..4", "--format", "csv"), ("--set", "a=1..3", "--plot", "out.svg"),
    ),
    "check": (("--max-params", "1k"), ("--max-layers", "3"), ("--max-macs", "1M"),
    ("--update-baseline",), ()),
    "plot": (("-o", "out.svg"), ("--format", "dot"), ("--cell", "-o", "out.svg"), ("--format",
    "mermaid"),
             ("--unroll", "3", "--format", "svg"), ("--format", "svg"), ("--format", "markdown")),
    "report": (("-o", "out.html"),),
    "trace": (("--timesteps", "3"), ("--timesteps", "3", "--layer", "lstm"), ("--layer",
    "encoder")),
    "init": (("--force",),),
}  # fmt: skip
AMOUNTS = (
    "3", "0", "1k", "20000", "300", "1_000", "1000000", "250k", "1.5M", "1MB", "2 KB", "5%",
    "5% or 10k", "-1", "x",
    "1e400", "inf",
)  # fmt: skip
WRITTEN = ("output", "plot", "report")  # these name files: never a word of the source


def names() -> list[str]:
    return cli.list_commands(click.Context(cli))


def command_line(rng: Random, source: Source) -> list[str]:
    """A command over the source with some of its options."""
    name = rng.choice(names())
    if name in ("schema", "layers") and rng.random() < 0.97:  # they have no source
        name = rng.choice(("summary", "count", "convert", "explain"))
    if source.kind == "project" and rng.random() < 0.6:
        name = rng.choice(("check", "check", "diff", "init", "report"))
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    found = [name]
    if name in RECIPES and rng.random() < 0.8:
        found += rng.choice(RECIPES[name])
    options = [param for param in command.params if isinstance(param, click.Option)]
    rate = rng.choice((0.0, 0.0, 1.0, 1.0, 3.0)) / max(1, len(options))
    for option in options:
        is_only_built = any(flag in found for flag in option.opts)
        if (option.required and not is_only_built) or rng.random() < rate * _share(option, source):
            found += _option(rng, option, source)
    for param in command.params:
        if isinstance(param, click.Argument):
            found += _argument(rng, name, param, source)
    if rng.random() < 0.03:
        found = ["-" if text == source.name else text for text in found]
    return [text.replace("\x00", "").encode("utf-8", "replace").decode() for text in found]


def _share(option: click.Option, source: Source) -> float:
    """Options that most sources refuse are rarer."""
    if "--model" in option.opts and source.kind not in ("program", "notebook"):
        return 0.1
    return 0.1 if "--set-file" in option.opts else 1.0


def _argument(rng: Random, command: str, param: click.Argument, source: Source) -> list[str]:
    if param.name not in ("source", "sources", "weights"):
        some = param.required or rng.random() < 0.4
        return [_word(rng, source)] if some else []
    if param.name == "weights":
        return [source.name] if rng.random() < 0.5 else []
    if param.nargs == 1:
        return [source.name]
    count = 2 if command == "diff" and rng.random() < 0.9 else rng.choice((0, *7 * (1,), 2))
    other = rng.choice(sorted({*source.files, "none.yaml", "."}))
    return [source.name, other if rng.random() < 0.4 else source.name][:count]


def _option(rng: Random, option: click.Option, source: Source) -> list[str]:
    flag = rng.choice(option.opts)
    if option.is_flag or option.count:
        return [flag]
    times = rng.randint(1, 2) if option.multiple else 1
    return [text for _ in range(times) for text in (flag, *_values(rng, option, source))]


def _values(rng: Random, option: click.Option, source: Source) -> list[str]:
    return [_value(rng, option, source) for _ in range(option.nargs)]


def _value(rng: Random, option: click.Option, source: Source) -> str:
    kind: Any = option.type
    name = max(option.opts, key=len).lstrip("-")
    if isinstance(kind, click.Choice):
        return str(rng.choice(tuple(kind.choices))) if rng.random() < 0.98 else "x"
    if isinstance(kind, click.IntRange) or kind is click.INT:
        return str(rng.choice((1, 1, 2, 3, 5, 8, 0, -1, 100, 10**4, 2**31, 10**30)))
    if name.startswith(("max-", "min-", "exact-")):
        return rng.choice(AMOUNTS if rng.random() < 0.4 else AMOUNTS[:7])
    if name in WRITTEN or rng.random() < 0.6:
        return rng.choice(TEXTS.get(name, ANY))
    if name in ("set", "for") and rng.random() < 0.6:
        argument = rng.choice(("units", "rate", "shape", "activation", _word(rng, source)))
        return f"{_word(rng, source)}.{argument}={rng.choice((3, 8, 'x', None, '1..9', [1, 2]))}"
    return _word(rng, source)


def _word(rng: Random, source: Source) -> str:
    """In most cases, a name in the source."""
    if source.words and rng.random() < 0.85:
        return rng.choice(source.words)
    return rng.choice(hostile.NAMES)
