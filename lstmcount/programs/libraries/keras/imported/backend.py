"""Functions on tensors of `keras.ops`, `keras.backend`, `keras.random` and `keras.activations`."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from lstmcount.errors import did_you_mean
from lstmcount.layers.ops.registry import by_operation, signatures
from lstmcount.programs.language.objects import attributes
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.values.natives import arguments_by_name
from lstmcount.programs.language.values.provided import Module, Native, Raw, words
from lstmcount.programs.libraries.keras.imported.global_settings import SETTINGS
from lstmcount.programs.libraries.keras.operations import composed, control_operations
from lstmcount.programs.libraries.keras.operations.operations import apply
from lstmcount.programs.libraries.keras.operations.translations import BACKEND, Translation
from lstmcount.programs.libraries.keras.own_classes import variables
from lstmcount.programs.libraries.keras.session.construct import as_argument
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.libraries.keras.session.sizes_of_tensors import made_of, sizes_of
from lstmcount.programs.libraries.keras.values.tensors import SymbolicTensor, shown_shape
from lstmcount.programs.libraries.numpy.arrays import Array, from_data
from lstmcount.programs.libraries.numpy.sizes import product
from lstmcount.shapes import UNKNOWN, Unknown, shape_of

_OLD_NAMES = {
    "swish": "silu",
    "hard_swish": "hard_silu",
    "elu": "elu",
}
_CREATING = words("zeros ones empty full random_normal random_uniform truncated_normal normal")
_RANDOM = words("beta binomial gamma normal randint truncated_normal uniform")


@cache
def operation(name: str, is_exact: bool = False) -> Any:
    """A function of `keras.ops`; MISSING if Keras has no operation for it.

    If `is_exact`, it takes no other arguments than Keras's: older back ends had some more.
    """
    special = _SPECIAL.get(name)
    if special is not None:
        return Native(name, special, raw=True)
    signature = signatures().get(_OLD_NAMES.get(name, name))
    if signature is None:
        return MISSING

    names = [argument.strip("*") for argument in signature.arguments]

    def function(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        for key in kwargs.keys() - {*names} if is_exact and "kwargs" not in names else ():
            hint = did_you_mean(key, names) or f" It takes: {', '.join(names)}."
            raise run.error(node, f"{name} has no argument {key!r}.{hint}")
        data_format = session_of(run).data_format
        if is_exact and "data_format" in names[len(args) :] and data_format == "channels_first":
            kwargs = {**kwargs, "data_format": kwargs.get("data_format") or data_format}
        return apply(run, signature, args, kwargs, node)

    return Native(name, function, raw=True)


def operation_class(name: str) -> Any:
    """A class of operations, as in `keras.src.ops.numpy.Add(name="sum")(a, b)`."""
    signature = by_operation().get(name)
    if signature is None:
        return MISSING

    def create(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        names = [key for key in signature.arguments if key in signature.constructor]
        options = arguments_by_name(names, args, kwargs)
        own_name = options.pop("name", None)
        arguments = {key: as_argument(value) for key, value in options.items()}

        def call(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
            passed = [list(value) if isinstance(value, tuple) else value for value in args]
            return session_of(run).operation(name, passed, kwargs, node, arguments, own_name)

        return Native(name, call, raw=True)

    return Native(name, create, raw=True)


def translated_function(translation: Translation) -> Raw:
    """A function that calls an operation with other names for the arguments."""

    def function(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        passed = arguments_by_name(translation.names, args, kwargs)
        renamed = dict(translation.defaults)
        for name, value in passed.items():
            if name in translation.renamed:
                renamed[translation.renamed[name]] = value
        target = operation(translation.operation)
        if target is MISSING:
            return run.unknown(run.source_of(node))
        return target.function(run, [], renamed, node)

    return function


def member(name: str) -> Any:
    """`keras.backend.name`; MISSING if it is not known."""
    if name == "tf":  # which the module imports
        return Module("tensorflow")
    plain = _BACKEND.get(name)
    if plain is not None:
        return Native(name, plain, raw=True)
    translation = BACKEND.get(name)
    if translation is not None:
        return Native(name, translated_function(translation), raw=True)
    return operation(name)


def random(name: str) -> Any:
    """A function of `keras.random` or `tf.random` whose first argument is the shape."""
    return Native(name, created, raw=True) if name in _RANDOM else MISSING


def activation(name: str) -> Any:
    """`keras.activations.name`: an operation when called, a name when passed as an argument."""
    function = operation(name)
    if name == "linear":
        return same
    return function.function if isinstance(function, Native) else _unknown


def activation_of(identifier: Any) -> Any:
    """`keras.activations.get(given)`: the function of that name; other values are unchanged."""
    name = "linear" if identifier is None else identifier
    return activation_function(name) if isinstance(name, str) else identifier


@lru_cache(1024)
def activation_function(name: str) -> Native:
    """`keras.activations.name`, of which there is only one object."""
    return Native(name, activation(name), raw=True)


def get_activation(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    identifier = args[0] if args else kwargs.get("identifier")
    if isinstance(identifier, dict):
        from lstmcount.programs.libraries.keras.copies.configs import (
            deserialize,  # few programs need it
        )

        return deserialize(run, [identifier], {}, node)
    return activation_of(identifier)


def serialized_activation(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """`activations.serialize(function)`: the name of a function of Keras."""
    function = [*args, *kwargs.values()][0]
    is_of_keras = isinstance(function, Native) and function.name.isidentifier()
    return function.name if is_of_keras else run.unknown(run.source_of(node))


def _unknown(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return run.unknown(run.source_of(node))


# -- functions without a node, or with another signature than their operation --------------------


def shape(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """`ops.shape(x)`: known sizes are numbers; free dimensions stay in the tuple as unknowns."""
    value = args[0] if args else kwargs.get("x", kwargs.get("input"))
    if isinstance(value, SymbolicTensor) and value.shape is not None:
        return tuple(value.shape)
    return attributes.get(run, value, "shape", node)


def symbolic_shape(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """`tf.shape(x)` and `K.shape(x)`."""
    value = args[0] if args else kwargs.get("x", kwargs.get("input"))
    if isinstance(value, SymbolicTensor) and value.shape is not None:
        return sizes_of(run, value)
    return shape(run, args, kwargs, node)


def _int_shape(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    value = args[0] if args else kwargs.get("x")
    if isinstance(value, SymbolicTensor):
        shape = shown_shape(value.shape)
        return run.unknown(run.source_of(node)) if shape is None else shape
    return attributes.get(run, value, "shape", node)


def _reshape(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    passed = arguments_by_name(("x", "newshape"), args, kwargs)
    shape = passed.get("newshape")
    if isinstance(shape, int):
        shape = (shape,)
    if isinstance(shape, list | tuple):
        free = [dim is None or (isinstance(dim, Unknown) and not dim.text) for dim in shape]
        if sum(free) == 1 and -1 not in [dim for dim in shape if isinstance(dim, int)]:
            shape = [-1 if is_free else dim for dim, is_free in zip(shape, free, strict=True)]
    return apply(run, signatures()["reshape"], [passed.get("x"), shape], {}, node)


def ndim(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return attributes.get(run, args[0], "ndim", node)


def _size(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """`ops.size(x)`, or `K.count_params(x)`: a number for an array of known shape."""
    value = args[0] if args else kwargs.get("x")
    size = product(value.shape) if isinstance(value, Array) else None
    return size if isinstance(size, int) else apply(run, signatures()["size"], args, kwargs, node)


def same(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return args[0] if args else next(iter(kwargs.values()), None)


def _tensor(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """`ops.convert_to_tensor`, an operation in the model if it gets a symbolic tensor."""
    if isinstance(args[0] if args else kwargs.get("x"), SymbolicTensor):
        return apply(run, signatures()["convert_to_tensor"], args, kwargs, node)
    return constant(run, args, kwargs, node)


def created(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    shape = args[0] if args else kwargs.get("shape", kwargs.get("dims"))
    if isinstance(shape, int):
        shape = (shape,)
    if isinstance(shape, list | tuple):
        return made_of(run, shape, shape_of(shape), node)
    return run.unknown(run.source_of(node))


def _created_variable(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """`K.zeros(shape)` and the like, which in Keras 2 return a variable if the shape is known."""
    array = created(run, args, kwargs, node)
    is_variable = isinstance(array, Array) and all(isinstance(size, int) for size in array.shape)
    return variables.backend_variable(run, [array], {}, node) if is_variable else array


def constant(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    value = args[0] if args else kwargs.get("value", kwargs.get("initial_value", kwargs.get("x")))
    if isinstance(value, list | tuple):
        return from_data(list(value)) or run.unknown(run.source_of(node))
    return value.plain() if isinstance(value, Array) else value


def arange(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """`ops.arange(start, stop, step)`, `tf.range(start, limit, delta)`: a vector of numbers."""
    passed = arguments_by_name(("start", "stop", "step"), args, kwargs)
    stop = passed.get("stop", passed.get("limit"))
    start, stop = (0, passed.get("start")) if stop is None else (passed.get("start", 0), stop)
    step = passed.get("step", passed.get("delta", 1))
    if isinstance(start, int) and isinstance(stop, int) and isinstance(step, int) and step:
        number: Any = len(range(start, stop, step))
    else:
        number = stop if isinstance(stop, Unknown) and start == 0 and step == 1 else UNKNOWN
    return made_of(run, (start, stop, step), (number,), node)


def linspace(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """`ops.linspace(start, stop, num)` of numbers: a vector."""
    number = arguments_by_name(("start", "stop", "num"), args, kwargs).get("num", 50)
    numbers = [*args, *kwargs.values()]
    if type(number) is int and all(type(each) in (int, float, str) for each in numbers):
        return Array((number,))
    return apply(run, signatures()["linspace"], args, kwargs, node)


def _eye(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    rows = args[0] if args else kwargs.get("N", kwargs.get("num_rows"))
    return Array((rows, rows))


def _dot(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return apply(run, signatures()["dot"], args, {}, node)


def _flatten(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return apply(run, signatures()["ravel"], args[:1], {}, node)


_SPECIAL: dict[str, Raw] = {
    "shape": shape,
    "reshape": _reshape,
    "ndim": ndim,
    "size": _size,
    "convert_to_numpy": same,
    "convert_to_tensor": _tensor,
    "eye": _eye,
    "arange": arange,
    "linspace": linspace,
    "vectorized_map": composed.map_elements,
    "map": composed.map_elements,
    "cond": control_operations.cond,
    "switch": control_operations.switch,
    "while_loop": control_operations.while_loop,
    "fori_loop": control_operations.fori_loop,
    "scan": control_operations.scan,
    **dict.fromkeys(_CREATING, created),
}


def _data_format(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    from lstmcount.programs.libraries.keras.imported import conv_utils  # few programs call it

    return conv_utils.member("normalize_data_format").function(run, args, kwargs, node)


def _dtype(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`K.dtype(x)` of an input for which the program gives a dtype; unknown for other tensors."""
    value = [*args, *kwargs.values()][0]
    layer = value.layer if isinstance(value, SymbolicTensor) else None
    dtype = layer.arguments.get("dtype") if layer and layer.class_name == "InputLayer" else None
    return dtype if isinstance(dtype, str) else run.unknown(run.source_of(node))


def _of_dtype(is_kind: Callable[[str], bool]) -> Raw:
    """A function that tells of which kind a dtype is."""

    def function(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        dtype = args[0] if args else kwargs.get("dtype")
        return is_kind(dtype) if isinstance(dtype, str) else run.unknown(run.source_of(node))

    return function


_VARIABLES = ("zeros", "ones", "random_uniform_variable", "random_normal_variable")
_BACKEND: dict[str, Raw] = {
    **SETTINGS,
    "shape": symbolic_shape,
    "int_shape": _int_shape,
    "count_params": _size,
    "is_keras_tensor": lambda run, args, *rest: isinstance(args[0], SymbolicTensor),
    "variable": variables.backend_variable,
    **dict.fromkeys(_VARIABLES, _created_variable),
    "constant": constant,
    "placeholder": created,
    "dot": _dot,
    "flatten": _flatten,
    "dtype": _dtype,
    "is_float_dtype": _of_dtype(lambda dtype: "float" in dtype),
    "is_int_dtype": _of_dtype(lambda dtype: "int" in dtype),
    "normalize_data_format": _data_format,
    "repeat": composed.repeat,
    "resize_images": composed.resize_images,
    "temporal_padding": composed.temporal_padding,
    "asymmetric_temporal_padding": composed.asymmetric_padding,
    "ctc_batch_cost": composed.ctc_batch_cost,
    "spatial_2d_padding": composed.spatial_padding,
    "spatial_3d_padding": composed.spatial_padding,
    "pool2d": composed.pool,
    "pool3d": composed.pool,
    "conv2d_transpose": composed.conv_transpose,
    "conv3d_transpose": composed.conv_transpose,
    "batch_dot": composed.batch_dot,
    "batch_flatten": composed.batch_flatten,
    "map_fn": composed.map_elements,
    "rnn": composed.rnn,
    "in_train_phase": same,
    "bias_add": same,
    "identity": same,
}
