"""Follow a program's messages: paste settings until the program is counted or refused."""

from __future__ import annotations

from typing import Any

import msgspec

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python
from lstmcount.setting_text import settings_in
from lstmcount.shapes import Unknown
from lstmcount.sources.settings import apply_settings

ROUNDS = 10


class Answer(msgspec.Struct):
    """The number of parameters, or the messages without it, and the settings that were pasted.

    `notes` are those of the model before any setting was pasted.
    """

    total: int | None
    messages: list[str]
    settings: dict[str, Any]
    notes: list[str]


def asked_for(message: str) -> dict[str, Any]:
    """The settings in a message, as a shell would parse them."""
    return settings_in(message)


def pasted(program: str) -> Answer:
    """Paste the printed settings repeatedly; a setting must not be asked for twice."""
    answer = Answer(None, [], {}, [])
    for _ in range(ROUNDS):
        answer.total, answer.messages, notes = count(program, answer.settings)
        if not answer.settings:
            answer.notes = notes
        if answer.total is not None:
            return answer
        hints = [asked_for(message) for message in answer.messages]
        new = {name: value for hint in hints for name, value in hint.items()}
        assert not new.keys() & answer.settings, f"asked for again: {answer.messages}"
        if not new:
            return answer
        answer.settings |= new
    raise AssertionError(f"never answered: {answer.messages}")


def count(program: str, settings: dict[str, Any], model: str | None = None) -> Any:
    """The number of parameters or None, messages why it is unknown, and the model's notes."""
    left = dict(settings)
    notes: list[str] = []
    try:
        config = read_python(program.encode(), model=model, settings=left)
        notes = list(config.notes)
        apply_settings(config, left)
        summary = infer(config)
    except LstmcountError as error:
        return None, [str(error)], notes
    if isinstance(summary.total_params, Unknown) or any(one.is_unbuilt for one in summary.walk()):
        return None, [note for note in summary.notes if "known" in note], notes
    return summary.total_params, [], notes
