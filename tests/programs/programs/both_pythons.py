import abc

import six
from keras import Input, Model, layers
from keras.src.applications.imagenet_utils import obtain_input_shape as _obtain_input_shape
from six.moves import range, zip


@six.add_metaclass(abc.ABCMeta)
class Builder(object):
    def __init__(self, widths):
        self.widths = widths

    @abc.abstractmethod
    def block(self, x, filters):
        pass


class Plain(Builder):
    def block(self, x, filters):
        return layers.Conv2D(filters, 3, padding="same", activation="relu")(x)

    def build(self, input_shape=None, classes=10, include_top=True):
        input_shape = _obtain_input_shape(
            input_shape,
            default_size=32,
            min_size=8,
            data_format="channels_last",
            require_flatten=include_top,
        )
        inputs = x = Input(input_shape)
        for (name, filters), _ in zip(sorted(six.iteritems(self.widths)), range(2)):
            if isinstance(name, six.string_types):
                x = self.block(x, filters)
        x = layers.Flatten()(x) if include_top else layers.GlobalMaxPooling2D()(x)
        return Model(inputs, layers.Dense(classes)(x))


model = Plain({"a": 4, "b": 6, "c": 500}).build(classes=3 if six.PY3 else 30)
