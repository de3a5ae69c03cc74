"""Command lines: `argparse` and `optparse`, with the values that arguments have without any."""

from __future__ import annotations

import ast
from functools import partial
from typing import Any

from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.values.natives import provides
from lstmcount.programs.language.values.provided import Namespace, Native
from lstmcount.shapes import Unknown

MAX_WORDS = 300  # of a command line that a program parses
_ACTIONS = ("store", "store_true", "store_false", "store_const", "append", "append_const", "count",
            "extend")  # fmt: skip
_ADDING = ("append", "append_const", "count", "extend")
_KEPT = ("action", "nargs", "const", "required")  # what decides which words are values
TABLE: dict[str, Any] = {}
_Option = tuple[list[str], dict[str, Any]]  # names and arguments of `add_argument`
_provides = partial(provides, TABLE)


@_provides("argparse.ArgumentParser", "optparse.OptionParser")
def _parser(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """A parser whose arguments have the values that they have without a command line."""
    values: dict[str, Any] = {}
    options: list[_Option] = []
    for parent in kwargs.get("parents") or ():
        if isinstance(parent, Namespace):
            values |= parent.attributes.get("__defaults__", {})
            options += parent.attributes.get("__options__", [])

    def add(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        names = [arg for arg in args if isinstance(arg, str)]
        if not names:
            return None
        options.append((names, kwargs))
        name = _dest(names, kwargs)
        action = kwargs.get("action")
        if "default" in kwargs:
            values[name] = default_of(run, kwargs, node)
        elif action in ("store_true", "store_false"):
            values[name] = action == "store_false"
        elif names[0].startswith("-") and not kwargs.get("required"):
            values[name] = None
        else:
            values[name] = Unknown(f"args.{name}")
        for key in (f"args.{name}", f"FLAGS.{name}", f"opt.{name}"):
            if key in run.settings:
                values[name] = run.settings.use(key)
        return None

    def parse(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        parsed, rest = parse_known(run, args, kwargs, node)
        return _refused(run, node) if rest else parsed

    def parse_known(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        words = args[0] if args else kwargs.get("args")
        parsed, rest = _parsed(run, options, words, node)
        if isinstance(parsed, Unknown):
            return parsed, rest
        return Namespace({**values, **parsed, **_added(options, values, parsed)}), rest

    def defaults(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        values.update(kwargs)

    group = Namespace({})
    group.attributes.update(
        __defaults__=values,
        __options__=options,
        add_argument=Native("add_argument", add, raw=True),
        add_option=Native("add_option", add, raw=True),
        parse_args=Native("parse_args", parse, raw=True),
        parse_known_args=Native("parse_known_args", parse_known, raw=True),
        set_defaults=Native("set_defaults", defaults, raw=True),
        add_argument_group=Native("add_argument_group", lambda *a, **k: group),
        add_mutually_exclusive_group=Native("group", lambda *a, **k: group),
    )
    return group


def default_of(run: Run, option: dict[str, Any], node: ast.AST) -> Any:
    """The default of an option; a text is converted to the option's type."""
    default, convert = option["default"], option.get("type")
    is_text = isinstance(default, str) and convert is not None
    return run.call(convert, [default], {}, node) if is_text else default


def _dest(names: list[str], kwargs: dict[str, Any]) -> str:
    """The attribute that holds the value of an argument with these names."""
    longest = [name for name in names if name.startswith("--")] or names
    return kwargs.get("dest") or longest[0].lstrip("-").replace("-", "_")


def _added(
    options: list[_Option], values: dict[str, Any], parsed: dict[str, Any]
) -> dict[str, Any]:
    """The values of arguments that a command line adds to their defaults."""
    added: dict[str, Any] = {}
    for names, kwargs in options:
        name = _dest(names, kwargs)
        if kwargs.get("action") in _ADDING and name in parsed and values.get(name) is not None:
            added[name] = values[name] + parsed[name]
    return added


def _refused(run: Run, node: ast.AST) -> Any:
    """What a parser returns for a command line that it refuses: Python ends the program."""
    run.fail(SystemExit())
    return run.unknown(run.source_of(node))


def _parsed(run: Run, options: list[_Option], words: Any, node: ast.AST) -> tuple[Any, list[Any]]:
    """The values in a command line that the program gives, and the words that are left over."""
    if not isinstance(words, list | tuple):
        return {}, []
    if len(words) > MAX_WORDS or len(options) > MAX_WORDS:
        return run.unknown(run.source_of(node)), []
    run.spend(8 * len(words) * len(options), node)
    others = {f"\0{at}": word for at, word in enumerate(words) if not isinstance(word, str)}
    texts = [word if isinstance(word, str) else f"\0{at}" for at, word in enumerate(words)]
    try:
        found, rest = _by_python(options, texts)
    except (ValueError, TypeError):
        refused = _refused(run, node)
        return (refused if words else {}), []
    kinds = {_dest(names, kwargs): kwargs.get("type") for names, kwargs in options}

    def converted(name: str, text: Any) -> Any:
        if isinstance(text, list):
            return [converted(name, each) for each in text]
        value = others.get(text, text) if isinstance(text, str) else text
        if not isinstance(value, str) or kinds.get(name) is None:
            return value
        result = run.call(kinds[name], [value], {}, node)
        return _refused(run, node) if isinstance(result, Unknown) else result

    return {name: converted(name, text) for name, text in found.items()}, rest


def _by_python(options: list[_Option], words: list[str]) -> tuple[dict[str, Any], list[str]]:
    """What Python's parser finds in the words, as texts, and what is left over."""
    from argparse import SUPPRESS, ArgumentParser

    class Parser(ArgumentParser):
        def error(self, message: str) -> Any:
            raise ValueError(message)

    parser = Parser(add_help=False)
    places = {_dest(names, kwargs): f"at_{at}" for at, (names, kwargs) in enumerate(options)}
    for names, kwargs in options:
        kept = {key: kwargs[key] for key in _KEPT if kwargs.get(key) is not None}
        if kept.get("action", "store") not in _ACTIONS:
            raise ValueError("an action that is not known")
        place = places[_dest(names, kwargs)]
        if names[0].startswith("-"):
            parser.add_argument(*names, dest=place, default=SUPPRESS, **kept)
        else:
            parser.add_argument(place, default=SUPPRESS, **kept)
    found, rest = parser.parse_known_args(words)
    values = {name: getattr(found, place, MISSING) for name, place in places.items()}
    return {name: value for name, value in values.items() if value is not MISSING}, rest
