"""Dicts whose items are attributes, too, as those of OmegaConf, EasyDict and ml_collections."""

from __future__ import annotations

from typing import Any


class AttributeDict(dict[Any, Any]):
    """A dict whose items are attributes, too."""


def with_attributes(value: Any) -> Any:
    """The value, with a dict of this kind in the place of each dict.

    >>> type(with_attributes([{"a": 1}])[0]).__name__
    'AttributeDict'
    """
    if isinstance(value, dict):
        return AttributeDict({key: with_attributes(each) for key, each in value.items()})
    return [with_attributes(each) for each in value] if type(value) is list else value


def without_attributes(value: Any) -> Any:
    """The value, with a plain dict in the place of each dict of this kind."""
    if isinstance(value, dict):
        return {key: without_attributes(each) for key, each in value.items()}
    return [without_attributes(each) for each in value] if type(value) is list else value
