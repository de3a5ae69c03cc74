"""The syntax that programs written by `convert` may consist of."""

from __future__ import annotations

import ast
import builtins
import json
import keyword
from collections.abc import Iterable
from functools import cache

from lstmcount.layers.objects import CLASSES
from lstmcount.layers.ops.registry import by_operation, module_of, signatures
from lstmcount.layers.registry import find
from tests.conftest import ROOT

HEAD = ["import keras", "from keras import layers"]
MODEL_CALL = {"inputs", "training", "mask"}
OTHERS = {
    "float": set(),
    "complex": set(),
    "slice": set(),
    "keras.Input": {"batch_shape", "dtype", "name"},
    "keras.Model": {"name", "trainable"},
    "keras.Sequential": {"name", "trainable"},
    "keras.config.set_dtype_policy": set(),
    "keras.src.ops.nn.Mish": {"name"},
    "keras.src.activations.activations.Mish": {"name"},
    "keras.src.activations.activations.ReLU": {"negative_slope", "max_value", "threshold", "name"},
}
INTERNAL = {
    "applications.inception_resnet_v2": "CustomScaleLayer",
    "applications.convnext": "LayerScale StochasticDepth",
    "layers.preprocessing.feature_space": "TFDConcat TFDIdentity",
    "layers.preprocessing.index_lookup": "IndexLookup",
}


@cache
def functions() -> dict[str, set[str]]:
    """The dotted paths that a program may call, each with the names of its arguments."""
    found: dict[str, set[str]] = dict(OTHERS)
    golden = json.loads((ROOT / "tests" / "golden" / "signatures.json").read_text())
    for name, signature in golden.items():
        found[f"layers.{name}"] = found[f"keras.layers.{name}"] = set(signature["arguments"])
    for name in ("IntegerLookup", "StringLookup", "TextVectorization"):
        found[f"layers.{name}"] |= {"vocabulary_size"}  # which Keras takes from its `**kwargs`
    for module, names in INTERNAL.items():
        for name in names.split():
            cls = find(name)
            assert cls is not None
            path = f"keras.src.{module}.{name}"
            found[path] = set(cls.__struct_encode_fields__)
    for module, classes in CLASSES.items():
        found |= {f"{module}.{name}": set(names) for name, names in classes.items()}
    for name, signature in signatures().items():
        arguments = {argument.strip("*") for argument in signature.arguments}
        found[f"keras.ops.{name}"] = found[f"keras.ops.image.{name}"] = arguments
    for name, signature in by_operation().items():
        found[f"{module_of(name)}.{name}"] = {*signature.constructor, "name"}
    return found


@cache
def call_arguments() -> set[str]:
    """The names of all call arguments of layers and operations."""
    found = set(MODEL_CALL)
    for path in functions():
        cls = find(path.rpartition(".")[2]) if "layers." in path else None
        found |= set(cls.keywords()) if cls else set()
    for signature in by_operation().values():
        found |= {name.strip("*") for name in signature.called_with}
    return found


def require_harmless(text: str) -> None:
    """Fail unless the program only imports Keras, and makes layers, tensors and models of it."""
    body = ast.parse(text).body
    assert [ast.unparse(line) for line in body[:2]] == HEAD
    _Checker().lines(body[2:])


class _Checker:
    def __init__(self) -> None:
        self.variables: set[str] = set()

    def lines(self, body: Iterable[ast.stmt]) -> None:
        for line in body:
            if isinstance(line, ast.Expr):
                assert isinstance(line.value, ast.Call)
                assert ast.unparse(line.value.func) == "keras.config.set_dtype_policy"
                self.expression(line.value)
                continue
            assert isinstance(line, ast.Assign), ast.unparse(line)
            (target,) = line.targets
            assert isinstance(target, ast.Name)
            self.expression(line.value)
            name = target.id
            assert name not in self.variables
            assert name.isascii()
            assert not name.startswith("__")
            assert name not in ("keras", "layers", *dir(builtins))
            assert name not in (*keyword.kwlist, *keyword.softkwlist)
            self.variables.add(name)

    def expression(self, node: ast.expr | None) -> None:
        match node:
            case None | ast.Constant():
                pass
            case ast.Name(id=name):
                assert name in self.variables, name
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
                pass
            case ast.BinOp(op=ast.Add() | ast.Sub(), left=left, right=ast.Constant(complex())):
                self.expression(left)
            case ast.List(elts=items) | ast.Tuple(elts=items):
                self.all(items)
            case ast.Dict(keys=keys, values=values):
                assert None not in keys
                self.all([*keys, *values])
            case ast.Slice(lower=lower, upper=upper, step=step):
                self.all([lower, upper, step])
            case ast.Subscript(value=value, slice=key):
                self.all([value, key])
            case ast.Call():
                self.call(node)
            case _:
                raise AssertionError(f"a program holds {ast.unparse(node)}")

    def all(self, nodes: Iterable[ast.expr | None]) -> None:
        for node in nodes:
            self.expression(node)

    def call(self, node: ast.Call) -> None:
        self.all(node.args)
        self.all(keyword.value for keyword in node.keywords)
        names = {keyword.arg for keyword in node.keywords}
        path = ast.unparse(node.func)
        if isinstance(node.func, ast.Call) or path in self.variables:
            self.expression(node.func)
            assert names <= call_arguments(), names
            return
        assert path in functions(), path
        assert names <= functions()[path], (path, names)
