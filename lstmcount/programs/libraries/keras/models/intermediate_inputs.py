"""Models whose inputs are intermediate tensors: Keras adds inputs for them and repeats calls."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.libraries.keras.session.session import Session
from lstmcount.programs.libraries.keras.values.objects import CallRecord
from lstmcount.programs.libraries.keras.values.tensors import (
    SymbolicTensor,
    map_tensors,
    tensors_in,
    tensors_read,
)
from lstmcount.shapes import UNKNOWN


def with_new_inputs(session: Session, inputs: Any, outputs: Any, node: ast.AST) -> tuple[Any, Any]:
    """Replace intermediate tensors in `inputs` by new inputs, and update `outputs`.

    Layers between inputs and outputs are called again, as in Keras; the layers are not copied.
    """
    input_tensors = tensors_in(inputs)
    if all(tensor.layer.class_name == "InputLayer" for tensor in input_tensors):
        return inputs, outputs
    repeater = _Repeater(session, node)
    for tensor in input_tensors:
        repeater.replacements[id(tensor)] = tensor
        if tensor.layer.class_name != "InputLayer":
            repeater.replacements[id(tensor)] = repeater.input(tensor)
    return map_tensors(inputs, repeater.tensor), map_tensors(outputs, repeater.tensor)


class _Repeater:
    def __init__(self, session: Session, node: ast.AST) -> None:
        self.session = session
        self.node = node
        self.replacements: dict[int, SymbolicTensor] = {}  # by id of the replaced tensor

    def input(self, tensor: SymbolicTensor) -> SymbolicTensor:
        arguments: dict[str, Any] = {"name": f"{tensor.name}CLONE", "dtype": tensor.dtype}
        if tensor.shape is not None:
            arguments["batch_shape"] = [None if dim is UNKNOWN else dim for dim in tensor.shape]
        return self.session.input([], arguments, self.node)

    def tensor(self, wanted: SymbolicTensor) -> SymbolicTensor:
        todo = [wanted]
        while todo:
            tensor = todo[-1]
            if id(tensor) in self.replacements:
                todo.pop()
                continue
            sources = _read(tensor)
            missing = [source for source in sources if id(source) not in self.replacements]
            if missing:
                todo += missing
                continue
            if all(self.replacements[id(source)] is source for source in sources):
                self.replacements[id(tensor)] = tensor  # it does not depend on a new input
            else:
                self._repeat(tensor)
            todo.pop()
        return self.replacements[id(wanted)]

    def _repeat(self, tensor: SymbolicTensor) -> None:
        layer, call = tensor.layer, tensor.layer.calls[tensor.node]
        index = len(layer.calls)
        args, kwargs = map_tensors(
            [call.args, call.kwargs], lambda source: self.replacements[id(source)]
        )
        layer.calls.append(CallRecord(args, kwargs, call.place))
        if tensor.node in layer.recorded:
            layer.recorded[index] = layer.recorded[tensor.node]

        def copy(source: SymbolicTensor) -> SymbolicTensor:
            new = SymbolicTensor(
                layer, index, source.index, source.shape, source.dtype, f"{source.name}CLONE"
            )
            self.replacements[id(source)] = new
            return new

        layer.outputs.append(map_tensors(layer.outputs[tensor.node], copy))


def _read(tensor: SymbolicTensor) -> list[SymbolicTensor]:
    calls = tensor.layer.calls
    if tensor.node >= len(calls):
        return []
    return tensors_read(calls[tensor.node])
