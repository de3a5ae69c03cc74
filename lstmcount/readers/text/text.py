"""Parse YAML and JSON text within limits, and locate paths by line and column."""

from __future__ import annotations

import codecs
import re
from typing import Any

import msgspec

from lstmcount.errors import Location, LstmcountError, Path, no_text
from lstmcount.readers.text.file_signatures import foreign

MAX_BYTES = 64 * 2**20
TOO_LARGE = f"the file is larger than {MAX_BYTES // 2**20} MiB"
MAX_WIDE = 16 * 2**20  # characters, which take up to four bytes each in memory
MAX_YAML = 8 * 2**20  # YAML takes a hundred times as long to read as JSON
MAX_YAML_VALUES = 200_000
MAX_DEPTH = 400
MAX_NODES = 1_000_000
MAX_MEMORY = 160 * 2**20  # limit for the values of a JSON text
_FEW_BYTES = 2**21  # length of JSON whose values always fit

# Of the first line or the second, if the first is blank or a comment, too.
_DECLARATION = rb"(?:[ \t\f]*(?:#[^\r\n]*)?\r?\n)?[ \t\f]*#[^\r\n]*?coding[:=][ \t]*([-\w.]+)"
_SLOW_CODECS = ("idna", "punycode")  # of domain names; they take quadratic time

_BINARY = "this is a binary file, not a model that lstmcount reads"


def decode(data: bytes) -> str:
    """Decode bytes as UTF-8, or as UTF-16 or UTF-32 in JSON; a byte-order mark is removed.

    A program may declare another encoding (PEP 263).

    >>> decode(b"# coding: latin-1\\ngr\\xf6sse = 3")
    '# coding: latin-1\\ngrösse = 3'

    Raises `LstmcountError` that describes any other file.
    """
    if len(data) > MAX_BYTES:
        raise LstmcountError(TOO_LARGE)
    if len(data) > MAX_WIDE and not data.isascii():
        raise LstmcountError(
            f"the file is larger than {MAX_WIDE // 2**20} MiB, and not all of it is ASCII"
        )
    if data[:1] not in (b"{", b"["):  # the start of JSON, which no other file type has
        description = foreign(data)
        if description is not None:
            raise LstmcountError(f"this is {description}")
    encoding = _declared_encoding(data) or _encoding(data[:4])
    try:
        text = data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        if b"\0" in data[:1024]:
            raise LstmcountError(_BINARY) from None
        name = encoding.upper()
        raise LstmcountError(f"not {name} text: {error.reason} at byte {error.start}") from None
    if "\0" in text[:1024]:
        raise LstmcountError(_BINARY)
    return text


def _declared_encoding(data: bytes) -> str | None:
    """The encoding that a comment in the first two lines of a program declares, or None."""
    declared = re.match(_DECLARATION, data) if b"coding" in data[:1000] else None
    if declared is None:
        return None
    name = declared[1].decode()
    try:
        codec = codecs.lookup(name)
        b"#".decode(codec.name)  # a program's text continues ASCII
    except (LookupError, UnicodeError):
        codec = None
    if codec is None or codec.name in _SLOW_CODECS:
        raise LstmcountError(f"the program declares the encoding {name!r}, which is not known")
    return codec.name


def _encoding(start: bytes) -> str:
    if b"\0" not in start and start[:1] not in (b"\xef", b"\xff", b"\xfe"):
        return "utf-8"
    import json

    return json.detect_encoding(start)


def looks_like_json(text: str) -> bool:
    start = _start(text)
    return text[start : start + 1] in ("{", "[", '"')


def is_blank(text: str) -> bool:
    return _start(text) == len(text)


def _start(text: str) -> int:
    """The position of the first character that is not blank, without copying the text."""
    blank = re.match(r"\s+", text)
    return blank.end() if blank else 0


def parse_json(text: str) -> Any:
    _require_few_values(text)
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        pass
    except RecursionError:
        raise LstmcountError(f"nested deeper than {MAX_DEPTH} levels") from None
    import json  # reads NaN and so on, and locates errors

    try:
        data = json.loads(text)
        if re.search(r"\\u[dD][89a-fA-F]", text):
            _refuse_surrogates(data)
        return data
    except json.JSONDecodeError as error:
        raise _syntax_error(f"not JSON: {error.msg}", error.lineno, error.colno) from None
    except RecursionError:
        raise LstmcountError(f"nested deeper than {MAX_DEPTH} levels") from None
    except ValueError:  # Python reads no more digits
        raise LstmcountError("not JSON: a number of more than 4,300 digits") from None


def _require_few_values(text: str) -> None:
    """Refuse JSON whose values could fill the memory."""
    if len(text) > _FEW_BYTES:
        size = 64 * (text.count(",") + text.count("[")) + 192 * text.count("{")
        if size > MAX_MEMORY:
            raise LstmcountError("the file holds more values than a model needs")


def _refuse_surrogates(data: Any) -> None:
    """Refuse lone surrogates, which JSON can spell and text cannot encode."""
    import json

    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise LstmcountError(f"not JSON: {no_text(error).message}") from None


def reject_duplicates(text: str) -> None:
    """Refuse duplicate keys in hand-written JSON."""

    def pairs(items: list[tuple[str, Any]]) -> None:
        seen: set[str] = set()
        for key, _ in items:
            if key in seen:
                raise LstmcountError(f"the key {key!r} stands twice in one object")
            seen.add(key)

    import json

    try:
        json.loads(text, object_pairs_hook=pairs)
    except LstmcountError as error:
        raise _placed(error, text) from None


def _placed(error: LstmcountError, text: str) -> LstmcountError:
    """The error with the position that the YAML parser reports for it."""
    try:
        parse_yaml(text)
    except LstmcountError as yaml_error:
        if "stands twice" in yaml_error.message:
            error.location = yaml_error.location
    return error


def parse_yaml(text: str) -> Any:
    import yaml

    from lstmcount.readers.text.yaml_loader import check_depth, load

    if len(text) > MAX_YAML:
        raise LstmcountError(f"the file is larger than {MAX_YAML // 2**20} MiB of YAML")
    if not has_few_values(text):
        raise LstmcountError(f"YAML of more than {MAX_YAML_VALUES:,} lines and values")
    try:
        check_depth(text, MAX_DEPTH)
        data = load(text)
    except yaml.MarkedYAMLError as error:
        raise _yaml_error(error, text) from None
    except yaml.YAMLError as error:
        raise LstmcountError(f"not YAML: {str(error).splitlines()[0]}") from None
    except RecursionError:
        raise LstmcountError(f"nested deeper than {MAX_DEPTH} levels") from None
    if "&" in text:
        _bound_aliases(data)
    return data


def _yaml_error(error: Any, text: str) -> LstmcountError:
    """The error for wrong YAML, with its place and with hints about common mistakes."""
    mark = error.problem_mark or error.context_mark
    problem = error.problem or str(error)
    if "',' or" in problem and error.context_mark:
        opened = error.context_mark
        problem += f" (for the bracket at {opened.line + 1}:{opened.column + 1})"
    if "',' or ']'" in problem and "custom_layers" in text:
        problem += "; text with brackets needs quotes: ['input[-1]', units]"
    if mark is None:
        return LstmcountError(f"not YAML: {problem}")
    if problem.endswith("cannot start any token"):
        problem += _tab(text, mark.line)
    if problem.startswith("mapping values are not allowed"):
        problem += _missing_colon(text, mark.line)
    return _syntax_error(f"not YAML: {problem}", mark.line + 1, mark.column + 1)


def _missing_colon(text: str, line: int) -> str:
    """A hint, where the line above has a word of a list and nothing after it."""
    above = text.splitlines()[line - 1 : line]
    word = re.fullmatch(r"\s*-\s+([\w.]+)\s*", above[0]) if above else None
    return f"; is a colon missing after {word[1]}?" if word else ""


def _tab(text: str, line: int) -> str:
    """A hint, where the line is indented with a tab."""
    return "; indent with spaces, not tabs" if re.match(r" *\t", text.splitlines()[line]) else ""


def _syntax_error(message: str, line: int, column: int) -> LstmcountError:
    error = LstmcountError(message)
    error.location = Location(line=line, column=column)
    return error


def has_few_values(text: str) -> bool:
    """Whether YAML has few enough values, each of which follows one of these characters."""
    return sum(map(text.count, ",:[{?\n")) + text.count("- ") <= MAX_YAML_VALUES


def _bound_aliases(data: Any) -> None:
    """Refuse aliases that expand without limit or contain themselves."""
    sizes: dict[int, int] = {}
    above: set[int] = set()

    def size(value: Any) -> int:
        if not isinstance(value, list | dict):
            return 1
        if id(value) in above:
            raise LstmcountError("a YAML alias contains itself")
        if id(value) not in sizes:
            above.add(id(value))
            items = value.values() if isinstance(value, dict) else value
            sizes[id(value)] = 1 + sum(map(size, items))
            above.remove(id(value))
        if sizes[id(value)] > MAX_NODES:
            raise LstmcountError(f"YAML aliases expand to more than {MAX_NODES:,} values")
        return sizes[id(value)]

    size(data)


def locate(text: str, path: Path, at_key: bool = False) -> tuple[int, int] | None:
    """Line and column (from 1) of the value at `path`, or of the nearest enclosing one."""
    if looks_like_json(text):
        from lstmcount.readers.text import json_places

        position, is_exact = json_places.locate(text, path, at_key)
        if is_exact or not _is_short_yaml(text):
            return _line_and_column(text, position)
    return _in_yaml(text, path, at_key) if _is_short_yaml(text) else None


def _is_short_yaml(text: str) -> bool:
    return len(text) <= MAX_YAML and has_few_values(text)


def _line_and_column(text: str, position: int) -> tuple[int, int]:
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)


def _in_yaml(text: str, path: Path, at_key: bool) -> tuple[int, int] | None:
    import yaml

    try:
        node = yaml.compose(re.sub("\t", " ", text), Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, RecursionError):
        return None
    if node is None:
        return None
    mark = node.start_mark
    for depth, step in enumerate(path):
        child = _child(node, step)
        if child is None:
            break
        key, node = child
        last = depth == len(path) - 1
        mark = key.start_mark if at_key and last and key is not None else node.start_mark
    return mark.line + 1, mark.column + 1


def _child(node: Any, step: object) -> tuple[Any, Any] | None:
    if isinstance(node.value, str):
        return None
    if isinstance(step, int):
        is_list = step < len(node.value) and not isinstance(node.value[step], tuple)
        return (None, node.value[step]) if is_list else None
    for item in node.value:
        if isinstance(item, tuple) and item[0].value == step:
            return item
    return None
