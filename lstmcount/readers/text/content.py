"""Recognise a text by its content: a program, JSON, YAML, or one inside another."""

from __future__ import annotations

import ast
import re
import warnings
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.layers.registry import is_keras_layer
from lstmcount.readers.text import text as texts

MAX_PYTHON = 2 * 2**20  # a syntax tree takes a hundred times as much memory
MAX_QUOTES = 400_000
MAX_QUOTED = 8  # nesting of JSON in JSON strings
_IMPORT = r"(?m)^[ \t]*(?:import \w|from [\w.]+ import )"
_NO_CODE = r"(?m)\Ab['\"]|^(?:layers|class_name)\s*:"
_PYTHON_DATA = r"\s*(?:[\[{(]\s*)*(?:b['\"]|')"
_OF_SPECS = ("input_shape", "inputs", "outputs", "batch_size", "variables", "budget")


def is_code(name: str | None, text: str) -> bool:
    """Whether a text is a Python program or a notebook.

    >>> is_code(None, "'A model.'\\nimport keras"), is_code("model.py", '{"layers": []}')
    (True, False)
    """
    if texts.looks_like_json(text):
        if '"nbformat"' in text:
            from lstmcount.readers.text.notebook import is_notebook

            return is_notebook(text)
        is_text = text[:1000].lstrip().startswith('"')  # the start of JSON, or of a program
        return is_text and re.search(_IMPORT, text) is not None
    if re.search(_IMPORT, text):
        return True
    return name is not None and name.endswith((".py", ".ipynb")) and not re.search(_NO_CODE, text)


def parse(text: str) -> tuple[Any, bool]:
    """The data in a text, and whether the text is plain JSON."""
    if not texts.looks_like_json(text):
        data = _python_data(text)
        return (texts.parse_yaml(text) if data is None else data), False
    try:
        return texts.parse_json(text), True
    except LstmcountError as error:
        if error.location.line is None:
            raise
        data = _python_data(text)
        try:
            return (texts.parse_yaml(text) if data is None else data), False
        except LstmcountError:
            raise error from None


def unquoted(data: Any) -> Any:
    """Decode a document in a JSON string, which may be encoded several times."""
    for _ in range(MAX_QUOTED):
        if not isinstance(data, str):
            break
        text = data.removeprefix("\ufeff")
        if not texts.looks_like_json(text):
            break
        data = texts.parse_json(text)
    return data


def _python_data(text: str) -> Any:
    """Decode Python's output for a dict or bytes; None if it is neither.

    >>> _python_data("{'class_name': 'Dense', 'config': {'axis': (1, None)}}")
    {'class_name': 'Dense', 'config': {'axis': [1, None]}}
    """
    if len(text) > MAX_PYTHON or not re.match(_PYTHON_DATA, text):
        return None
    if not texts.has_few_values(text) or text.count("+") + text.count("'") > MAX_QUOTES:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about escapes in its strings
            return _plain(ast.literal_eval(text.strip()))
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return texts.decode(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if value is None or isinstance(value, str | int | float):
        return value
    raise ValueError(f"{value!r} is no data")


def as_model(data: Any) -> Any:
    """Complete a model that lacks its class: lists of layers, bare configs."""
    class_name = _class_of_config(data)
    return data if class_name is None else {"class_name": class_name, "config": data}


def _class_of_config(data: Any) -> str | None:
    """The class of the model whose config this is; None if it is something else."""
    if isinstance(data, list):
        return "Sequential" if data and all(map(_is_layer, data)) else None  # of an old Keras
    if not isinstance(data, dict) or "class_name" in data or "config" in data:
        return None
    layers = data.get("layers")
    if not isinstance(layers, list) or not layers or any(key in data for key in _OF_SPECS):
        return None
    if "output_layers" in data:
        return "Functional"
    if not all(_is_layer(each) and isinstance(each.get("config"), dict) for each in layers):
        return None
    first = layers[0]
    has_shape = "build_input_shape" in data or "batch_input_shape" in first["config"]
    return "Sequential" if has_shape or first["class_name"] == "InputLayer" else None


_INPUTS = {"input_shape", "inputs"}


def is_meant_as_model(name: str | None, text: str) -> bool:
    """Whether a text that could not be read as a model was meant as one.

    >>> is_meant_as_model("package.json", '{"layers": ["base", 2]}')
    False
    >>> is_meant_as_model("m.json", '{"layers": [{"LSTM": 64}, {"Dens": 3}]}')
    True
    >>> is_meant_as_model("m.yaml", "{input_shape: [5], layers: [{Dens: 3}]}")
    True
    """
    if is_code(name, text):
        return True
    try:
        data = as_model(unquoted(parse(text)[0]))
    except LstmcountError:
        return re.search(r"\blayers['\"]?\s*:", text) is not None
    if isinstance(data, dict) and isinstance(data.get("layers"), list):
        return not _INPUTS.isdisjoint(data) or any(map(_names_a_layer, data["layers"]))
    return isinstance(data, dict) and "class_name" in data


def _names_a_layer(entry: Any) -> bool:
    words = [*entry, entry.get("class_name")] if isinstance(entry, dict) else [entry]
    return any(isinstance(word, str) and is_keras_layer(word) for word in words)


def _is_layer(entry: Any) -> bool:
    return isinstance(entry, dict) and "class_name" in entry


def _has_nodes(topology: Any) -> bool:
    return isinstance(topology, dict) and "node" in topology


def what_it_is(data: Any) -> str:
    """Describe data that is neither a spec nor a model."""
    if isinstance(data, dict) and (
        data.get("format") == "graph-model" or _has_nodes(data.get("modelTopology"))
    ):
        return "this is a TensorFlow.js graph model: it holds operations, not Keras's layers"
    wanted = "expected a spec with `layers:`, or a model as Keras writes it"
    for key in ("layer", "Layers", "Layer"):
        if isinstance(data, dict) and isinstance(data.get(key), list):
            wanted += f"; write `layers:` for `{key}:`"
    inner = next(iter(data.values())) if isinstance(data, dict) and len(data) == 1 else None
    if isinstance(inner, dict) and "layers" in inner:
        wanted += f"; write what is under `{next(iter(data))}:` without that key"
    return f"the file says nothing: {wanted}" if data is None else wanted
