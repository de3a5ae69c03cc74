"""`re`, for patterns whose matching takes few steps, on short texts.

Python's matcher may take endless time: a repetition of something that may match in several ways is
tried in each of them. Patterns with such a repetition, or with what depends on the text around or
before, are not followed.
"""

from __future__ import annotations

import ast
import re
from functools import partial
from typing import Any

from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.values.iterators import Iterator
from lstmcount.programs.language.values.natives import arguments_by_name, provides
from lstmcount.programs.language.values.operators import MAX_LENGTH
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.language.values.value import Value

MAX_PATTERN = 300
MAX_STEPS = 2_000_000  # of the matcher, by an upper bound
STEPS_PER_STEP = 50  # of the matcher, which is as fast as this many times the reader
_OF_TEXT = {
    "match": 0, "search": 0, "fullmatch": 0, "findall": 0, "finditer": 0, "split": 0, "sub": 1,
}  # fmt: skip
_TOKENS = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?P<\w+>|\(\?:|\(|\)|[*+?]|\{\d*(?:,\d*)?\}|\||.", re.DOTALL
)
TABLE: dict[str, Any] = {
    "re.I": int(re.I), "re.IGNORECASE": int(re.I), "re.M": int(re.M), "re.MULTILINE": int(re.M),
    "re.S": int(re.S), "re.DOTALL": int(re.S), "re.A": int(re.A), "re.ASCII": int(re.A),
}  # fmt: skip
_provides = partial(provides, TABLE)


def repetitions(pattern: str) -> int | None:
    """The number of repetitions in a pattern; None if one of them repeats something ambiguous.

    >>> repetitions(r"(\\d+)x(\\d+)"), repetitions("(ab)*")
    (2, 1)
    >>> repetitions("(a+)+"), repetitions("(a|aa)*")
    (None, None)
    """
    count, is_plain, groups = 0, True, [True]
    for token in _TOKENS.findall(pattern):
        if token.startswith("(?") and token not in ("(?:",) and not token.startswith("(?P<"):
            return None
        if token.startswith("\\") and token[1:].isdigit():
            return None  # it matches what a group has matched
        if token.startswith("("):
            groups.append(True)
            continue
        if token == ")":
            is_plain = groups.pop() if len(groups) > 1 else False
            groups[-1] = groups[-1] and is_plain
            continue
        if token == "|":
            groups[-1] = False
        elif token in ("*", "+", "?") or token.startswith("{"):
            if not is_plain:
                return None
            count, groups[-1] = count + 1, False
        is_plain = True
    return None if "(?" in pattern.replace("(?:", "").replace("(?P<", "") else count


def _compiled(run: Run, pattern: Any, flags: Any, node: ast.AST) -> re.Pattern[str] | None:
    if not isinstance(pattern, str) or len(pattern) > MAX_PATTERN or type(flags) is not int:
        return None
    if repetitions(pattern) is None or flags & re.VERBOSE:
        return None
    run.spend(8 * len(pattern), node)
    try:
        return re.compile(pattern, flags)
    except (re.error, OverflowError, ValueError, RecursionError) as error:
        run.fail(error)
        return None


class _Pattern(Value):
    """A compiled pattern."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.pattern = pattern

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        if name == "pattern":
            return self.pattern.pattern
        if name not in _OF_TEXT:
            return MISSING
        return Native(name, partial(_applied, self.pattern, name), raw=True)


class _Match(Value):
    """A match of a pattern."""

    def __init__(self, match: re.Match[str]) -> None:
        self.match = match

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        methods: dict[str, Any] = {
            "group": self.match.group, "groups": self.match.groups,
            "groupdict": self.match.groupdict, "start": self.match.start,
            "end": self.match.end, "span": self.match.span,
        }  # fmt: skip
        return Native(name, methods[name]) if name in methods else MISSING

    def item(self, run: Run, key: Any, node: ast.AST) -> Any:
        return Native("group", self.match.group).call(run, [key], {}, node)


def _applied(
    pattern: re.Pattern[str], name: str, run: Run, args: Any, kwargs: Any, node: ast.AST
) -> Any:
    at = _OF_TEXT[name]
    more, text = args[:at], args[at] if len(args) > at else None
    rest = [*args[at + 1 :], *kwargs.values()]
    is_plain = all(isinstance(each, str) for each in more) and all(type(n) is int for n in rest)
    if not isinstance(text, str) or not is_plain:
        return run.unknown(run.source_of(node))
    if sum(map(len, more)) * (len(text) + 1) > MAX_LENGTH:
        return run.unknown(run.source_of(node))
    steps = (len(text) + 2) ** ((repetitions(pattern.pattern) or 0) + 2)
    if steps > MAX_STEPS:
        return run.unknown(run.source_of(node))
    run.spend(8 * (steps // STEPS_PER_STEP + len(text)), node)
    try:
        result = _method(pattern, name)(*args, **kwargs)
    except (re.error, IndexError) as error:
        run.fail(error)
        return run.unknown(run.source_of(node))
    if name == "finditer":
        return Iterator(run, node, [_Match(match) for match in result])
    return _Match(result) if isinstance(result, re.Match) else result


def _method(pattern: re.Pattern[str], name: str) -> Any:
    return {
        "match": pattern.match, "search": pattern.search, "fullmatch": pattern.fullmatch,
        "findall": pattern.findall, "finditer": pattern.finditer, "split": pattern.split,
        "sub": pattern.sub,
    }[name]  # fmt: skip


@_provides("re.compile")
def _compile(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    passed = arguments_by_name(("pattern", "flags"), args, kwargs)
    pattern = _compiled(run, passed.get("pattern"), passed.get("flags", 0), node)
    return run.unknown(run.source_of(node)) if pattern is None else _Pattern(pattern)


@_provides("re.escape")
def _escape(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return Native("escape", re.escape).call(run, args, kwargs, node)


def _provide(name: str) -> None:
    @_provides(f"re.{name}")
    def function(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        first, *rest = args
        flags = kwargs.pop("flags", 0)
        pattern = first.pattern if isinstance(first, _Pattern) else first
        if isinstance(pattern, str):
            pattern = _compiled(run, pattern, flags, node)
        if not isinstance(pattern, re.Pattern):
            return run.unknown(run.source_of(node))
        return _applied(pattern, name, run, rest, kwargs, node)


for _name in _OF_TEXT:
    _provide(_name)
