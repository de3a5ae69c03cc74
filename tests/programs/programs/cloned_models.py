import keras
from keras import Input, Model, Sequential, layers

inputs = Input((9, 3))
x = layers.LSTM(5, name="lstm", return_sequences=True)(inputs)
x = layers.Add(name="add")([x, layers.Dense(5, name="side")(inputs)])
base = Model(inputs, layers.Dense(4, name="out")(x * 2.0))


def without_bias(layer):
    if isinstance(layer, layers.Dense):
        return layers.Dense(layer.units, use_bias=False, name=layer.name)
    return layer.__class__.from_config(layer.get_config())


def copied(layer):
    return layer.__class__.from_config(layer.get_config())


chain = Sequential([Input((9, 4)), layers.GRU(3, name="gru"), layers.Dense(2, name="last")])
config = chain.layers[1].get_config()
config["units"] = 7
config["name"] = "wider"

edited = chain.get_config()
edited["layers"][-1]["config"]["units"] = 11
edited["layers"][-1].pop("build_config", None)
edited["name"] = "edited"

first = keras.models.clone_model(base, clone_function=without_bias)
second = keras.models.clone_model(chain, clone_function=copied)
third = Sequential.from_config(edited)
dense = {"module": "keras.layers", "class_name": "Dense", "registered_name": None}
ends = layers.deserialize({**dense, "config": {"units": 6, "name": "ends"}})

y = Input((9, 3), name="y")
z = first(y)
both = layers.Concatenate(name="both")([second(z), third(z)])
model = Model(y, ends(layers.Dense.from_config(config)(both)), name="model")
