"""Ask for the key that selects the function or class that makes a program's model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.programs.allowance import Allowance
from lstmcount.programs.discovery import has_model
from lstmcount.programs.language.interpreter import Interpreter
from lstmcount.setting_text import set_option

MAX_KEYS = 3  # of each unknown, that are tried


def key_of_model(
    run: Interpreter, again: Callable[[dict[str, Any]], Interpreter], allowance: Allowance
) -> LstmcountError | None:
    """The error that asks for the first unknown key with which a program without a model makes one,
    as `kind` in `{"small": small, "large": large}[kind](n=3)`.

    `again` follows the program with more settings.
    """
    for choice in dict.fromkeys(run.choices.by_words.values()):
        for example in choice.examples[:MAX_KEYS]:
            if allowance.is_spent:
                return None
            if has_model(again({choice.key: example})):
                text = (
                    f"which model the program makes depends on `{choice.key}`, which is not known"
                )
                return run.error(choice.node, f"{text}: {set_option(choice.key, example)}")
    return None
