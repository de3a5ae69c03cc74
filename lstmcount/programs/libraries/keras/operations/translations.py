"""Functions of `keras.backend` and TensorFlow that equal a function of `keras.ops`."""

from __future__ import annotations

import ast
from typing import Any

import msgspec


class Translation(msgspec.Struct, frozen=True):
    """A function with another name for an operation, and other names for its arguments."""

    operation: str
    names: tuple[str, ...]
    renamed: dict[str, str]
    defaults: dict[str, Any]


# name [= operation]: argument[>argument of the operation][:default] …
_BACKEND = """
sum: x axis keepdims
mean: x axis keepdims
max: x axis keepdims
min: x axis keepdims
prod: x axis keepdims
std: x axis keepdims
var: x axis keepdims
any: x axis keepdims
all: x axis keepdims
logsumexp: x axis keepdims
argmax: x axis:-1
argmin: x axis:-1
concatenate: tensors>xs axis:-1
stack: x axis
expand_dims: x axis:-1
squeeze: x axis
permute_dimensions = transpose: x pattern>axes
transpose: x
reshape: x shape>newshape
tile: x n>repeats
repeat_elements = repeat: x rep>repeats axis
reverse = flip: x axes>axis
pow = power: x>x1 a>x2
square: x
sqrt: x
abs: x
exp: x
log: x
sign: x
round: x
sin: x
cos: x
clip: x min_value>x_min max_value>x_max
maximum: x>x1 y>x2
minimum: x>x1 y>x2
equal: x>x1 y>x2
not_equal: x>x1 y>x2
greater: x>x1 y>x2
greater_equal: x>x1 y>x2
less: x>x1 y>x2
less_equal: x>x1 y>x2
softmax: x axis:-1
relu: x
elu: x alpha
sigmoid: x
hard_sigmoid: x
tanh: x
softplus: x
softsign: x
l2_normalize = normalize: x axis
one_hot: indices>x num_classes
gather = take: reference>x indices axis:0
switch = where: condition then_expression>x1 else_expression>x2
zeros_like: x
ones_like: x
cumsum: x axis
identity: x
conv1d = conv: x>inputs kernel strides padding data_format dilation_rate
conv2d = conv: x>inputs kernel strides padding data_format dilation_rate
conv3d = conv: x>inputs kernel strides padding data_format dilation_rate
depthwise_conv2d = depthwise_conv: \
    x>inputs depthwise_kernel>kernel strides padding data_format dilation_rate
separable_conv1d = separable_conv: \
    x>inputs depthwise_kernel pointwise_kernel strides padding data_format dilation_rate
separable_conv2d = separable_conv: \
    x>inputs depthwise_kernel pointwise_kernel strides padding data_format dilation_rate
"""
_TENSORFLOW = """
reduce_sum = sum: input_tensor>x axis keepdims
reduce_mean = mean: input_tensor>x axis keepdims
reduce_max = max: input_tensor>x axis keepdims
reduce_min = min: input_tensor>x axis keepdims
reduce_prod = prod: input_tensor>x axis keepdims
reduce_std = std: input_tensor>x axis keepdims
reduce_variance = var: input_tensor>x axis keepdims
reduce_logsumexp = logsumexp: input_tensor>x axis keepdims
reduce_any = any: input_tensor>x axis keepdims
reduce_all = all: input_tensor>x axis keepdims
argmax: input>x axis
argmin: input>x axis
concat = concatenate: values>xs axis
stack: values>x axis
unstack: value>x num axis
expand_dims: input>x axis
squeeze: input>x axis
transpose: a>x perm>axes
reshape: tensor>x shape>newshape
tile: input>x multiples>repeats
repeat: input>x repeats axis
reverse = flip: tensor>x axis
pad: tensor>x paddings>pad_width
tensordot: a>x1 b>x2 axes
add: x>x1 y>x2
subtract: x>x1 y>x2
multiply: x>x1 y>x2
divide: x>x1 y>x2
pow = power: x>x1 y>x2
maximum: x>x1 y>x2
minimum: x>x1 y>x2
equal: x>x1 y>x2
greater: x>x1 y>x2
less: x>x1 y>x2
logical_and: x>x1 y>x2
where: condition x>x1 y>x2
clip_by_value = clip: t>x clip_value_min>x_min clip_value_max>x_max
abs: x
exp: x
log: x
sqrt: x
rsqrt: x
square: x
sign: x
sin: x
cos: x
tanh: x
sigmoid: x
negative: x
softplus: features>x
relu: features>x
relu6: features>x
elu: features>x
selu: features>x
gelu: features>x
silu: features>x
swish = silu: features>x
leaky_relu: features>x alpha>negative_slope
softmax: logits>x axis:-1
log_softmax: logits>x axis:-1
l2_normalize = normalize: x axis
one_hot: indices>x depth>num_classes
gather = take: params>x indices axis:0
cumsum: x axis
zeros_like: input>x
ones_like: input>x
roll: input>x shift axis
moments: x axes
"""


def _read(table: str) -> dict[str, Translation]:
    translations: dict[str, Translation] = {}
    for line in table.strip().splitlines():
        name, _, arguments = line.partition(":")
        name, _, operation = name.partition(" = ")
        names: list[str] = []
        renamed: dict[str, str] = {}
        defaults: dict[str, Any] = {}
        for argument in arguments.split():
            text, _, default = argument.partition(":")
            old, _, new = text.partition(">")
            names.append(old)
            renamed[old] = new or old
            if default:
                defaults[new or old] = ast.literal_eval(default)
        translations[name] = Translation(operation or name, tuple(names), renamed, defaults)
    return translations


BACKEND = _read(_BACKEND)
TENSORFLOW = _read(_TENSORFLOW)
