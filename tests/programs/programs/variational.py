import keras
from keras import layers, ops


class Sampling(layers.Layer):
    """Draws from the distribution that the encoder describes."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seeds = keras.random.SeedGenerator(1)

    def call(self, inputs):
        mean, log_variance = inputs
        batch = ops.shape(mean)[0]
        size = ops.shape(mean)[1]
        epsilon = keras.random.normal(shape=(batch, size), seed=self.seeds)
        return mean + ops.exp(0.5 * log_variance) * epsilon


inputs = keras.Input((30,))
x = layers.Dense(16, activation="relu")(inputs)
mean = layers.Dense(2, name="mean")(x)
log_variance = layers.Dense(2, name="log_variance")(x)
z = Sampling()([mean, log_variance])
encoder = keras.Model(inputs, [mean, log_variance, z], name="encoder")
