import numpy as np
from keras import Input, Model, Sequential, layers


def branches():
    inputs = Input((None, 5))
    return Model(inputs, [layers.Dense(3)(inputs), layers.Dense(4)(inputs)])


class Net(Model):
    def __init__(self):
        super().__init__()
        self.branches = branches()
        self.declared = Sequential([Input((None, 3)), layers.Dense(2)])
        self.built = Sequential([layers.Dense(6)])
        self.head = layers.Dense(1)

    def call(self, x):
        first, second = self.branches(x)
        return self.head(self.built(self.declared(first))), second


model = Net()
model(np.zeros((8, 4, 5)))
