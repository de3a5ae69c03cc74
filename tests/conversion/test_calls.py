"""The arguments of a model's calls, in every form that a conversion writes."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from lstmcount import LstmcountError, summarize
from lstmcount.conversion.forms import FORMATS, written
from lstmcount.graph.inference import infer
from lstmcount.sources import Source, open_source, read

INPUT = "import keras\nfrom keras import layers, ops\nx = keras.Input((5, 6), name='x')\n"
TRANSLATOR = """
import keras
from keras.layers import LSTM, Dense, Input
source = Input((None, 7))
_, *states = LSTM(4, return_state=True)(source)
target = Input((None, 5))
decoder = LSTM(4, return_sequences=True, return_state=True)
dense = Dense(5)
model = keras.Model([source, target], dense(decoder(target, initial_state=states)[0]))
given = [Input((4,)), Input((4,))]
y, *kept = decoder(target, initial_state=given)
decoding = keras.Model([target, *given], [dense(y), *kept])
"""
PROGRAMS = {
    "training": (TRANSLATOR, "model", 377),
    "decoding": (TRANSLATOR, "decoding", 185),
    "reshape": (INPUT + "y = layers.Dense(2)(ops.reshape(x, (ops.shape(x)[0], 30)))\n"
                "model = keras.Model(x, y)\n", None, 62),
    "scaled": (INPUT + "y = layers.Dense(2)(x / ops.sqrt(ops.cast(ops.shape(x)[-1], 'float32')))\n"
               "model = keras.Model(x, y)\n", None, 14),
    "scaled by TensorFlow": (
        INPUT + "import tensorflow as tf\nwidth = tf.cast(tf.shape(x)[-1], tf.float32)\n"
        "y = layers.Dense(tf.cast(width * 0.4, tf.int32))(x * tf.math.rsqrt(width))\n"
        "model = keras.Model(x, y)\n", None, 14),
    "a model with a mask": (
        INPUT + "inner = keras.Model(x, layers.LSTM(3)(x))\ny = keras.Input((5, 6))\n"
        "seen = keras.Input((5,), dtype='bool')\n"
        "model = keras.Model([y, seen], layers.Dense(2)(inner(y, mask=seen)))\n", "model", 128),
    "a model with two masks": (
        INPUT + "z = keras.Input((5, 2))\n"
        "inner = keras.Model([x, z], layers.LSTM(3)(layers.Concatenate()([x, z])))\n"
        "seen = keras.Input((5,), dtype='bool')\n"
        "model = keras.Model([x, z, seen], inner([x, z], mask=[seen, seen]))\n", "model", 144),
    "a list of one": (
        INPUT + "y, = ops.unstack(ops.mean(x, axis=1, keepdims=True), axis=1)\n"
        "model = keras.Model(x, layers.Dense(2)(ops.add(y, 1.0)))\n", None, 14),
    "constant": (INPUT + "y = layers.Dense(2)(layers.Add()([x, ops.ones((1, 1, 6))]))\n"
                 "model = keras.Model(x, y)\n", None, 14),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", sorted(PROGRAMS.keys() - {"constant"}))
def test_calls_in_programs_are_written_in_every_form(name: str, form: str) -> None:
    program, model, count = PROGRAMS[name]
    config = read(Source("program.py", program.encode(), model=model))
    text = written(config, form)
    if form == "python":
        assert infer(read(Source("again.py", text.encode()))).total_params == count
    else:
        assert summarize(yaml.safe_load(text)).total_params == count
    assert re.search(r"newshape\W+(null|None)", text) is None


def test_arrays_are_inputs_of_known_shapes() -> None:
    program, _, count = PROGRAMS["constant"]
    assert infer(read(Source("program.py", program.encode()))).total_params == count


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("y = ops.slice(x, (0, 0, 0), (ops.shape(x)[0], 3, 2))", "'slice' (Slice): shape"),
        ("z = ops.zeros((ops.shape(x)[0], 4))\ny = layers.LSTM(4)(x, initial_state=[z, z])",
         "'lstm' (LSTM): an argument of its call"),
        ("y = x / ops.cast(ops.shape(x)[0], 'float32')",
         "'true_divide' (TrueDivide): an argument of its call"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", FORMATS)
def test_what_only_a_running_program_knows_is_refused(line: str, words: str, form: str) -> None:
    config = read(Source("program.py", f"{INPUT}{line}\nmodel = keras.Model(x, y)\n".encode()))
    with pytest.raises(LstmcountError) as caught:
        written(config, form)
    assert f"{words} is known only when the program runs" in str(caught.value)


CONSTANT = {"class_name": "__tensor__", "config": {"value": [[[1.0, 2.0]]], "dtype": "float32"}}
SPEC: dict[str, Any] = {
    "inputs": {"x": [3, 2]},
    "layers": [{"Add": {}, "inputs": ["x", CONSTANT]}, {"Dense": 4, "inputs": "add"}],
}


@pytest.mark.parametrize("form", FORMATS)
def test_constant_tensors_are_written_in_every_form(form: str) -> None:
    text = written(read(open_source(SPEC)), form)
    if form == "python":
        assert "keras.ops.convert_to_tensor([[[1.0, 2.0]]], 'float32')" in text
    else:
        again = summarize(yaml.safe_load(text))
        assert [layer.output_shape for layer in again.layers][1:] == [(1, 3, 2), (1, 3, 4)]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("argument", "is_refused"), [("kernel_initializer", False), ("activation", True)]
)
def test_functions_without_names(argument: str, is_refused: bool, form: str) -> None:
    dense = {"name": "d", "units": 2, "batch_input_shape": [None, 3], argument: "<lambda>"}
    model = {"class_name": "Sequential", "config": [{"class_name": "Dense", "config": dense}]}
    config = read(open_source(model))
    if is_refused:
        with pytest.raises(LstmcountError, match=r"d\.activation is a function without a name"):
            written(config, form)
    else:
        assert "lambda" not in written(config, form)


@pytest.mark.parametrize(
    ("operation", "shape"),
    [
        ({"ops.slice": {"start_indices": [0, 0], "shape": [None, 3]}}, (None, 3)),
        ({"ops.tile": {"repeats": [None, 2]}}, (None, 10)),
        ({"ops.one_hot": {"num_classes": None}}, (None, 5, None)),
    ],
)
def test_sizes_that_a_file_leaves_open(operation: dict[str, Any], shape: Any) -> None:
    spec = {"inputs": {"x": [5]}, "layers": [{**operation, "inputs": "x"}]}
    assert summarize(spec).layers[-1].output_shape == shape
    assert summarize(yaml.safe_load(written(read(open_source(spec)), "yaml"))).layers
