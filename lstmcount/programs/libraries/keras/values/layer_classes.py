"""The layer classes of Keras as values, and its objects that are no layers."""

from __future__ import annotations

import ast
from functools import partial
from typing import Any

import msgspec

from lstmcount.layers import registry
from lstmcount.layers.making.constructor_order import arguments as constructor_arguments
from lstmcount.programs.language.objects.own_classes import Class
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.language.values.value import Value
from lstmcount.programs.language.values.views import as_plain
from lstmcount.programs.libraries.numpy.arrays import Array
from lstmcount.setting_text import set_option
from lstmcount.shapes import Unknown

MODELS = ("Model", "Sequential")
_UNBOUND = ("__init__", "__call__", "build", "call", "get_config", "add_weight")
# Examples of arguments that layers need.
_SIZES = {"units": 3, "filters": 3, "kernel_size": 3, "input_dim": 3, "output_dim": 3, "rate": 0.5}
RECURRENT = ("LSTM", "GRU", "SimpleRNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
_BASES = {  # those that are layers themselves, in Keras 3
    **dict.fromkeys(("Sequential", "Functional"), "Model"),
    **dict.fromkeys(RECURRENT, "RNN"),
    **dict.fromkeys(("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"), "Dropout"),
    **dict.fromkeys(("TimeDistributed", "SpectralNormalization"), "Wrapper"),
    "AdditiveAttention": "Attention",
    "ReversibleEmbedding": "Embedding",
}
ABSTRACT = ("Layer", "Cell", "Wrapper")  # Keras classes without weights of their own


class LayerClass(Value):
    """A layer class of Keras as a value, which a program can call, subclass, compare or pass."""

    __slots__ = ("class_name", "declaration", "spelling")
    is_callable = True
    is_class = True
    is_of_model = True

    def __init__(self, class_name: str, spelling: str | None = None) -> None:
        self.class_name = class_name
        self.spelling = spelling or class_name
        self.declaration: Any = None  # set for a custom class

    @classmethod
    def of(cls, declaration: Any) -> LayerClass:
        """The layer class of a declaration."""
        layer_class = cls(declaration.class_name)
        layer_class.declaration = declaration
        return layer_class

    def __repr__(self) -> str:
        return self.spelling

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LayerClass) and self.class_name == other.class_name

    def __hash__(self) -> int:
        return hash(self.class_name)

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        if name == "from_config":
            return Native(name, self._from_config, raw=True)
        if name in _UNBOUND:
            return Native(name, partial(_call_unbound, name), raw=True)
        return self.class_name if name == "__name__" else MISSING

    def set_attribute(self, run: Run, name: str, new: Any, node: ast.AST) -> None:
        if name in _UNBOUND or name.startswith(("compute_", "add_")):
            text = f"this changes {name} of all layers of {self}, which is not followed"
            raise run.error(node, text)

    def subclass_attribute(self, run: Run, cls: Class, name: str) -> Any:
        if name == "from_config":
            return Native(name, partial(_from_config, cls, self.class_name), raw=True)
        return self.attribute(run, name, cls.node) if name in _UNBOUND else MISSING

    def _from_config(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        config = args[0] if args else kwargs.get("config")
        return run.library_state["keras"].from_config(self.class_name, config, node)

    def call_with_rest(self, run: Run, rest: str, node: ast.AST) -> Any:
        unknown = super().call_with_rest(run, rest, node)
        if self.class_name in MODELS or not isinstance(unknown, Unknown):
            return unknown
        layer = run.library_state["keras"].unknown_layer(unknown, node)
        because = f"its arguments come from `{rest}`, which is not known"
        layer.unknown_because = f"{because}: {set_option(rest, self._example(node))}"
        return layer

    def _example(self, node: ast.AST) -> str:
        """Arguments, as JSON, that a layer of this class needs besides those that a call passes."""
        cls = registry.find(self.class_name)
        names = constructor_arguments(cls) if cls else ()
        if isinstance(node, ast.Call):
            passed = [each.arg for each in node.keywords]
            names = tuple([name for name in names[len(node.args) :] if name not in passed])
        return msgspec.json.encode({key: _SIZES[key] for key in names if key in _SIZES}).decode()

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        arguments = as_plain(run, args, node)
        named = dict(zip(kwargs, as_plain(run, [*kwargs.values()], node), strict=True))
        return run.library_state["keras"].construct(self, arguments, named, node)

    def new_instance(self, run: Run, cls: Class, node: ast.AST) -> Any:
        return run.library_state["keras"].new_instance(cls, self, node)

    def is_same(self, other: Any) -> Any:
        return self == other

    def has_instance(self, value: Any) -> Any:
        return isinstance(value, Value) and value.is_instance_of(self)

    def is_subclass(self, kind: Any) -> Any:
        if not isinstance(kind, LayerClass):
            return False
        return kind.class_name in (self.class_name, _BASES.get(self.class_name), "Layer")


def _from_config(
    cls: Class, base: str, run: Run, args: list[Any], kwargs: Any, node: ast.AST
) -> Any:
    """Keras's default `cls.from_config(config)`: the config holds the arguments of `__init__`."""
    config = args[0] if args else kwargs.get("config")
    if not isinstance(config, dict):
        return run.unknown(run.source_of(node))
    run.called = cls
    model = run.library_state["keras"].own_model(cls, base, config, node)
    if model is not None:
        return model
    arguments = {str(key): value for key, value in config.items()}
    dtype = arguments.get("dtype")
    if isinstance(dtype, dict) and dtype.get("class_name") == "DTypePolicy":
        arguments["dtype"] = dtype["config"]["name"]
    if run.is_open(config):
        return run.library_state["keras"].unknown_layer(Unknown(run.spoiled[id(config)]), node)
    return run.call(cls, [], arguments, node)


def _call_unbound(name: str, run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`Layer.build(self, …)`: in a derived class, the same as `super().build(…)`."""
    method = args[0].inherited(run, name) if isinstance(args[0], Value) else MISSING
    return run.call(method, args[1:], kwargs, node)


class KerasObject(Value):
    """An initializer, regularizer, loss, callback, …: a name and arguments, without weights."""

    __slots__ = ("arguments", "class_name", "kind")

    def __init__(self, class_name: str, arguments: dict[str, Any], kind: str = "") -> None:
        self.class_name = class_name
        self.arguments = arguments
        self.kind = kind  # its module in Keras: "initializers", "metrics", …

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        return self.arguments.get(name, MISSING)

    def has_unfollowed(self, run: Run, name: str) -> bool:
        return bool(run.library_state["keras"].has_attribute(self, name))

    def lacks_followed(self, run: Run, name: str) -> bool:
        return bool(run.library_state["keras"].lacks_attribute(self, name))

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        """An initializer returns an array of the given shape."""
        shape = args[0] if args else kwargs.get("shape")
        if not self.kind.startswith("initial") or not isinstance(shape, list | tuple):
            return super().call(run, args, kwargs, node)
        return Array(tuple(shape))
