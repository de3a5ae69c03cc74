"""Programs that change Keras's own lists of a layer's weights and layers."""

from __future__ import annotations

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python

PROGRAM = """
{imports}
class Own(layers.Layer):
    def __init__(self, dense):
        super().__init__()
        self.__dict__["dense"] = dense
    def build(self, shape):
        self.kernel = self.add_weight(shape=(4, 4), name="kernel")
        self.bias = self.add_weight(shape=(4,), name="bias")
        {build}
    def call(self, x):
        return x
dense = layers.Dense(4)
dense.build((None, 2))
x = keras.Input((4,))
model = keras.Model(x, Own(dense)(x))
"""
IMPORTS = {
    2: "import tf_keras as keras\nfrom tf_keras import layers",
    3: "import keras\nfrom keras import layers, ops",
}
OWN, DENSE = 20, 12
OF_KERAS_2 = {  # by what `build` does: trainable and other weights in Keras 2
    "self._trainable_weights.append(self.kernel)": (OWN, 0),
    "self._trainable_weights.append(self.dense.kernel)": (OWN + 8, 0),
    "self._trainable_weights.extend(self.dense.trainable_weights)": (OWN + DENSE, 0),
    "self._trainable_weights += self.dense.trainable_weights": (OWN + DENSE, 0),
    "self._trainable_weights = self._trainable_weights + [self.dense.bias]": (OWN + 4, 0),
    "self._trainable_weights = [self.kernel]": (16, 0),
    "self._trainable_weights = self.dense.trainable_weights": (DENSE, 0),
    "self._trainable_weights.remove(self.kernel)": (4, 0),
    "self._trainable_weights.remove(self.kernel)\n"
    "        self._non_trainable_weights.append(self.kernel)": (4, 16),
    "self._track_variable(self.dense.kernel)": (OWN + 8, 0),
    "assert len(self._trainable_weights) == 2 and self._trainable_weights[0] is self.kernel": (
        OWN, 0,
    ),
}  # fmt: skip
OF_KERAS_3 = {
    "self._trainable_variables.append(self.kernel)": OWN,
    "self._trainable_variables.append(self.dense.kernel)": OWN + 8,
    "self._track_variable(self.dense.kernel)": OWN + 8,
    "self._layers.append(self.dense)": OWN + DENSE,
    "self._trainable_weights = [self.kernel]": OWN,
    "self._trainable_weights = self.dense.trainable_weights": OWN + DENSE,
}
REFUSED = {
    "self._trainable_weights.append(self.kernel)": "is an attribute of layers in Keras 2; Keras 3",
    "self._non_trainable_weights += [self.dense.kernel]": "is an attribute of layers in Keras 2",
    "self.trainable_weights = [self.kernel]": "`trainable_weights` of a layer has no setter",
    "self.weights = [self.kernel]": "`weights` of a layer has no setter",
    "self._trainable_variables.append(read())": "the weights that this adds to own is not known",
    "self._trainable_variables.clear()": "the weights that this adds to own is not known",
}


def program(build, version):
    return PROGRAM.format(imports=IMPORTS[version], build=build)


@pytest.mark.parametrize(("build", "counts"), OF_KERAS_2.items())
def test_keras_2_counts_the_weights_in_its_lists(build, counts):
    summary = infer(read_python(program(build, 2).encode()))
    assert (summary.trainable_params, summary.non_trainable_params) == counts


@pytest.mark.parametrize(("build", "count"), OF_KERAS_3.items())
def test_keras_3_counts_the_weights_in_its_lists(build, count):
    assert infer(read_python(program(build, 3).encode())).total_params == count


@pytest.mark.parametrize(("build", "message"), REFUSED.items())
def test_what_keras_3_lacks_is_refused(build, message):
    with pytest.raises(LstmcountError, match=message):
        read_python(program(build, 3).encode())


def test_a_trained_weight_among_the_others_counts_once_with_a_note():
    config = read_python(program("self._non_trainable_weights.append(self.kernel)", 2).encode())
    assert infer(config).total_params == OWN
    assert any("the summary of Keras 2 counts it twice" in note for note in config.notes)


@pytest.mark.parametrize(
    ("name", "version", "is_noted"),
    [("weights", 2, True), ("weights", 3, True), ("trainable_weights", 2, True),
     ("trainable_weights", 3, False), ("get_weights", 3, False)],
)  # fmt: skip
def test_lists_that_a_class_defines_are_noted_where_keras_counts_them(name, version, is_noted):
    defined = f"@property\n    def {name}(self): return [self.kernel]\n    def call(self, x):"
    text = program("pass", version).replace("def call(self, x):", defined)
    config = read_python(text.encode())
    assert infer(config).total_params == OWN
    notes = [note for note in config.notes if f"Own defines `{name}`, which is not" in note]
    assert bool(notes) is is_noted


@pytest.mark.oracle
@pytest.mark.parametrize(("build", "count"), OF_KERAS_3.items())
def test_in_keras(build, count):
    pytest.importorskip("keras")
    names: dict[str, object] = {}
    exec(program(build, 3), names)
    assert names["model"].count_params() == count


@pytest.mark.oracle
@pytest.mark.parametrize("build", list(REFUSED)[:4])
def test_keras_3_refuses_it(build):
    pytest.importorskip("keras")
    with pytest.raises(AttributeError):
        exec(program(build, 3), {})
