"""Models whose inputs are intermediate tensors: Keras adds inputs for them and repeats calls."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from lstmcount.programs.libraries.keras.objects import CallRecord
from lstmcount.programs.libraries.keras.tensors import Tensor, map_tensors, tensors_in
from lstmcount.shapes import UNKNOWN

if TYPE_CHECKING:
    from lstmcount.programs.libraries.keras.session import Session


def repeated(session: Session, inputs: Any, outputs: Any, node: ast.AST) -> tuple[Any, Any]:
    """Replace intermediate tensors in `inputs` by new inputs, and update `outputs`.

    Layers between inputs and outputs are called again, as in Keras; the layers are not copied.
    """
    given = tensors_in(inputs)
    if all(tensor.layer.class_name == "InputLayer" for tensor in given):
        return inputs, outputs
    run = _Repeated(session, node)
    for tensor in given:
        run.made[id(tensor)] = tensor
        if tensor.layer.class_name != "InputLayer":
            run.made[id(tensor)] = run.input(tensor)
    return map_tensors(inputs, run.tensor), map_tensors(outputs, run.tensor)


class _Repeated:
    def __init__(self, session: Session, node: ast.AST) -> None:
        self.session = session
        self.node = node
        self.made: dict[int, Tensor] = {}  # by id of the replaced tensor

    def input(self, tensor: Tensor) -> Tensor:
        arguments: dict[str, Any] = {"name": f"{tensor.name}CLONE", "dtype": tensor.dtype}
        if tensor.shape is not None:
            arguments["batch_shape"] = [None if dim is UNKNOWN else dim for dim in tensor.shape]
        return self.session.input([], arguments, self.node)

    def tensor(self, wanted: Tensor) -> Tensor:
        todo = [wanted]
        while todo:
            tensor = todo[-1]
            if id(tensor) in self.made:
                todo.pop()
                continue
            read = _read(tensor)
            missing = [each for each in read if id(each) not in self.made]
            if missing:
                todo += missing
                continue
            if all(self.made[id(each)] is each for each in read):
                self.made[id(tensor)] = tensor  # it does not depend on a new input
            else:
                self._repeat(tensor)
            todo.pop()
        return self.made[id(wanted)]

    def _repeat(self, tensor: Tensor) -> None:
        layer, call = tensor.layer, tensor.layer.calls[tensor.node]
        index = len(layer.calls)
        args, kwargs = map_tensors([call.args, call.kwargs], lambda each: self.made[id(each)])
        layer.calls.append(CallRecord(args, kwargs, call.place))
        if tensor.node in layer.recorded:
            layer.recorded[index] = layer.recorded[tensor.node]

        def copy(each: Tensor) -> Tensor:
            made = Tensor(layer, index, each.index, each.shape, each.dtype, f"{each.name}CLONE")
            self.made[id(each)] = made
            return made

        layer.outputs.append(map_tensors(layer.outputs[tensor.node], copy))


def _read(tensor: Tensor) -> list[Tensor]:
    calls = tensor.layer.calls
    if tensor.node >= len(calls):
        return []
    call = calls[tensor.node]
    return tensors_in([call.args, call.kwargs])
