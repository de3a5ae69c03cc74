"""Attributes that programs set on layers of Keras: before a layer is built, its weights follow."""

import pytest

from lstmcount import LstmcountError, summarize

BEFORE = """
import keras
from keras import Input, layers
x = Input((5, 3))
def one(layer): return keras.Model(x, layers.Dense(2)(layers.Flatten()(layer(x))))
lstm, dense, both = layers.LSTM(4), layers.Dense(4), layers.Bidirectional(layers.LSTM(4))
cells = layers.RNN([layers.LSTMCell(4), layers.GRUCell(3)])
"""
COUNTED = {
    "lstm.cell.use_bias = False; model = one(lstm)": 122,
    "setattr(lstm.cell, 'use_bias', False); model = one(lstm)": 122,
    "vars(lstm.cell)['use_bias'] = False; model = one(lstm)": 122,
    "gru = layers.GRU(4); gru.cell.reset_after = False; model = one(gru)": 106,
    "model = one(lstm); lstm.cell.use_bias = False": 138,
    "lstm.cell.use_bias = False; model = one(layers.LSTM.from_config(lstm.get_config()))": 122,
    "dense.units += 3; model = one(dense)": 100,
    "dense.__dict__.update(units=9); model = one(dense)": 128,
    "dense.__setattr__('units', 9); model = one(dense)": 128,
    "model = one(dense); dense.units = 9": 58,
    "model = one(dense); dense.activation = None; model = one(dense)": 58,
    "model = keras.Sequential([x, dense]); model.layers[0].units = 9": 16,
    "both.backward_layer.cell.use_bias = False; model = one(both)": 258,
    "both.forward_layer = layers.LSTM(4, use_bias=False); model = one(both)": 258,
    "cells.cell.cells[0].use_bias = False; model = one(cells)": 201,
    "cells.cell.cells = [layers.LSTMCell(6)]; model = one(cells)": 254,
    "each = layers.TimeDistributed(dense); model = one(each); dense.use_bias = False": 58,
    "heads = layers.MultiHeadAttention(2, 4); heads._num_heads = 3\n"
    "model = keras.Model(x, heads(x, x))": 183,
    "heads = layers.MultiHeadAttention(2, 4); heads._key_dim = 5\n"
    "model = keras.Model(x, heads(x, x))": 139,
    "class Own(layers.Dense):\n"
    "    def build(self, shape): self.units = 7; super().build(shape)\n"
    "model = one(Own(4))": 100,
    "class Own(layers.LSTM):\n"
    "    def __init__(self, n): super().__init__(n); self.return_sequences = True\n"
    "model = one(Own(4))": 170,
    "model = keras.Sequential([x, dense])\n"
    "model = keras.models.model_from_json(model.to_json())": 16,
}
OWN = """
class Own(layers.Layer):
    def __init__(self):
        super().__init__()
        {init}
    def call(self, x, training=False):
        {call}
"""
LOOP = "for layer in {layers}: x = layer(x)\n        return x"
COUNTED |= {  # Keras keeps copies of lists and dicts
    OWN.format(
        init="kept = [layers.Dense(4)]; self.kept = kept; kept.append(layers.Dense(7))",
        call=LOOP.format(layers="self.kept"),
    ) + "model = one(Own())": 58,
    OWN.format(
        init="kept = {'a': [layers.Dense(4)]}; self.kept = kept; kept['a'] *= 2",
        call=LOOP.format(layers="self.kept['a']"),
    ) + "model = one(Own())": 58,
    OWN.format(
        init="self.kept = []; self.kept.append(layers.Dense(4))",
        call=LOOP.format(layers="self.kept"),
    ) + "model = one(Own())": 58,
}  # fmt: skip
COUNTED |= {  # `training` in a call
    OWN.format(
        init="self.one, self.other = layers.Dense(4), layers.Dense(6)",
        call="return self.one(x) if training else self.other(x)",
    ) + f"model = keras.Model(x, Own()(x, {passed}))": count
    for passed, count in {"training=True": 16, "training=False": 24}.items()
}  # fmt: skip
COUNTED |= {
    "made = layers.serialize(dense); made['config']['units'] = 5\n"
    "model = one(layers.deserialize(made))": 72,
}
COUNTED |= {
    "pool = layers.MaxPooling1D(2); pool.pool_size = (3,); model = one(pool)": 14,
    "einsum = layers.EinsumDense('abc,cd->abd', (5, 4))\n"
    "einsum.partial_output_shape = (5, 6); model = one(einsum)": 80,
    "model = keras.Sequential([x, dense]); model.extra = layers.Dense(5)": 16,
    "model = one(dense); model.best = dense; dense.note = {'a': [1, None]}": 58,
}
COUNTED |= {  # Keras copies the layer of a Bidirectional when it makes it
    "both = layers.Bidirectional(lstm); lstm.cell.use_bias = False; model = one(both)": 274,
    "model = keras.Model(x, [layers.Bidirectional(lstm)(x), lstm(x)])": 384,
    "cell = layers.LSTMCell(4); both = layers.Bidirectional(layers.RNN(cell))\n"
    "cell.use_bias = False; model = one(both)": 274,
}
UNFOLLOWED = {  # and their number in Keras
    "lstm.cell.units = 7; model = one(lstm)": 318,
    "dense.built = True; model = one(dense)": 42,
    "one(dense); dense.units = 9; model = one(dense)": 108,
    "lstm.cell = layers.GRUCell(4); model = one(lstm)": 118,
    "one(both); both.forward_layer.cell.units = 6; model = one(both)": 274,
    "model = keras.Sequential([x, dense]); dense.units = 9\n"
    "model = keras.models.clone_model(model)": 36,
    "model = keras.Sequential([x, dense]); dense.use_bias = False\n"
    "model = keras.models.model_from_json(model.to_json())": 12,
    "dense.extra = keras.Variable([1., 2.]); model = one(dense)": 60,
    "dense.extra = [{'a': keras.Variable([1., 2.])}]; model = one(dense)": 60,
    "dense.inner = layers.Dense(5); dense.inner.build((None, 2)); model = one(dense)": 73,
    "one(dense); other = layers.Dense(4); other.tied = dense.kernel; model = one(other)": 70,
    "dense.add_weight(shape=(7,)); model = one(dense)": 65,
    "model = keras.Sequential([x, dense]); model.extra = keras.Variable([1., 2.])": 18,
    "model = keras.Sequential([x, dense]); model.layers[0].units = 9\n"
    "model.add(layers.Dense(2))": 36,
    "one(dense); del dense.bias; model = one(dense)": 54,
    "one(dense); other = layers.Dense(4); other.bias = dense.bias; model = one(other)": 62,
    "dense.path.parts[0] = 3; model = one(dense)": None,
    "lstm.use_bias = False; model = one(lstm)": None,
    "heads = layers.MultiHeadAttention(2, 4); heads.num_heads = 3; model = one(dense)": None,
    "del dense.units; model = one(dense)": None,
    "model = one(dense); del dense.kernel": None,
}


def read(tmp_path, program):
    path = tmp_path / "model.py"
    path.write_text(f"{BEFORE}{program}\n")
    return summarize(path)


@pytest.mark.parametrize(("program", "expected"), COUNTED.items(), ids=COUNTED)
def test_a_changed_layer_is_counted(tmp_path, program, expected):
    assert read(tmp_path, program).total_params == expected


@pytest.mark.parametrize("program", UNFOLLOWED)
def test_a_change_that_cannot_be_followed_is_refused(tmp_path, program):
    message = "the effect of|cannot be set; Keras raises AttributeError"
    with pytest.raises(LstmcountError, match=message) as error:
        read(tmp_path, program)
    assert error.value.location.line is not None


REPLACED = {
    "layers.Dense.__init__ = print": "changes __init__ of all layers of Dense",
    "layers.Layer.add_weight = print": "changes add_weight of all layers of Layer",
    "keras.layers.Dense = layers.LSTM": "replaces keras.layers.Dense",
    "setattr(layers, 'Dense', layers.LSTM)": "replaces keras.layers.Dense",
}


@pytest.mark.parametrize(("program", "said"), REPLACED.items(), ids=REPLACED)
def test_a_class_of_keras_that_is_changed_is_refused(tmp_path, program, said):
    with pytest.raises(LstmcountError, match=f"this {said}"):
        read(tmp_path, f"{program}; model = one(layers.Dense(4))")


@pytest.mark.parametrize("later", ["layers.Dense", "keras.layers.Dense", "Dense", "Other"])
def test_a_class_that_replaces_the_one_it_derives_from_is_used_from_then_on(tmp_path, later):
    wider = "class Wider(layers.Dense):\n    def __init__(self, n): super().__init__(n * 2)\n"
    program = (
        "from keras.layers import Dense as Before\n"
        f"{wider}keras.layers.Dense = Wider\n"
        "from keras.layers import *\nfrom keras.layers import Dense as Other\n"
        f"model = keras.Sequential([keras.Input((4,)), Before(3), {later}(5)])\n"
    )
    assert read(tmp_path, program).total_params == 15 + 40


def test_other_attributes_of_modules_and_classes_of_keras_may_be_set(tmp_path):
    program = "layers.Dense.note = 3; layers.mine = layers.Dense; keras.backend.learning_phase = 0"
    assert read(tmp_path, f"{program}; model = one(dense)").total_params == 58


def test_a_model_frozen_without_its_layers_is_refused(tmp_path):
    with pytest.raises(LstmcountError, match="`trainable` freezes a model with its layers"):
        read(tmp_path, "model = one(dense); model._trainable = False")


def test_a_weight_trained_alone_is_refused(tmp_path):
    program = "model = one(dense); dense.trainable = False; model.weights[0].trainable = True"
    with pytest.raises(LstmcountError, match="the effect of training kernel alone"):
        read(tmp_path, program)


def test_a_weight_of_an_unbuilt_layer_is_refused(tmp_path):
    program = "model = keras.Sequential([x, dense]); other = layers.Dense(4)\n"
    with pytest.raises(LstmcountError, match="the effect of the weights that this adds to dense_1"):
        read(tmp_path, f"{program}other.kernel = dense.kernel")


@pytest.mark.parametrize("part", ["forward", "backward"])
def test_one_direction_may_be_frozen(tmp_path, part):
    summary = read(tmp_path, f"both.{part}_layer.trainable = False; model = one(both)")
    assert (summary.total_params, summary.trainable_params) == (274, 146)


@pytest.mark.oracle
@pytest.mark.parametrize(("program", "expected"), (COUNTED | UNFOLLOWED).items())
def test_keras_counts_a_changed_layer_alike(program, expected):
    pytest.importorskip("keras")
    namespace = {}
    if expected is None:
        with pytest.raises(AttributeError):
            exec(f"{BEFORE}{program}", namespace)
    else:
        exec(f"{BEFORE}{program}", namespace)
        assert namespace["model"].count_params() == expected


TRAINED = {
    "both.trainable = False; both.forward_layer.trainable = True; model = one(both)": (274, 146),
    "frames = Input((5, 8, 3)); conv = layers.ConvLSTM1D(4, 3); conv.trainable = False\n"
    "model = keras.Model(frames, layers.Bidirectional(conv)(frames))": (704, 704),
    "frames = Input((5, 8, 3)); both = layers.Bidirectional(layers.ConvLSTM1D(4, 3))\n"
    "both.trainable = False; both.backward_layer\n"
    "model = keras.Model(frames, both(frames))": (704, 0),
}
FRAMES = "frames = Input((5, 8, 3)); both = layers.Bidirectional(layers.ConvLSTM1D(4, 3))\n"
OF_FRAMES = {  # what trains of 704 parameters
    "both.forward_layer.trainable = False": 352,
    "both.backward_layer.cell.trainable = False": 352,
    "both.forward_layer.trainable = both.backward_layer.trainable = False": 0,
    "both.trainable = False; both.forward_layer.trainable = True": 352,
}
TRAINED |= {
    f"{FRAMES}{each}\nmodel = keras.Model(frames, both(frames))": (704, trained)
    for each, trained in OF_FRAMES.items()
}
TRAINED |= {
    f"{FRAMES}model = keras.Model(frames, both(frames))\n{each}": (704, trained)
    for each, trained in OF_FRAMES.items()
}


@pytest.mark.parametrize(("program", "expected"), TRAINED.items(), ids=TRAINED)
def test_copies_train_as_the_copy_of_keras_does(tmp_path, program, expected):
    summary = read(tmp_path, program)
    assert (summary.total_params, summary.trainable_params) == expected


TRAINED_WEIGHTS = {  # the total, and what trains, where a program freezes one weight
    "model = one(dense); dense.bias.trainable = False": (58, 54),
    "import os; os.environ['KERAS_BACKEND'] = 'jax'; model = one(dense)\n"
    "dense.bias.trainable = False; dense.trainable = True": (58, 58),
    "model = one(dense); dense.bias.trainable = False; dense.bias.trainable = True": (58, 58),
    "model = one(dense)\nfor weight in dense.weights: weight.trainable = False": (58, 42),
    "model = keras.Sequential([one(dense), layers.BatchNormalization()])\n"
    "for each in model._flatten_layers(include_self=False):\n"
    "    if isinstance(each, layers.Dense): each.trainable = False": (66, 4),
    "model = keras.Sequential([one(dense), layers.BatchNormalization()])\n"
    "for each in model._flatten_layers(recursive=False):\n"
    "    if not isinstance(each, keras.Model): each.trainable = False": (66, 58),
    "model = one(lstm); lstm.cell.recurrent_kernel.trainable = False": (138, 74),
    "model = one(both); both.weights[0].trainable = False": (274, 226),
    "other = one(layers.Dense(4)); model = one(dense); dense.kernel.trainable = False": (58, 46),
    "class Low(layers.Dense):\n"
    "    def build(self, shape):\n"
    "        super().build(shape); self.kernel.trainable = False\n"
    "        self.low = self.add_weight(shape=(shape[-1], 1))\n"
    "    def call(self, x): return super().call(x) + self.low[0]\n"
    "model = one(Low(4))": (61, 49),
    "class Own(layers.Layer):\n"
    "    def build(self, shape):\n"
    "        self.kept = self.add_weight(shape=(3,)); self.kept.trainable = False\n"
    "        self.freed = self.add_weight(shape=(7,), trainable=False)\n"
    "        self.scale = keras.Variable([1.0])\n"
    "        self.freed.trainable = True; self.scale.trainable = False\n"
    "    def call(self, x): return x * self.scale\n"
    "model = one(Own())": (43, 39),
}
OF_DENSE = {  # what trains of 58 parameters, by what follows `model = one(dense)`
    "for each in model.trainable_variables[:2]: each.trainable = False": 42,
    "for each in dense.trainable_weights: setattr(each, 'trainable', False)": 42,
    "model.weights[0]._trainable = False": 46,
    "def freeze(each): each.trainable = False\nlist(map(freeze, model.weights))": 0,
    "[setattr(each, 'trainable', False) for each in reversed(model.weights)]": 0,
    "for at, each in enumerate(model.weights): each.trainable = at > 0": 46,
    "for each, trains in zip(model.weights, [True, False]): each.trainable = trains": 54,
    "for each in dict(enumerate(model.weights)).values(): each.trainable = False": 0,
    "for each in model.weights:\n    if each.name == 'kernel': each.trainable = False": 6,
    "for path, each in {each.path: each for each in model.weights}.items():\n"
    "    each.trainable = path.startswith(dense.name + '/')": 16,
    "for each in model.weights: each._name = 'other'": 58,
    "dense.trainable = False; model.trainable_weights[0].trainable = False": 2,
    "vars(dense)['_trainable'] = False": 58,
    "model.non_trainable_weights; model.trainable_weights[-1].trainable = False": 56,
}
SEQUENTIAL = "normal = layers.BatchNormalization(); model = keras.Sequential([x, normal, dense])\n"
OF_SEQUENTIAL = {  # what trains of 28 parameters
    "model.layers[0].weights[0].trainable = False": 19,
    "normal.gamma.trainable = False": 19,
    "for each in model.weights:\n"
    "    if each.path == model.name + '/' + dense.name + '/bias': each.trainable = False": 18,
    "dense.bias.trainable = False; model.weights[2].trainable = False": 18,
    "for each in model.trainable_weights[2:]: each.trainable = False": 6,
}
TRAINED_WEIGHTS |= {f"model = one(dense)\n{each}": (58, n) for each, n in OF_DENSE.items()}
TRAINED_WEIGHTS |= {f"{SEQUENTIAL}{each}": (28, n) for each, n in OF_SEQUENTIAL.items()}
TRAINED_WEIGHTS |= {
    f"{SEQUENTIAL}model = keras.Sequential([model, layers.Dense(2)])\n"
    "model.trainable_weights[1].trainable = False": (38, 29),
    "dense._trainable = False; model = one(dense)": (58, 42),
    "model = one(both)\nfor each in model.trainable_weights[:3]: each.trainable = False": (
        274,
        146,
    ),
    "dense.build((None, 3))\n"
    "for each in dense.trainable_weights: each.trainable = False\n"
    "model = one(dense)": (58, 42),
    "for each in dense.weights: each.trainable = False\n"  # it has none yet
    "model = one(dense)": (58, 58),
    "class Own(layers.Layer):\n"
    "    def __init__(self):\n"
    "        super().__init__(); self.inner = dense\n"
    "        self.scale = self.add_weight(shape=(4,))\n"
    "    def call(self, x): return self.inner(x) * self.scale\n"
    "own = Own(); model = one(own)\n"
    "own.weights[1].trainable = False; model.trainable_weights[0].trainable = False": (62, 46),
}


@pytest.mark.parametrize(("program", "expected"), TRAINED_WEIGHTS.items())
def test_a_weight_may_be_frozen_alone(tmp_path, program, expected):
    summary = read(tmp_path, program)
    assert (summary.total_params, summary.trainable_params) == expected


@pytest.mark.oracle
@pytest.mark.parametrize(("program", "expected"), (TRAINED | TRAINED_WEIGHTS).items())
def test_what_trains_in_keras(program, expected):
    pytest.importorskip("keras")
    namespace = {}
    exec(f"{BEFORE}{program}", namespace)
    trained = sum(weight.value.size for weight in namespace["model"].trainable_weights)
    assert (namespace["model"].count_params(), trained) == expected


SAME_VALUE = {  # what trains of 51 parameters: with TensorFlow, and on another backend
    "model.trainable = True": (33, 51),
    "model.trainable = 1": (51, 51),
    "model.trainable = False": (0, 0),
    "model.trainable = False; model.trainable = True": (51, 51),
    "setattr(model, 'trainable', True)": (33, 51),
    "outer = keras.Sequential([model]); outer.trainable = True": (33, 51),
    "outer = keras.Sequential([model]); outer.trainable = False; outer.trainable = True": (51, 51),
}
FREEZES = """
import keras
from keras import Input, layers
model = keras.Sequential([Input((8,)), layers.Dense(2), layers.Dense(8), layers.Dense(1)])
for layer in model.layers[:1]:
    layer.trainable = False
"""
ON_TORCH = "import os; os.environ['KERAS_BACKEND'] = 'torch'\n"


@pytest.mark.parametrize(("program", "trained"), SAME_VALUE.items(), ids=SAME_VALUE)
def test_tensorflow_ignores_the_value_that_trainable_has(tmp_path, program, trained):
    for start, expected in zip(("", ON_TORCH), trained, strict=True):
        (tmp_path / "model.py").write_text(start + FREEZES + program)
        summary = summarize(tmp_path / "model.py", model="model")
        is_said = any("counted as on TensorFlow" in note for note in summary.notes)
        assert summary.trainable_params == expected
        assert is_said == (not start and trained[0] != trained[1])
