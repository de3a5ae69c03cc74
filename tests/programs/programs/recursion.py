from keras import Input, Model
from keras.layers import Average, Dense


def tree(x, depth):
    if depth == 0:
        return Dense(2)(x)
    left = tree(Dense(4)(x), depth - 1)
    right = tree(Dense(4)(x), depth - 1)
    return Average()([left, right])


inputs = Input((6,))
model = Model(inputs, tree(inputs, 2))
