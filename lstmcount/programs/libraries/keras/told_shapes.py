"""The output shapes that Keras takes of a program's own class without a look at its `call`.

Keras 3 asks a layer of a graph for its `compute_output_spec` or `compute_output_shape`, be they of
the class or of the built-in one above it. It runs `call` where there is neither, and for layers
inside a `call` that runs.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from lstmcount import layers as registry
from lstmcount.errors import CALL_ERRORS, LstmcountError
from lstmcount.graph.builder import build_layer
from lstmcount.programs.language.provided import Native
from lstmcount.programs.language.values import Function
from lstmcount.programs.libraries.keras import derived
from lstmcount.programs.libraries.keras.export import layer_config
from lstmcount.programs.libraries.keras.objects import Custom, LayerObject
from lstmcount.programs.libraries.keras.tensors import Tensor, as_shapes, shapes_of, tensors_in
from lstmcount.programs.libraries.keras.unused import uncalled
from lstmcount.shapes import Unknown, public, show

if TYPE_CHECKING:
    from lstmcount.programs.language.run import Run
    from lstmcount.programs.libraries.keras.session import Session


def told(
    session: Session, layer: Custom, shapes: dict[str, Any], args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """A shape, or a list or dict of them, as Keras is told; None where it follows `call`."""
    run, node = session.run, layer.place.node
    spec, shape = (layer.cls.find(f"compute_output_{name}") for name in ("spec", "shape"))
    if isinstance(spec, Function):
        found = shapes_of(run.call(spec, [layer, *args], kwargs, node))
        return found if _are_shapes(found) else None
    if layer.output_size is not None:
        return (tensors_in([args, kwargs])[0].shape[0], *layer.output_size)
    if isinstance(shape, Function):
        found = as_shapes(derived.call_with_shapes(run, layer, shape, shapes, node))
        return found if _are_shapes(found) else None
    if layer.core is None or _is_refused(session, layer, layer.core):
        return None
    return _of_built_in(layer.core, shapes_of(args), shapes_of(kwargs))


def _of_built_in(layer: LayerObject, args: list[Any], kwargs: dict[str, Any]) -> Any:
    try:
        built = build_layer(layer_config(layer, calls=0))
        return None if _is_cell(built.layer) else built.call(args, kwargs)
    except CALL_ERRORS:
        return None


def _is_cell(layer: Any) -> bool:
    """Whether a built-in layer says no output shape: Keras follows the `call` of a cell."""
    return getattr(layer, "call_arguments", ())[1:] == ("states",)


def method(layer: LayerObject) -> Native:
    """`layer.compute_output_shape(shape)` of a built-in layer or model."""

    def function(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        named = {name.removesuffix("_shape"): shape for name, shape in kwargs.items()}
        named = {"inputs" if name == "input" else name: named[name] for name in named}
        shapes = _of_built_in(layer, as_shapes(args), as_shapes(named))
        return run.unknown(run.source_of(node)) if shapes is None else public(shapes)

    return Native("compute_output_shape", function, raw=True)


def _is_refused(session: Session, layer: Custom, core: LayerObject) -> bool:
    """Whether Keras 3 refuses to build the layer by the names of the arguments of its `call`."""
    cls = registry.find(core.class_name)
    if cls is None or _is_cell(cls) or len(cls.call_arguments) < 2 or layer.cls.find("build"):
        return False
    missing = [name for name in cls.call_arguments if name not in derived.call_parameters(layer)]
    if missing:
        what = f"`call` of {layer.class_name} has no argument `{missing[0]}`"
        session.note(layer.place, f"{what}, which the `build` of {core.class_name} takes")
    return bool(missing)


def as_told(session: Session, layer: Custom, shapes: Any, output: Any, inputs: list[Tensor]) -> Any:
    """What a call gives: `output`, or tensors of other shapes where Keras is told those."""
    given = shapes_of(output)
    if not _differ(shapes, given):
        return output
    is_own = any(layer.cls.find(f"compute_output_{name}") for name in ("spec", "shape"))
    session.notes.append(
        f"{layer.place.locate()}: `call` of {layer.class_name} gives {show(given)}; Keras 3 takes "
        f"the {show(shapes)} that {'its class' if is_own else layer.base.class_name} says"
    )
    layer.told_for = shapes_of(inputs)
    return _tensors(session, layer, shapes, [*inputs, *tensors_in(output)])


def _tensors(session: Session, layer: Custom, shapes: Any, read: list[Tensor]) -> Any:
    """Tensors of these shapes, which depend on those that are read."""
    if isinstance(shapes, list):
        return [_tensors(session, layer, shape, read) for shape in shapes]
    if isinstance(shapes, dict):
        return {key: _tensors(session, layer, shapes[key], read) for key in shapes}
    return session.stand_in("ToldShape", read, shapes, layer.place.node)


def check_again(layer: Custom, args: list[Any], kwargs: dict[str, Any]) -> None:
    """Raises `LstmcountError` where the shape that Keras is told was told of another input."""
    if layer.told_for is not None and shapes_of(tensors_in([args, kwargs])) != layer.told_for:
        raise LstmcountError(
            f"{layer.class_name} is called on several shapes, and its `call` gives another shape "
            "than its class says: what Keras takes for each call is not followed"
        ).at(layer.place)


def waiting(session: Session, layer: Custom) -> list[LayerObject]:
    """The layers inside without weights before the model runs, as Keras does not follow `call`:
    its class, or a built-in one, has both a `build` and the output's shape."""
    has_both = layer.cls.find("build") and layer.cls.find("compute_output_shape")
    is_told = has_both or layer.core is not None or layer.state_sizes is not None
    found = uncalled(layer.tracked()) if session.is_lazy and is_told else []
    if found:
        names = ", ".join([one.name or one.class_name for one in found])
        session.notes.append(
            f"{layer.place.locate()}: {names} of {layer.name} have no weights before the model "
            "runs: Keras 3 is told the output's shape, and does not follow the call for it"
        )
    return found


def _are_shapes(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(isinstance(dim, int | Unknown) for dim in value)
    several = value.values() if isinstance(value, dict) else value
    return isinstance(value, list | dict) and all(map(_are_shapes, several))


def _differ(told: Any, given: Any) -> bool:
    """Whether the shapes of two structures are known to be those of different tensors."""
    if type(told) is not type(given):
        return {type(told), type(given)} <= {tuple, list, dict}
    if isinstance(told, dict):
        return told.keys() != given.keys() or any(_differ(told[key], given[key]) for key in told)
    if not isinstance(told, list | tuple):
        return False
    one = _is_another if isinstance(told, tuple) else _differ
    return len(told) != len(given) or any(map(one, told, given))


def _is_another(told: Any, given: Any) -> bool:
    is_free = isinstance(told, Unknown) and told.text is None
    return isinstance(given, int) and told != given and (is_free or isinstance(told, int))
