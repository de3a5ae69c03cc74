"""Layers made from configs of a program's own classes, and methods of the class above by its name."""

from keras import Input, Sequential, layers


class Block(layers.Layer):
    def __init__(self, units=3, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.dense = layers.Dense(units)

    def call(self, x):
        return self.dense(x)

    def get_config(self):
        config = super().get_config()
        config.update({"units": self.units})
        return config


class Wider(Block):
    @classmethod
    def from_config(cls, config):
        config["units"] += 1
        return cls(**config)


class Scaled(layers.Dense):
    def __init__(self, units, scales=2, **kwargs):
        super().__init__(units, **kwargs)
        self.scales = scales

    def get_config(self):
        return {**super().get_config(), "scales": self.scales}

    def build(self, shape):
        super().build(shape)
        self.scale = self.add_weight(shape=(self.scales,), name="scale")

    def call(self, x):
        return super().call(x)


class Twice(Block):
    def __init__(self):
        Block.__init__(self, 6, name="twice")
        self.second = layers.Dense(2)

    def build(self, shape):
        Block.build(self, shape)
        self.offset = self.add_weight(shape=(2,))

    def call(self, x):
        return self.second(Block.call(self, x)) + self.offset


class Lazy(layers.Wrapper):
    def build(self, shape):
        if not self.layer.built:
            self.layer.build(shape)
        self.norm = self.add_weight(shape=(1, self.layer.kernel.shape[-1]), trainable=False)
        self.built = True

    def call(self, x):
        return self.layer(x)


block, scaled = Block(5), Scaled(5, scales=3, use_bias=False)
config = scaled.get_config()
config["units"], config["name"] = 7, "again"
copies = [Block.from_config({**block.get_config(), "units": 4, "name": "copy"})]
copies += [Wider.from_config(Wider(5, name="wide").get_config()), Scaled.from_config(config)]
model = Sequential([Input((4,)), block, scaled, *copies, Twice(), Lazy(layers.Dense(2))])
