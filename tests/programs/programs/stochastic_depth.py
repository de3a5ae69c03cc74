import collections

import numpy as np
from keras import Input, Model, layers


def block(x, units, rate):
    y = layers.Dense(units)(x)
    if rate > 0.0:
        y = layers.Dropout(rate)(y)
    return layers.add([x, y])


def stages(depths, rate):
    depths = depths if isinstance(depths, collections.abc.Iterable) else (depths,)
    rates = [float(r) for r in np.linspace(0.0, rate, sum(depths))]
    x = inputs = Input((6,))
    for i, depth in enumerate(depths):
        for r in rates[sum(depths[:i]) : sum(depths[: i + 1])]:
            x = block(x, 6, r)
    return Model(inputs, x)


model = stages((1, 2), 0.1)
