import keras
from keras import layers


class Block(layers.Layer):
    def __init__(self):
        super().__init__()
        self.own = layers.Dense(4)
        self.shift = self.add_weight(shape=(4,), name="shift")

    def call(self, x):
        return self.own(x) + self.shift


tied = layers.Dense(4, name="tied")
encoder = keras.Sequential([keras.Input((4,)), layers.Dense(4, name="q"), tied], name="encoder")
features = keras.Model(encoder.inputs, encoder.get_layer("q").output, name="features")
block = Block()
inner = keras.Sequential([keras.Input((4,)), block], name="inner")
inputs = keras.Input((4,))
x = inner(encoder(inputs))
model = keras.Model(inputs, [x, features(inputs), tied(x), block(x)])
tied.trainable = False
assert model.count_params() == 64
