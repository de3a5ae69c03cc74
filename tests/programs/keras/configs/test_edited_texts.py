"""Models of texts in JSON, and of serialised objects, that a program has edited."""

import pytest

from tests.programs.keras.configs.counting import (
    FUNCTIONAL,
    OWN,
    SEQUENTIAL,
    counted,
    counted_by_keras,
)

COUNTED = {  # and the numbers of all weights, and of those that train
    "through json": (
        """
c = json.loads(json.dumps(layers.Conv1D(4, 3).get_config()))
c["filters"] = 6
model = Sequential([Input((9, 3)), layers.Conv1D.from_config(c)])
""",
        60,
        60,
    ),
    "serialize object": (
        SEQUENTIAL
        + """
c = keras.saving.serialize_keras_object(base)
c["config"]["layers"].pop()
model = keras.saving.deserialize_keras_object(c)
""",
        180,
        180,
    ),
    "serialize object functional": (
        FUNCTIONAL
        + """
c = keras.saving.serialize_keras_object(base)
c["config"]["layers"][-1]["config"]["units"] = 9
model = keras.saving.deserialize_keras_object(c)
""",
        374,
        374,
    ),
    "serialize inner of object": (
        SEQUENTIAL
        + """
c = keras.saving.serialize_keras_object(base)
c["config"]["layers"][1] = keras.saving.serialize_keras_object(layers.SimpleRNN(5))
model = keras.saving.deserialize_keras_object(c)
""",
        69,
        69,
    ),
    "json dict": (
        FUNCTIONAL
        + """
d = json.loads(base.to_json())
d["config"]["layers"][-1]["config"]["units"] = 9
model = model_from_json(json.dumps(d))
""",
        374,
        374,
    ),
    "json pop": (
        SEQUENTIAL
        + """
d = json.loads(base.to_json())
d["config"]["layers"].pop()
model = model_from_json(json.dumps(d, indent=2))
""",
        180,
        180,
    ),
    "json text": (
        FUNCTIONAL
        + """
model = model_from_json(
    base.to_json()
    .replace('"filters": 5', '"filters": 5')
    .replace('"units": 4', '"units": 3')
)
""",
        158,
        158,
    ),
    "json text bias": (
        SEQUENTIAL
        + """
text = base.to_json()
text = text.replace('"use_bias": true', '"use_bias": false')
model = model_from_json(text)
""",
        180,
        180,
    ),
    "json text of a wrapper": (
        """
base = Sequential([Input((9, 3)), layers.Bidirectional(layers.LSTM(5))])
config = base.get_config()
model = model_from_json(base.to_json().replace('"units": 5', '"units": 7'))
""",
        616,
        616,
    ),
    "json text class": (
        SEQUENTIAL
        + """
text = base.to_json().replace("LSTM", "GRU").replace('"unit_forget_bias": true, ', "")
model = model_from_json(text)
""",
        174,
        174,
    ),
    "json format": (
        SEQUENTIAL
        + """
d = json.loads(base.to_json())
for each in d["config"]["layers"]:
    each.pop("build_config", None)
d["config"]["layers"][1]["config"]["units"] = 10
model = keras.models.model_from_json(json.dumps(d))
""",
        604,
        604,
    ),
    "json compiled": (
        SEQUENTIAL
        + """
base.compile("adam", "mse")
model = model_from_json(base.to_json().replace('"units": 4', '"units": 3'))
""",
        198,
        198,
    ),
    "json split": (
        SEQUENTIAL
        + """
a, b = base.to_json().split('"units": 4')
model = model_from_json(a + '"units": 2' + b)
""",
        192,
        192,
    ),
    "json unedited": (
        FUNCTIONAL
        + """
model = model_from_json(base.to_json())
""",
        194,
        194,
    ),
    "json config": (
        FUNCTIONAL
        + """
c = json.loads(json.dumps(config))
c["layers"][-1]["config"]["units"] = 9
model = Model.from_config(c)
""",
        374,
        374,
    ),
    "own layer json": (
        OWN
        + """
base = Model(x, Block(4)(x))
d = json.loads(base.to_json())
d["config"]["layers"][1]["config"]["units"] = 6
model = model_from_json(json.dumps(d))
""",
        24,
        24,
    ),
    "regularized json": (
        """
base = Sequential(
    [
        Input((9, 3)),
        layers.Dense(
            4,
            kernel_regularizer=keras.regularizers.L2(0.1),
            kernel_initializer=keras.initializers.HeNormal(seed=3),
        ),
    ]
)
d = json.loads(base.to_json())
d["config"]["layers"][1]["config"]["units"] = 6
model = model_from_json(json.dumps(d))
""",
        24,
        24,
    ),
    "functional ops json": (
        """
base = Model(x, layers.Dense(4)(ops.mean(x, axis=1)))
d = json.loads(base.to_json())
d["config"]["layers"][-1]["config"]["units"] = 7
model = model_from_json(json.dumps(d))
""",
        28,
        28,
    ),
    "functional nested json": (
        """
inner = Model(x, layers.Dense(4)(x))
base = Model(x, layers.Dense(2)(inner(x)))
d = json.loads(base.to_json())
d["config"]["layers"][1]["config"]["layers"][1]["config"]["use_bias"] = False
model = model_from_json(json.dumps(d))
""",
        22,
        22,
    ),
}


@pytest.mark.parametrize(("program", "total", "trainable"), COUNTED.values(), ids=COUNTED)
def test_models_of_edited_texts(program, total, trainable):
    assert counted(program) == (total, trainable)


@pytest.mark.oracle
@pytest.mark.parametrize(("program", "total", "trainable"), COUNTED.values(), ids=COUNTED)
def test_models_of_edited_texts_in_keras(program, total, trainable):
    pytest.importorskip("keras")
    assert counted_by_keras(program) == (total, trainable)
