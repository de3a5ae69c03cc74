"""Settings as text: parse `NAME=VALUE`, and print the `--set` options that answer unknowns."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from typing import Any

import msgspec

from lstmcount.errors import MAX_LENGTH, LstmcountError, no_text

SETTING = ": --set "  # in messages, before the settings that answer an unknown
_OPTION = re.compile(r"""--set (?:'(?:[^']|'"'"')*'|"[^"]*"|[^\s;'"]+)""")
_SEVERAL = re.compile(r", and (?:one more value is|\d+ more values are) needed$")
_BARE_KEY = re.compile(r"([{,]\s*)'?([A-Za-z_]\w*)'?\s*:")


def parse_setting(text: str) -> tuple[str, Any]:
    """The name and the value of a setting. A value that is not JSON becomes a string.

    >>> parse_setting("units=96"), parse_setting("X_train.shape=[None,5,126]")
    (('units', 96), ('X_train.shape', [None, 5, 126]))
    >>> parse_setting("lstm.activation=relu")
    ('lstm.activation', 'relu')
    >>> parse_setting("pick('units', low=32)=40"), parse_setting("kind == 'lstm'=true")
    (("pick('units', low=32)", 40), ("kind == 'lstm'", True))
    >>> parse_setting("input_shape={x: [None, 4], 'y': [None, 2]}")
    ('input_shape', {'x': [None, 4], 'y': [None, 2]})
    """
    name, value = _split_setting(text)
    if not name or not value:
        raise LstmcountError(f"expected NAME=VALUE such as units=96, got {text!r}")
    words = {"None": "null", "True": "true", "False": "false"}
    as_json = value
    for word, replacement in words.items():
        as_json = as_json.replace(word, replacement)
    as_json = as_json.replace("(", "[").replace(",)", "]").replace(")", "]")
    as_json = _BARE_KEY.sub(r'\1"\2":', as_json)
    try:
        return name, msgspec.json.decode(as_json)
    except UnicodeEncodeError as error:
        raise no_text(error) from None
    except (msgspec.DecodeError, RecursionError):
        return name, _list_of_texts(value) or value.strip("'\"")


def _list_of_texts(value: str) -> list[str]:
    """The texts of a list without JSON's quotes; empty if it is none.

    >>> _list_of_texts("['a.py', 'b.py']"), _list_of_texts("[a.py, b.py]"), _list_of_texts("[UNK]")
    (['a.py', 'b.py'], ['a.py', 'b.py'], [])
    """
    parts = [part.strip() for part in value[1:-1].split(",")]
    are_quoted = all(re.fullmatch(r"'[^']*'|\"[^\"]*\"", part) for part in parts)
    are_words = len(parts) > 1 and all(re.fullmatch(r"[^\s\"'\[\]{}()]+", part) for part in parts)
    is_list = value.startswith("[") and value.endswith("]") and (are_quoted or are_words)
    return [part.strip("'\"") for part in parts] if is_list else []


def _split_setting(text: str) -> tuple[str, str]:
    """Split a setting at the first `=` outside brackets and quotes."""
    closing: list[str] = []
    quote = ""
    for at, char in enumerate(text):
        if quote:
            quote = "" if char == quote and text[at - 1] != "\\" else quote
        elif char in "'\"":
            quote = char
        elif char in "([{":
            closing.append(char)
        elif char in ")]}":
            del closing[-1:]
        elif char == "=" and not closing and not _is_comparison(text, at):
            return text[:at].strip(), text[at + 1 :].strip()
    name, _, value = text.partition("=")  # a bracket or a quote is never closed
    return name.strip(), value.strip()


def _is_comparison(text: str, at: int) -> bool:
    """Whether the `=` at index `at` belongs to `==`, `!=`, `<=` or `>=`."""
    return text[at + 1 : at + 2] == "=" or text[max(at - 1, 0) : at] in ("=", "!", "<", ">")


def set_option(words: str, example: Any) -> str:
    """The command-line option that gives a value.

    >>> set_option("actions.shape[0]", 3), set_option("args['units']", 3)
    ("--set 'actions.shape[0]=3'", '--set "args[\\'units\\']=3"')
    """
    text = f"{words}={example}"
    is_plain_in_double_quotes = "'" in text and not re.search(r'["$`\\!\n]', text)
    return f'--set "{text}"' if is_plain_in_double_quotes else f"--set {shlex.quote(text)}"


def settings_in(message: str) -> dict[str, Any]:
    """The settings that a message asks for.

    >>> settings_in("needs `n`, which is not known: --set n=3 --set 'x.shape=[2, 4]'")
    {'n': 3, 'x.shape': [2, 4]}
    """
    return dict(_options(message).values())


def _options(message: str) -> dict[str, tuple[str, Any]]:
    """Names and values by the text of the options; none if a name holds the words of an option.

    >>> _options("needs `n['--set x']`: --set n=3")
    {}
    """
    try:
        options = _OPTION.findall(message)
        return {option: parse_setting(shlex.split(option)[1]) for option in options}
    except (ValueError, LstmcountError):
        return {}


def replaced(message: str, examples: dict[str, str]) -> str:
    """The message with other examples for some of its settings.

    >>> replaced("n is not known: --set n=3 --set m=3", {"n": "120"})
    'n is not known: --set n=120 --set m=3'
    """
    for option, (words, _) in _options(message).items() if examples else ():
        if words in examples:
            message = message.replace(option, set_option(words, examples[words]))
    return message


def asking_for_all(messages: Iterable[str]) -> str:
    """The first message, with the settings of all messages.

    >>> asking_for_all(["a is not known: --set a=3", "b is not known: --set b=3"])
    'a is not known, and one more value is needed: --set a=3 --set b=3'
    >>> asking_for_all(["a is not known, and one more value is needed: --set a=3 --set b=3",
    ...                 "c is not known: --set c=3"])
    'a is not known, and 2 more values are needed: --set a=3 --set b=3 --set c=3'
    """
    first, *others = [*messages] or [""]
    said, _, asked = first.partition(SETTING)
    more: list[str] = []
    length = len(first)
    for option in dict.fromkeys(found for other in others for found in _OPTION.findall(other)):
        length += len(option) + 1
        if length < MAX_LENGTH - 200 and option not in first:
            more.append(option)
    if not more or not asked:
        return " ".join([first, *more])
    said, is_asking_for_several = _SEVERAL.subn("", said)
    number = len(more) + (len(_OPTION.findall(asked)) if is_asking_for_several else 0)
    needed = "one more value is" if number == 1 else f"{number} more values are"
    return f"{said}, and {needed} needed{SETTING}{asked} {' '.join(more)}"
