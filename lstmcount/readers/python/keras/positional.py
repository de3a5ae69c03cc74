"""The order of Keras's positional arguments, where our fields do not already stand in it."""

from __future__ import annotations

from functools import cache

from lstmcount import layers as registry
from lstmcount.layers.validation import arguments

_SIMPLE = (
    "units activation use_bias kernel_initializer recurrent_initializer bias_initializer "
    "kernel_regularizer recurrent_regularizer bias_regularizer"
)
_GATED = (
    "units activation recurrent_activation use_bias kernel_initializer recurrent_initializer "
    "bias_initializer kernel_regularizer recurrent_regularizer bias_regularizer"
)
_LSTM = _GATED.replace("bias_initializer ", "bias_initializer unit_forget_bias ", 1)
_ORDER = {
    "SimpleRNN": _SIMPLE,
    "SimpleRNNCell": _SIMPLE,
    "GRU": _GATED,
    "GRUCell": _GATED,
    "LSTM": _LSTM,
    "LSTMCell": _LSTM,
    "InputLayer": "shape batch_size dtype sparse ragged batch_shape",
    "Input": "shape batch_size dtype sparse ragged batch_shape",
}


@cache
def positional(class_name: str) -> tuple[str, ...]:
    """
    >>> positional("LSTM")[:3]
    ('units', 'activation', 'recurrent_activation')
    """
    if class_name in _ORDER:
        return tuple(_ORDER[class_name].split())
    cls = registry.find(class_name)
    return arguments(cls) if cls else ()
