"""The public attributes of Keras's objects, as the reader knows them without Keras.

KERAS_BACKEND=jax python -m tests.programs.keras.keras_attributes     # rewrites the reader's table
"""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

from lstmcount.programs.libraries.keras.values.known_attributes import (
    WITH_SPECIAL_METHODS,
    base_of,
)

TABLE = Path("lstmcount/programs/libraries/keras/values/known_attributes.py")
KINDS = {
    "optimizers": "Optimizer",
    "losses": "Loss",
    "metrics": "Metric",
    "callbacks": "Callback",
    "initializers": "Initializer",
    "regularizers": "Regularizer",
}
# Attributes of models and variables with some backends only.
OF_BACKENDS = {
    "compiled_loss", "compiled_metrics", "compute_loss_and_updates", "distribute_reduction_method",
    "distribute_strategy", "handle", "jax_state_sync", "unrolled_steps_per_execution",
}  # fmt: skip
_UNTRIED = ("TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer", "HashedCrossing", "Model")
_SHAPES = ((None, 4), (None, 5, 4), (None, 8, 8, 3), (None, 5, 4, 4, 4), [(None, 5, 4)] * 2)


def arguments() -> list[dict[str, Any]]:
    """Arguments with which, tried in order, most classes of Keras can be created."""
    from keras import layers, optimizers

    return [
        {},
        {"layer": layers.Dense(3)},
        {"layer": layers.LSTM(3)},
        {"cell": layers.LSTMCell(3)},
        {"cells": [layers.LSTMCell(3)]},
        {"layers": [layers.Dense(3)]},
        {"shape": (3,)},
        {"equation": "ab,bc->ac", "output_shape": 3},
        {"num_heads": 2, "key_dim": 3},
        {"head_dim": 2, "num_query_heads": 2, "num_key_value_heads": 1},
        {"function": abs},
        {"target_shape": (2,)},
        {"dims": (1,)},
        {"filters": 3, "kernel_size": 3},
        {"kernel_size": 3},
        {"input_dim": 3, "output_dim": 4},
        {"num_tokens": 3},
        {"num_bins": 3},
        {"height": 3, "width": 3},
        {"height_factor": 0.1, "width_factor": 0.1},
        {"max_number": 3},
        {"output_size": 2},
        {"pool_size": 2},
        *[{name: 0.2} for name in ("rate", "factor", "stddev", "scale", "height_factor")],
        *[{name: 2} for name in ("units", "n", "axes", "value", "num_classes")],
        {"activation": "relu"},
        {"num_classes": 2, "target_class_ids": [1]},
        *[{name: 0.5} for name in ("recall", "precision", "sensitivity", "specificity")],
        {"fn": abs},
        {"name": "one"},
        {"filepath": "weights.keras"},
        {"filename": "log.csv"},
        {"schedule": abs},
        {"inner_optimizer": optimizers.Adam()},
        {"backup_dir": "backup"},
    ]


def public(value: Any) -> set[str]:
    return {name for name in dir(value) if not name.startswith("_")}


def had(value: Any) -> set[str]:
    """The attributes that reading does not refuse, as `hasattr` finds them."""
    names = set()
    for name in public(value):
        try:
            if hasattr(value, name):
                names.add(name)
        except (ImportError, ValueError, RuntimeError, NotImplementedError):
            pass
    return names


def made(cls: type) -> Any:
    for passed in arguments():
        try:
            return cls(**passed)
        except Exception:
            continue
    return None


def built(cls: type) -> set[str]:
    """The names of the attributes that building a layer adds."""
    names: set[str] = set()
    for shape in _SHAPES:
        layer = made(cls)
        try:
            layer.build(shape)
        except Exception:
            continue
        names |= public(layer)
    return names


def attributes() -> dict[str, tuple[set[str], set[str]]]:
    """By class: the names that objects always have, and those that they may have."""
    import keras
    import numpy
    from keras import layers

    class Own(layers.Layer):
        def call(self, x: Any) -> Any:
            return x

    class OwnModel(keras.Model):
        def call(self, x: Any) -> Any:
            return x

    x = keras.Input((4,))
    functional = keras.Model(x, layers.Dense(3)(x))
    found = {"Layer": (had(Own()), public(Own()))}
    always = had(functional)
    functional.compile("adam", "mse")
    functional.fit(numpy.zeros((2, 4)), numpy.zeros((2, 3)), verbose=0)
    functional.predict(numpy.zeros((2, 4)), verbose=0)
    after = public(functional)
    own = OwnModel()
    of_all = {"history", "loss", "optimizer", "stop_training"}
    found["Model"] = had(own), public(own) | of_all
    found["Functional"] = always, after
    sequential = keras.Sequential([x, layers.Dense(3)])
    found["Sequential"] = had(sequential), public(sequential) | after
    variable = keras.Variable(numpy.zeros((2, 3)))
    for name, value in zip(WITH_SPECIAL_METHODS, (x, variable), strict=True):
        special = {name for name in dir(value) if name.startswith("__")}
        found[name] = had(value) | special, public(value) | special
    for name, cls in sorted(vars(layers).items()):
        is_layer = isinstance(cls, type) and issubclass(cls, layers.Layer)
        if is_layer and name == cls.__name__ and name not in (*_UNTRIED, *found):
            layer = made(cls)
            if layer is not None:
                found[name] = had(layer), public(layer) | built(cls)
    for kind, base in KINDS.items():
        module = getattr(keras, kind)
        parent = getattr(module, base)
        of_kind = {}
        for name, cls in sorted(vars(module).items()):
            is_one = isinstance(cls, type) and issubclass(cls, parent) and cls is not parent
            if is_one and name == cls.__name__ and (one := made(cls)) is not None:
                of_kind[f"{kind}.{name}"] = had(one), public(one)
        of_every = set.intersection(*[always for always, _ in of_kind.values()])
        found |= {f"{kind}.": (of_every, of_every), **of_kind}
    return found


def text() -> str:
    """The source of the table, in which classes are listed without what all of a kind have."""
    lines = []
    found = attributes()
    for name, (always, perhaps) in found.items():
        base = base_of(name)
        if base is not None:
            always, perhaps = always - found[base][0], perhaps - found[base][1]
        if name in ("Model", "Functional", "Sequential", "Variable"):
            perhaps |= OF_BACKENDS
        always -= OF_BACKENDS
        rest = sorted(perhaps - always)
        line = " ".join([f"{name}:", *sorted(always), *(["|", *rest] if rest else [])])
        lines += textwrap.wrap(
            line, 99, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
        )
    return "\n".join(lines)


if __name__ == "__main__":
    before, _, rest = TABLE.read_text().partition('_TEXT = """\n')
    _, _, after = rest.partition('\n"""\n')
    TABLE.write_text(f'{before}_TEXT = """\n{text()}\n"""\n{after}')
