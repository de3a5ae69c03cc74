"""Data that a program reads from texts, and from files of its project: JSON, YAML, TOML and INI."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from lstmcount.programs.language.builtins.files import OpenFile, text_at
from lstmcount.programs.language.objects.exceptions import KINDS
from lstmcount.programs.language.run import MISSING, PYTHON_ERRORS, Run
from lstmcount.programs.language.types.builtin_types import is_plain
from lstmcount.programs.language.values.natives import arguments_by_name, provides
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.language.values.unknowns import UnknownText
from lstmcount.programs.language.values.value import Value
from lstmcount.shapes import Unknown

MAX_DEPTH = 60  # of YAML
STEPS_PER_CHARACTER = 8  # of JSON: the values of `[[],[],…]` take 30 bytes each
_LAYOUTS = {"indent", "separators", "sort_keys", "ensure_ascii"}
TABLE: dict[str, Any] = {}
_provides = partial(provides, TABLE)


def _parsed(parse: Callable[[Any], Any]) -> Callable[..., Any]:
    """A function that parses its first argument: a text, or an open file."""

    def function(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        text = args[0] if args else kwargs.get("stream")
        if isinstance(text, OpenFile) and not text.is_lost:
            text = text.read(run, node)
        if not isinstance(text, str | bytes):
            return run.unknown(run.source_of(node))
        run.spend(STEPS_PER_CHARACTER * len(text), node)
        try:
            return parse(text)
        except (ValueError, RecursionError) as error:
            if isinstance(error, json.JSONDecodeError):
                run.fail(error)
            return run.unknown(run.source_of(node))

    return function


def _yaml(text: str | bytes) -> Any:
    import yaml

    from lstmcount.readers.text import yaml_loader

    text = text.decode() if isinstance(text, bytes) else text
    try:
        yaml_loader.check_depth(text, MAX_DEPTH)
        return yaml_loader.load(text)
    except yaml.YAMLError as error:
        raise ValueError from error


def _toml(text: str | bytes) -> Any:
    import tomllib

    return tomllib.loads(text.decode() if isinstance(text, bytes) else text)


load_yaml = _parsed(_yaml)
_provides("yaml.safe_load", "yaml.full_load", "yaml.load")(load_yaml)
_provides("tomllib.load", "tomllib.loads", "tomli.load", "tomli.loads", "toml.loads")(
    _parsed(_toml)
)


def _json_value(text: str | bytes) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        json.loads(text)  # raises what Python raises; it also takes NaN
        raise


_load_json = _parsed(_json_value)
TABLE |= dict.fromkeys(
    ("json.JSONDecodeError", "json.decoder.JSONDecodeError"), KINDS["JSONDecodeError"]
)


@_provides("json.load", "json.loads")
def _json(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    hook = kwargs.get("object_hook")
    if not args and "s" in kwargs:
        args = [kwargs.pop("s")]
    if len(args) != 1 or kwargs.keys() - {"object_hook"}:
        return run.unknown(run.source_of(node))
    if isinstance(args[0], UnknownText) and (data := args[0].data()) is not None:
        value = as_json(data)
    else:
        value = _load_json(run, args, {}, node)
    return value if hook is None else _hooked(run, value, hook, node)


def _hooked(run: Run, value: Any, hook: Any, node: ast.AST) -> Any:
    """The value, with the result of a function in the place of each object."""
    if isinstance(value, list):
        return [_hooked(run, each, hook, node) for each in value]
    if isinstance(value, dict):
        inner = {key: _hooked(run, each, hook, node) for key, each in value.items()}
        return run.call(hook, [inner], {}, node)
    return value


@_provides("toml.load")
def _load_toml(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    source = args[0] if args else None
    text = source if isinstance(source, OpenFile) else text_at(run, source, node)
    return _parsed(_toml)(run, [text], {}, node)


def as_json(data: Any) -> Any:
    """The data as JSON keeps it: tuples become lists, and keys texts."""
    if isinstance(data, dict):
        return {key: as_json(value) for key, value in data.items()}
    return [as_json(each) for each in data] if isinstance(data, list | tuple) else data


@_provides("json.dumps")
def _dumps(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    run.weigh(node, args)
    if len(args) != 1 or kwargs.keys() - _LAYOUTS or not is_plain([*kwargs.values()]):
        return run.unknown(run.source_of(node))
    if run.is_open(args[0]) or not is_plain(args[0]):
        data = as_json(args[0])  # today's; the program may change it later
        words = run.unknown(run.source_of(node))
        is_data = isinstance(args[0], dict | list) and isinstance(words, Unknown)
        return UnknownText(words.text, None, lambda: data, lambda: None) if is_data else words
    try:
        text = json.dumps(args[0], **kwargs)
    except (*PYTHON_ERRORS, RecursionError):
        return run.unknown(run.source_of(node))
    run.spend(len(text), node)
    return text


# -- INI ----------------------------------------------------------------------------------------


class _Ini(Value):
    """A `ConfigParser`: sections of options, whose texts refer to no others (`%(name)s`)."""

    def __init__(self) -> None:
        from configparser import RawConfigParser

        self.parser = RawConfigParser()

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        if name in _CONVERSIONS:
            return Native(name, partial(self._get, _CONVERSIONS[name]), raw=True)
        method = _INI.get(name)
        return MISSING if method is None else Native(name, partial(method, self), raw=True)

    def add(self, run: Run, text: Any) -> None:
        from configparser import Error

        run.spend(STEPS_PER_CHARACTER * len(text))
        try:
            self.parser.read_string(text)
        except Error as error:
            raise ValueError from error

    def _get(
        self, convert: Callable[[str], Any], run: Run, args: Any, kwargs: Any, node: ast.AST
    ) -> Any:
        named = arguments_by_name(("section", "option"), args, kwargs)
        section, option = named.get("section"), named.get("option")
        if not isinstance(section, str) or not isinstance(option, str):
            return run.unknown(run.source_of(node))
        if not self.parser.has_option(section, option):
            return kwargs["fallback"] if "fallback" in kwargs else run.unknown(run.source_of(node))
        text = self.parser.get(section, option)
        return run.unknown(run.source_of(node)) if "%" in text or "${" in text else convert(text)

    def contains(self, run: Run, value: Any, node: ast.AST) -> Any:
        return value in self.parser if isinstance(value, str) else MISSING

    def item(self, run: Run, key: Any, node: ast.AST) -> Any:
        if isinstance(key, str) and key in self.parser:
            return _Section(self, key)
        return super().item(run, key, node)


class _Section(Value):
    """`parser[name]`."""

    def __init__(self, ini: _Ini, name: str) -> None:
        self.ini, self.name = ini, name

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        if name not in _CONVERSIONS:
            return MISSING

        def get(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
            fallback = {"fallback": args[1] if len(args) > 1 else None}
            method = self.ini.attribute(run, name, node)
            return run.call(method, [self.name, args[0]], {**fallback, **kwargs}, node)

        return Native(name, get, raw=True)

    def contains(self, run: Run, value: Any, node: ast.AST) -> Any:
        is_text = isinstance(value, str)
        return self.ini.parser.has_option(self.name, value) if is_text else MISSING

    def item(self, run: Run, key: Any, node: ast.AST) -> Any:
        return run.call(self.ini.attribute(run, "get", node), [self.name, key], {}, node)


def _boolean(text: str) -> bool:
    from configparser import RawConfigParser

    return RawConfigParser.BOOLEAN_STATES[text.lower()]


_CONVERSIONS: dict[str, Callable[[str], Any]] = {
    "get": str,
    "getint": int,
    "getfloat": float,
    "getboolean": _boolean,
}


def _read(ini: _Ini, run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """Read the files that the project has, of one or of a list."""
    names = args[0] if isinstance(args[0], list | tuple) else [args[0]]
    texts = [text_at(run, name, node) for name in names]
    if None in texts:  # a file may be there elsewhere
        return run.unknown(run.source_of(node))
    for text in texts:
        ini.add(run, text)
    return list(names)


_INI: dict[str, Any] = {
    "read": _read,
    "read_string": lambda ini, run, args, kwargs, node: ini.add(run, args[0]),
    "sections": lambda ini, run, args, kwargs, node: ini.parser.sections(),
    "has_section": lambda ini, run, args, kwargs, node: ini.parser.has_section(args[0]),
    "has_option": lambda ini, run, args, kwargs, node: ini.parser.has_option(args[0], args[1]),
}


@_provides("configparser.ConfigParser", "configparser.RawConfigParser")
def _config_parser(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return run.unknown(run.source_of(node)) if args or kwargs else _Ini()
