"""Other uses of texts in JSON and of serialised objects."""

import pytest

from tests.programs.keras.configs.counting import FUNCTIONAL, SEQUENTIAL, counted, counted_by_keras

COUNTED = {  # and the numbers of all weights, and of those that train
    "json of layer": (
        """
text = json.dumps(layers.serialize(layers.Bidirectional(layers.LSTM(4))))
model = Sequential(
    [
        Input((9, 3)),
        layers.deserialize(json.loads(text.replace('"units": 4', '"units": 6'))),
    ]
)
""",
        480,
        480,
    ),
    "json sorted": (
        SEQUENTIAL
        + """
text = json.dumps(config, sort_keys=True, indent=1)
model = Sequential.from_config(json.loads(text.replace('"units": 4', '"units": 6')))
""",
        216,
        216,
    ),
    "json hook": (
        SEQUENTIAL
        + """
def hook(part):
    if "units" in part:
        part["units"] += 1
    part.pop("build_config", None)
    return part
model = model_from_json(json.dumps(json.loads(base.to_json(), object_hook=hook)))
""",
        275,
        275,
    ),
    "json count": (
        SEQUENTIAL
        + """
text = base.to_json()
model = Sequential(
    [
        Input((3,)),
        layers.Dense(text.count("class_name")),
        layers.Dense(len(json.loads(text)["config"]["layers"])),
    ]
)
""",
        87,
        87,
    ),
    "json find": (
        SEQUENTIAL
        + """
text = base.to_json()
model = Sequential([Input((3,)), layers.Dense(2 if '"use_bias": true' in text else 3)])
""",
        8,
        8,
    ),
    "json loads kwargs": (
        SEQUENTIAL
        + """
d = json.loads(s=base.to_json())
d["config"]["layers"][2]["config"]["units"] = 7
model = model_from_json(json.dumps(d))
""",
        222,
        222,
    ),
    "json keyword": (
        SEQUENTIAL
        + """
model = model_from_json(json_string=base.to_json().replace('"units": 4', '"units": 6'))
""",
        216,
        216,
    ),
    "json args": (
        SEQUENTIAL
        + """
model = model_from_json(base.to_json(indent=2).replace('"units": 4', '"units": 6'))
""",
        216,
        216,
    ),
    "json sum": (
        SEQUENTIAL
        + """
text = "" + base.to_json()
model = model_from_json(text.replace('"units": 4', '"units": 6'))
""",
        216,
        216,
    ),
    "json bool": (
        SEQUENTIAL
        + """
text = base.to_json() or ""
model = model_from_json(text.replace('"units": 4', '"units": 6'))
""",
        216,
        216,
    ),
    "json function": (
        SEQUENTIAL
        + """
def change(text):
    return text.replace('"units": 4', '"units": 6')
model = model_from_json(change(base.to_json()))
""",
        216,
        216,
    ),
    "json list": (
        SEQUENTIAL
        + """
texts = [base.to_json()]
model = model_from_json(texts[0].replace('"units": 4', '"units": 6'))
""",
        216,
        216,
    ),
    "json of functional class": (
        FUNCTIONAL
        + """
d = json.loads(base.to_json())
d["config"]["name"] = "other"
d["config"]["layers"][1]["config"]["filters"] = 6
d["config"]["layers"][-1].pop("build_config")
model = model_from_json(json.dumps(d))
""",
        232,
        232,
    ),
    "keras object in list": (
        """
objects = keras.saving.deserialize_keras_object(
    [layers.serialize(layers.Dense(n)) for n in (2, 5)]
)
model = Sequential([Input((9, 3)), *objects])
""",
        23,
        23,
    ),
    "keras object dict": (
        """
d = keras.saving.deserialize_keras_object(
    {"a": layers.serialize(layers.Dense(3)), "n": 2}
)
model = Sequential([Input((9, 3)), d["a"], layers.Dense(d["n"])])
""",
        20,
        20,
    ),
    "serialize list": (
        """
c = keras.saving.serialize_keras_object([layers.Dense(2), layers.Dense(3)])
c[0]["config"]["units"] = 6
model = Sequential([Input((9, 3)), *[layers.deserialize(each) for each in c]])
""",
        45,
        45,
    ),
    "serialize other": (
        """
c = keras.saving.serialize_keras_object({"layer": layers.Dense(2)})
c["layer"]["config"]["units"] = 6
model = Sequential([Input((9, 3)), layers.deserialize(c["layer"])])
""",
        24,
        24,
    ),
    "compile config": (
        SEQUENTIAL
        + """
base.compile("adam", "mse")
c = keras.saving.serialize_keras_object(base)
c.pop("compile_config")
c["config"]["layers"][2]["config"]["units"] = 6
model = keras.saving.deserialize_keras_object(c)
""",
        216,
        216,
    ),
    "compiled": (
        SEQUENTIAL
        + """
base.compile("adam", "mse")
c = keras.saving.serialize_keras_object(base)
c["config"]["layers"][2]["config"]["units"] = 6
model = keras.saving.deserialize_keras_object(c)
""",
        216,
        216,
    ),
}


@pytest.mark.parametrize(("program", "total", "trainable"), COUNTED.values(), ids=COUNTED)
def test_uses_of_texts(program, total, trainable):
    assert counted(program) == (total, trainable)


@pytest.mark.oracle
@pytest.mark.parametrize(("program", "total", "trainable"), COUNTED.values(), ids=COUNTED)
def test_uses_of_texts_in_keras(program, total, trainable):
    pytest.importorskip("keras")
    assert counted_by_keras(program) == (total, trainable)
