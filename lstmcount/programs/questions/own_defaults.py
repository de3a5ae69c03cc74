"""Examples that are the program's own defaults of environment variables."""

from __future__ import annotations

import ast
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec

from lstmcount.errors import LstmcountError
from lstmcount.programs.language.interpreter import Interpreter
from lstmcount.programs.language.run import PYTHON_ERRORS, Stop
from lstmcount.programs.questions.decision_examples import UNSET
from lstmcount.programs.questions.needs import Need


def use_defaults(
    run: Interpreter,
    defaults: dict[str, Any],
    needed: list[Need],
    again: Callable[[dict[str, Any]], Interpreter],
) -> None:
    """Ask for what comes from environment variables with the value that their defaults give it.

    `defaults` are those of the variables, by source text. `again` follows the program with more
    settings.
    """
    try:
        with_defaults = again(defaults)
    except LstmcountError:
        return

    def example(words: str) -> Any:
        value = _value(with_defaults, words)
        return defaults.get(run.failed_imports.origin_of(words)) if value is None else value

    for need in needed:
        value = _as_number(example(need.words))
        if value is not None and isinstance(value, list) == isinstance(need.example, list):
            need.example, need.examples = value, (value, *need.examples)
    for key, decision in run.decisions.items():
        value = example(decision.words)
        if value is None and run.failed_imports.origin_of(decision.words) in defaults:
            value = UNSET
        if value is not None:
            run.decisions[key] = msgspec.structs.replace(decision, example=value)


def _value(run: Interpreter, words: str) -> Any:
    """The plain value of an expression outside of functions; None for others."""
    with suppress(LstmcountError, Stop, SyntaxError, *PYTHON_ERRORS):
        value = run.evaluate(ast.parse(words, mode="eval").body, run.module)
        return value if _is_plain(value) else None
    return None


def _is_plain(value: Any) -> bool:
    elements = value if isinstance(value, list) and value else [value]
    return all(isinstance(each, bool | int | float | str) for each in elements)


def _as_number(value: Any) -> Any:
    """
    >>> _as_number("64"), _as_number("relu")
    (64, 'relu')
    """
    with suppress(msgspec.DecodeError):
        return msgspec.json.decode(value, type=int | float) if isinstance(value, str) else value
    return value
