"""Dicts whose items are attributes, too, as those of OmegaConf, EasyDict and ml_collections."""

from __future__ import annotations

import ast
import re
from typing import Any

from lstmcount.programs.language.run import MISSING, Run

MAX_CHAIN = 20  # references that lead to one another
_REFERENCE = r"\$\{([^${}:]+)\}"


class AttributeDict(dict[Any, Any]):
    """A dict whose items are attributes, too."""


class Config(AttributeDict):
    """A configuration of OmegaConf, whose texts may refer to other entries: `${net.units}`."""

    root: Config
    parent: Config | None = None  # None, too, for an element of a list
    is_struct: Any = None  # whether it takes no new key; None: as its parent

    def __setitem__(self, key: Any, value: Any) -> None:
        config: Config | None = self
        while config is not None and config.is_struct is None:
            config = config.parent
        if config is not None and config.is_struct and key not in self:
            raise KeyError(key)
        super().__setitem__(key, value)


def with_attributes(value: Any) -> Any:
    """The value, with a dict of this kind in the place of each dict.

    >>> type(with_attributes([{"a": 1}])[0]).__name__
    'AttributeDict'
    """
    if isinstance(value, dict):
        return AttributeDict({key: with_attributes(each) for key, each in value.items()})
    return [with_attributes(each) for each in value] if type(value) is list else value


def as_config(value: Any, root: Config | None = None, parent: Config | None = None) -> Any:
    """The value, with a configuration in the place of each dict."""
    if type(value) is list:
        return [as_config(each, root) for each in value]
    if not isinstance(value, dict):
        return value
    config = Config()
    config.root, config.parent = config if root is None else root, parent
    config.update({key: as_config(each, config.root, config) for key, each in value.items()})
    return config


def without_attributes(value: Any) -> Any:
    """The value, with a plain dict in the place of each dict of this kind."""
    if isinstance(value, dict):
        return {key: without_attributes(each) for key, each in value.items()}
    return [without_attributes(each) for each in value] if type(value) is list else value


def entry(run: Run, value: AttributeDict, key: Any, node: ast.AST) -> Any:
    """The item, with what its texts refer to; an unknown if they refer to what is not known."""
    stored = value[key]
    if type(stored) is list:
        run.spend(len(stored), node)
        resolved: Any = [_resolved(run, value, each, node) for each in stored]
        if all(new is old for new, old in zip(resolved, stored, strict=True)):
            return stored  # itself, as the program may change it
        is_known = all(each is not MISSING for each in resolved)
    else:
        resolved = _resolved(run, value, stored, node)
        is_known = resolved is not MISSING
    return resolved if is_known else run.unknown(run.source_of(node))


def entries(run: Run, value: dict[Any, Any], node: ast.AST) -> dict[Any, Any]:
    """The items of a dict, with what the texts of a configuration refer to."""
    if not isinstance(value, Config):
        return value
    run.spend(8 * len(value), node)
    return AttributeDict({key: entry(run, value, key, node) for key in value})


def _resolved(
    run: Run, config: AttributeDict, value: Any, node: ast.AST, left: int = MAX_CHAIN
) -> Any:
    """The value; for a text, what it refers to, or MISSING."""
    if not isinstance(value, str) or "${" not in value:
        return value
    run.spend(8 * len(value), node)
    if not isinstance(config, Config) or not left or "\\${" in value:
        return MISSING
    whole = re.fullmatch(_REFERENCE, value)
    if whole:
        return _at(run, config, whole[1], node, left - 1)
    texts = re.split(_REFERENCE, value)
    texts[1::2] = [_at(run, config, path, node, left - 1) for path in texts[1::2]]
    if not all(isinstance(each, str | int | float) for each in texts):
        return MISSING
    run.weigh(node, texts)
    try:
        text = "".join(map(str, texts))
    except ValueError:  # a number of thousands of digits
        return MISSING
    return MISSING if "${" in text else text


def _at(run: Run, config: Config, path: str, node: ast.AST, left: int) -> Any:
    """The entry that a path like `net.units` or `..units` leads to; MISSING if it is not known."""
    parts = path.lstrip(".")
    at: Any = config if path.startswith(".") else config.root
    for _ in range(len(path) - len(parts) - 1):
        at = None if at is None else at.parent
    for part in parts.split("."):
        if not isinstance(at, Config) or part not in at:
            return MISSING
        at = _resolved(run, at, at[part], node, left)
    return at
