from keras import Input, Model, layers


def make_block(units):
    def block(x, n=1):
        for _ in range(n):
            x = layers.Dense(units, activation=activation)(x)
        return x

    activation = "elu"
    return block


def compose(*functions):
    def composed(x):
        for function in functions:
            x = function(x)
        return x

    return composed


body = compose(make_block(9), lambda x: make_block(3)(x, n=2), layers.Dense(1))
inputs = Input((5,))
model = Model(inputs, body(inputs))
