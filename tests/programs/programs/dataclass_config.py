from dataclasses import dataclass, field

from keras import Input, Model, layers


@dataclass
class Config:
    vocabulary: int = 500
    width: int = 16
    filters: list = field(default_factory=lambda: [8, 4])
    classes: int = 2

    @property
    def doubled(self):
        return self.width * 2


class Wide(Config):
    width: int = 16


config = Config(classes=5)
tokens = Input((None,), dtype="int32")
x = layers.Embedding(config.vocabulary, config.doubled)(tokens)
for filters in config.filters:
    x = layers.Conv1D(filters, 3, padding="causal")(x)
x = layers.GlobalAveragePooling1D()(x)
model = Model(tokens, layers.Dense(config.classes)(x))
