"""A safe YAML loader that refuses likely mistakes: duplicate keys, octal numbers, …"""

from __future__ import annotations

import re
from typing import Any

import yaml
from yaml.constructor import ConstructorError

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STANDARD = "tag:yaml.org,2002:"
_MERGE = f"{_STANDARD}merge"
# What PyYAML's own constructors raise where a value does not fit its tag.
_MISFITS = (ValueError, LookupError, AttributeError, TypeError, ArithmeticError)
_OF_KERAS = {"class_name", "config"}  # the last appended document holds the model
MAX_MERGED = 200_000  # limit for the keys that `<<` merges in all
MAX_DIGITS = 4000  # characters of a number; base 60 takes quadratic time
MAX_BITS = 8_192  # limit for an integer; hexadecimal digits have more bits each
_WRAPPED: dict[str, type[list[Any]] | type[dict[str, Any]]] = {
    "ListWrapper": list,
    "_TupleWrapper": list,
    "_DictWrapper": dict,
    "OrderedDict": dict,
}
_SURPRISING = re.compile(r"[-+]?(0[0-7_]+|[0-9][0-9_]*(:[0-5]?[0-9])+)")


class Loader(_Base):  # type: ignore[misc]
    merged = 0

    def flatten_mapping(self, node: Any) -> None:
        """Merge the mappings that `<<` names: own keys win, then the mapping named first.

        PyYAML's own method copies duplicate keys without limit.
        """
        own = [pair for pair in node.value if pair[0].tag != _MERGE]
        sources = [value for key, value in node.value if key.tag == _MERGE]
        if not sources:
            return
        node.value = own  # stops a mapping that is merged into itself
        taken = {_identity(key) for key, _ in own}
        brought = []
        for source in sources:
            for mapping in source.value if isinstance(source, yaml.SequenceNode) else [source]:
                if not isinstance(mapping, yaml.MappingNode):
                    raise ConstructorError(
                        None, None, "`<<` takes a mapping or a list of them", mapping.start_mark
                    )
                self.flatten_mapping(mapping)
                self.merged += len(mapping.value)
                if self.merged > MAX_MERGED:
                    raise ConstructorError(
                        None, None, f"`<<` brings more than {MAX_MERGED:,} keys", source.start_mark
                    )
                for key, value in mapping.value:
                    if _identity(key) not in taken:
                        taken.add(_identity(key))
                        brought.append((key, value))
        node.value = brought + own

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        if not isinstance(node, yaml.MappingNode):
            raise ConstructorError(
                None, None, f"expected a mapping node, but found {node.id}", node.start_mark
            )
        self.flatten_mapping(node)
        mapping: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            try:
                twice = key in mapping
            except TypeError:
                raise ConstructorError(
                    None, None, "a key must be a name, not a list or a mapping", key_node.start_mark
                ) from None
            is_top = key_node.start_mark.column == 0
            if twice and not (is_top and mapping.keys() >= _OF_KERAS):
                raise ConstructorError(
                    None, None, f"the key {key!r} stands twice", key_node.start_mark
                )
            mapping[key] = self.construct_object(value_node, deep=deep)
        return mapping

    def construct_integer(self, node: Any) -> int:
        text = self.construct_scalar(node)
        if len(text) > MAX_DIGITS:
            raise ConstructorError(
                None, None, f"a number of more than {MAX_DIGITS:,} digits", node.start_mark
            )
        if _SURPRISING.fullmatch(text):
            value = self.construct_yaml_int(node)
            raise ConstructorError(
                None, None, f"YAML reads {text} as {value}; write {value}", node.start_mark
            )
        number: int = self.construct_yaml_int(node)
        if number.bit_length() > MAX_BITS:
            raise ConstructorError(None, None, "a number of too many digits", node.start_mark)
        return number

    def construct_real(self, node: Any) -> float:
        if len(self.construct_scalar(node)) > MAX_DIGITS:
            raise ConstructorError(
                None, None, f"a number of more than {MAX_DIGITS:,} digits", node.start_mark
            )
        number: float = self.construct_yaml_float(node)
        return number

    def construct_wrapped(self, suffix: str, node: Any) -> Any:
        """Read a list or dict tagged with TensorFlow's tracking class, without calling anything."""
        kind = _WRAPPED.get(suffix.rpartition(".")[2])
        value = None if kind is None else self._unwrapped(node, kind)
        if kind is None or not isinstance(value, kind):
            raise ConstructorError(
                None, None, f"the tag {node.tag!r} makes a Python object", node.start_mark
            )
        return value

    def _unwrapped(self, node: Any, kind: type) -> Any:
        """The list or dict that the arguments of its class stand for; else another value."""
        value: Any = None
        if isinstance(node, yaml.SequenceNode):
            value = (self.construct_sequence(node, deep=True) or [kind()])[0]
        elif isinstance(node, yaml.MappingNode):
            parts = self.construct_mapping(node, deep=True)
            own = parts.get("listitems" if kind is list else "dictitems")
            value = own if own is not None else (parts.get("args") or [kind()])[0]
        if kind is dict and isinstance(value, list):  # of pairs
            are_pairs = all(isinstance(each, list) and len(each) == 2 for each in value)
            return {str(each[0]): each[1] for each in value} if are_pairs else None
        return value

    def construct_date(self, node: Any) -> str:
        text: str = self.construct_scalar(node)
        return text


_SHOWN = 40  # characters of a value


class _Locating(Loader):
    """As the loader above, more slowly: it says which value does not fit its tag."""

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep=deep)
        except _MISFITS:
            is_scalar = isinstance(node, yaml.ScalarNode)
            shown = repr(node.value[:_SHOWN]) if is_scalar else f"a {node.id}"
            tag = node.tag.replace(_STANDARD, "!!")
            raise ConstructorError(
                None, None, f"{shown} does not fit the tag {tag}", node.start_mark
            ) from None


def load(text: str) -> Any:
    """The value in a YAML text. Raises `yaml.YAMLError`."""
    try:
        return yaml.load(text, Loader=Loader)
    except _MISFITS:
        return yaml.load(text, Loader=_Locating)


Loader.add_constructor("tag:yaml.org,2002:int", Loader.construct_integer)
Loader.add_constructor("tag:yaml.org,2002:float", Loader.construct_real)
Loader.add_constructor("tag:yaml.org,2002:timestamp", Loader.construct_date)
for _tag in ("tuple", "unicode", "str"):
    _kind = "seq" if _tag == "tuple" else "str"
    Loader.add_constructor(
        f"tag:yaml.org,2002:python/{_tag}",
        Loader.yaml_constructors[f"tag:yaml.org,2002:{_kind}"],
    )


for _tag in ("set", "omap", "pairs"):  # which no model has
    Loader.add_constructor(f"tag:yaml.org,2002:{_tag}", Loader.construct_undefined)
for _how in ("apply", "new"):
    Loader.add_multi_constructor(
        f"tag:yaml.org,2002:python/object/{_how}:", Loader.construct_wrapped
    )


def _identity(key: Any) -> Any:
    return (key.tag, key.value) if isinstance(key, yaml.ScalarNode) else id(key)


def check_depth(text: str, limit: int) -> None:
    """Refuse text nested deeper than `limit`, before anything recurses into it."""
    brackets = text.count("[") + text.count("{")
    indents = re.finditer(r"^[ \-?:]+", text, flags=re.MULTILINE)
    if brackets + max((indent.end() - indent.start() for indent in indents), default=0) < limit:
        return
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_Base):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > limit:
                    raise _too_deep(limit, event.start_mark)
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
    except yaml.MarkedYAMLError as error:
        if "nesting depth" in str(error.problem):  # libyaml looks ahead and has its own limit
            raise _too_deep(limit, error.problem_mark) from None
        raise


def _too_deep(limit: int, mark: Any) -> ConstructorError:
    return ConstructorError(None, None, f"nested deeper than {limit} levels", mark)
