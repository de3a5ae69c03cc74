"""The output of a command: it parses as its format, and has no effect on a terminal."""

from __future__ import annotations

import ast
import csv
import io
import json
import re
import warnings
from collections.abc import Callable, Sequence
from html.parser import HTMLParser
from unicodedata import category
from xml.dom import minidom

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
BINARY = ("png", "pdf", "parquet")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_ODD = re.compile(r"[^\x20-\x7e\n\t]")
_JOINERS = "\u200c\u200d"


def complaint(args: Sequence[str], status: int, out: bytes, err: bytes) -> str | None:
    """The defect of a command's output; None if there is none."""
    errors = err.decode("utf-8", "replace")
    if "Traceback (" not in errors and (odd := _uncontrolled(errors)):
        return f"stderr holds {odd!r}"
    if b"a bug in lstmcount" in out + err:  # one model among several, the others were checked
        return "a bug of one model"
    if status == 2 and not errors.strip() and not out:
        return "status 2 without a word"
    kind = form(args)
    if kind in BINARY or status == 2:
        return None
    text = out.decode("utf-8", "replace")
    if odd := _uncontrolled(_COLOUR.sub("", text) if "--color" in args else text):
        return f"stdout holds {odd!r}"
    return parsed(kind, text) if text.strip() else None


def form(args: Sequence[str]) -> str:
    """The format that was asked for: the last value of `--format` or `--to`."""
    if "--help" in args or "--list" in args:
        return ""
    if args[:1] == ["schema"]:
        return "json"
    places = [i for i, arg in enumerate(args[:-1]) if arg in ("--format", "--to")]
    default = "yaml" if args[:1] == ["convert"] else ""
    return args[places[-1] + 1] if places else default


def parsed(kind: str, text: str) -> str | None:
    """The error of a parser of that language; None if the text is valid."""
    parser = PARSERS.get(kind)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if parser is not None:
                parser(text)
    except RecursionError:
        return None
    except Exception as error:  # of any parser there is
        return f"not {kind}: {type(error).__name__}: {error}"[:200]
    return None


def _uncontrolled(text: str) -> str | None:
    for match in _ODD.finditer(text):
        character = match[0]
        if category(character) in ("Cc", "Cf", "Zl", "Zp", "Cs") and character not in _JOINERS:
            return character
    return None


def _json(text: str) -> None:
    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is no JSON")

    json.loads(text, parse_constant=refuse)


def _lines_of_json(text: str) -> None:
    for line in text.split("\n"):
        if line:
            _json(line)


def _table(text: str, delimiter: str) -> None:
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    if len({len(row) for row in rows}) > 1:
        raise ValueError("rows of several lengths")


def _workflow_commands(text: str) -> None:
    for line in text.split("\n"):
        if line.startswith("::") and not re.match(
            r"::(error|warning|notice|debug)( [^:]*)?::", line
        ):
            raise ValueError(f"unknown command {line[:80]!r}")


PARSERS: dict[str, Callable[[str], object]] = {
    **dict.fromkeys(("json", "keras-json", "sarif", "gitlab"), _json),
    "jsonl": _lines_of_json,
    "csv": lambda text: _table(text, ","),
    "tsv": lambda text: _table(text, "\t"),
    "yaml": lambda text: yaml.load(text, Loader=LOADER),
    "svg": minidom.parseString,
    "junit": minidom.parseString,
    "html": lambda text: HTMLParser().feed(text),
    "python": ast.parse,
    "github": _workflow_commands,
}
