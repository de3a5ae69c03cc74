"""A layer in a model and in a model nested in it is one layer: its weights count once."""

import io
import json
import zipfile

import pytest

from lstmcount import summarize
from lstmcount.conversion.python import to_python
from lstmcount.sources import open_source, read

# The counts are those of real Keras.
PROGRAMS = {
    "in a model and in one inside": (
        "s = Sequential([Input((4,)), d])\nmodel = Model(x, [s(x), d(x)])",
        20,
    ),
    "in two models inside": (
        "s = Sequential([Input((4,)), d])\n"
        "t = Model(x, layers.Dense(2)(d(x)))\ny = Input((4,))\nmodel = Model(y, [s(y), t(y)])",
        30,
    ),
    "read before a model that holds it": (
        "s = Model(x, layers.Dense(4)(d(x)))\ny = Input((4,))\nmodel = Model(y, s(d(y)))",
        40,
    ),
    "for each step, too": (
        "x = Input((3, 4))\nmodel = Model(x, layers.TimeDistributed(d)(d(x)))",
        20,
    ),
    "a cell of two layers": (
        "c = layers.LSTMCell(4)\nr = layers.RNN(c, return_sequences=True)\n"
        "x = Input((3, 4))\nmodel = Model(x, layers.RNN(c)(r(x)))",
        144,
    ),
    "in another model, whose input has the same name": (
        "a = Input((4,), name='a')\nother = Model(a, d(a))\n"
        "b = Input((4,), name='a')\nmodel = Model(b, layers.Dense(3)(d(b)))",
        35,
    ),
    "a copy": (
        "l = layers.LSTM(4, return_sequences=True)\nx = Input((3, 4))\n"
        "model = Model(x, layers.Bidirectional(l)(l(x)))",
        432,
    ),
}


@pytest.mark.parametrize(("program", "count"), PROGRAMS.values(), ids=PROGRAMS)
def test_a_layer_shared_in_a_program_is_counted_once(tmp_path, program, count):
    path = tmp_path / "model.py"
    path.write_text(
        "from keras import Input, Model, Sequential, layers\n"
        f"d = layers.Dense(4)\nx = Input((4,))\n{program}\n"
    )
    config = read(open_source(str(path)))
    assert summarize(str(path)).total_params == count
    path.write_text(to_python(config))
    assert summarize(str(path)).total_params == count


def dense(number=None, **more):
    numbered = {} if number is None else {"shared_object_id": number}
    config = {"name": "dense", "units": 4}
    return {"module": "keras.layers", "class_name": "Dense", "config": config, **numbered, **more}


def model(*layers):
    start = {"module": "keras.layers", "class_name": "InputLayer"}
    first = {**start, "config": {"batch_shape": [None, 4], "name": "i"}}
    config = {"name": f"m{len(json.dumps(layers))}", "layers": [first, *layers]}
    return {"module": "keras", "class_name": "Sequential", "config": config}


ARCHIVES = {
    "two numbers": ([dense(7), model(dense(7))], 20),
    "other numbers": ([dense(7), model(dense(8))], 40),
    "the later alone has one": ([model(dense()), dense(7)], 20),
    "the later two have one": ([model(dense()), model(dense(7)), dense(7)], 20),
    "the earlier two have one": ([dense(7), model(dense(7)), model(dense())], 40),
    "another of that name": ([model(dense()), dense(7, config={"name": "dense", "units": 2})], 30),
    "none": ([model(dense()), dense()], 40),
}


@pytest.mark.parametrize(("layers", "count"), ARCHIVES.values(), ids=ARCHIVES)
def test_a_layer_shared_in_an_archive_is_counted_once(layers, count):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("config.json", json.dumps(model(*layers)))
    file.seek(0)
    assert summarize(file).total_params == count
    unshared = 30 if count == 30 else 20 * len(layers)
    assert summarize(json.dumps(model(*layers))).total_params == unshared
