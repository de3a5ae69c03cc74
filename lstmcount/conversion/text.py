"""A spec as YAML in a hand-written style, or as JSON."""

from __future__ import annotations

from typing import Any

from lstmcount.escapes import yaml_flow
from lstmcount.renderers.records import encodable, to_json

_INLINE = 100  # a line's length


def spec_json(spec: dict[str, Any]) -> str:
    return to_json(spec)


def spec_yaml(spec: dict[str, Any]) -> str:
    """The spec as YAML, with one line per entry where it fits."""
    return "".join(f"{line}\n" for line in _block(spec, ""))


def _block(spec: dict[str, Any], indent: str) -> list[str]:
    lines = []
    for key, value in spec.items():
        if key == "layers":
            lines.append(f"{indent}layers:")
            for entry in value:
                lines += _entry(entry, f"{indent}  ")
        elif key == "custom_layers":
            lines.append(f"{indent}custom_layers:")
            for name, declaration in value.items():
                lines.append(f"{indent}  {_flow(name)}:")
                lines += [f"{indent}    {k}: {_flow(v)}" for k, v in declaration.items()]
        else:
            lines.append(f"{indent}{key}: {_flow(value)}")
    return lines


def _entry(entry: Any, indent: str) -> list[str]:
    if not isinstance(entry, dict):
        return [f"{indent}- {_flow(entry)}"]
    lines = []
    for i, (key, value) in enumerate(entry.items()):
        start = f"{indent}- " if not i else f"{indent}  "
        if key == "model" and isinstance(value, dict):
            lines.append(f"{start}model:")
            lines += _block(value, f"{indent}    ")
        else:
            lines.append(f"{start}{_flow(key)}: {_flow(value)}")
    return lines


def _flow(value: Any) -> str:
    return yaml_flow(encodable(value))
