from keras import Input, Model
from keras.layers import Concatenate, Dense, Embedding, Flatten

cardinalities = {"colour": 7, "size": 3, "brand": 20}
widths = {name: min(8, (count + 1) // 2) for name, count in cardinalities.items()}
inputs = [Input((1,), name=name) for name in cardinalities]
embedded = [
    Flatten()(Embedding(count, widths[name], name=f"{name}_embedding")(tensor))
    for (name, count), tensor in zip(cardinalities.items(), inputs)
]
numbers = Input((4,), name="numbers")
x = Concatenate()(embedded + [numbers])
for units in [2**power for power in range(5, 2, -1)]:
    x = Dense(units, activation="relu")(x)
model = Model(inputs + [numbers], Dense(1)(x))
