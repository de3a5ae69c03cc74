"""Programs for KerasTuner, whose models are functions of hyperparameters.

Each program has its parameter counts at the default values and at other values, from KerasTuner.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Space(NamedTuple):
    program: str
    params: int  # at the default values
    others: tuple[tuple[dict[str, Any], int], ...]


HEAD = "import keras\nimport keras_tuner as kt\nfrom keras import layers\n"
SEARCH = "tuner = kt.RandomSearch(build_model, objective='val_loss', max_trials=3)\n"

SPACES = {
    "sizes": Space(
        HEAD + "def build_model(hp):\n"
        "    model = keras.Sequential([keras.Input((20, 8))])\n"
        "    model.add(layers.LSTM(hp.Int('units', min_value=32, max_value=512, step=32)))\n"
        "    model.add(layers.Dropout(hp.Float('rate', 0.0, 0.5, step=0.1)))\n"
        "    model.add(layers.Dense(1, activation=hp.Choice('act', ['relu', 'tanh'])))\n"
        "    rate = hp.Float('lr', 1e-4, 1e-2, sampling='log')\n"
        "    model.compile(keras.optimizers.Adam(rate), 'mse')\n    return model\n" + SEARCH,
        5281,
        (({"units": 96, "act": "tanh"}, 40417), ({"lr": 0.001}, 5281)),
    ),
    "layers in a loop": Space(
        HEAD + "def build_model(hp):\n    i = x = keras.Input((10,))\n"
        "    for k in range(hp.Int('depth', 1, 5, default=3)):\n"
        "        x = layers.Dense(hp.Int(f'units_{k}', 4, 64, step=2, sampling='log'))(x)\n"
        "        if hp.Boolean('norm'):\n            x = layers.BatchNormalization()(x)\n"
        "    return keras.Model(i, layers.Dense(2)(x))\n" + SEARCH,
        94,
        (({"depth": 5, "units_4": 64, "norm": True}, 874), ({"depth": 1, "units_0": 32}, 418)),
    ),
    "class": Space(
        HEAD + "class Hyper(kt.HyperModel):\n    def __init__(self, classes):\n"
        "        super().__init__()\n        self.classes = classes\n"
        "    def build(self, hp):\n        i = x = keras.Input((10, 4))\n"
        "        for k in range(hp.Int('depth', 1, 3, default=2)):\n"
        "            x = layers.GRU(hp.Choice(f'units_{k}', [8, 16]), return_sequences=True)(x)\n"
        "        if hp.Boolean('norm', default=True):\n"
        "            x = layers.LayerNormalization()(x)\n"
        "        return keras.Model(i, layers.Dense(self.classes)(x))\n"
        "    def fit(self, hp, model, *args, **kwargs):\n"
        "        return model.fit(*args, batch_size=hp.Choice('batch', [16, 32]), **kwargs)\n"
        "build_model = Hyper(3)\n" + SEARCH.replace("RandomSearch", "BayesianOptimization"),
        811,
        (({"depth": 3, "units_2": 16}, 2099), ({"norm": False}, 795)),
    ),
    "conditional scopes": Space(
        HEAD + "def build_model(hp):\n    i = x = keras.Input((28, 28, 1))\n"
        "    kind = hp.Choice('kind', ['mlp', 'cnn'])\n"
        "    with hp.conditional_scope('kind', ['mlp']):\n        if kind == 'mlp':\n"
        "            x = layers.Flatten()(x)\n"
        "            x = layers.Dense(hp.Int('width', 8, 32, 8))(x)\n"
        "    with hp.conditional_scope('kind', ['cnn']):\n        if kind == 'cnn':\n"
        "            x = layers.Conv2D(hp.Int('filters', 4, 16, 4, default=8), 3)(x)\n"
        "            x = layers.GlobalAveragePooling2D()(x)\n"
        "    return keras.Model(i, layers.Dense(10)(x))\n"
        "tuner = kt.Hyperband(build_model, objective='val_loss', max_epochs=3)\n",
        6370,
        (({"kind": "cnn"}, 170), ({"kind": "cnn", "filters": 16}, 330), ({"width": 24}, 19090)),
    ),
    "hypermodels inside another": Space(
        HEAD + "class Part(kt.HyperModel):\n    def __init__(self, name, low):\n"
        "        super().__init__(name=name)\n        self.low = low\n"
        "    def build(self, hp):\n        with hp.name_scope(self.name):\n"
        "            return layers.Dense(hp.Int('units', self.low, 9))\n"
        "class Whole(kt.HyperModel):\n    def build(self, hp):\n"
        "        parts = [Part('a', 2), Part('b', 3)]\n        i = keras.Input((6,))\n"
        "        x = layers.Concatenate()([part.build(hp)(i) for part in parts])\n"
        "        if self.tunable and hp.get('a/units') > 4:\n            x = layers.Dense(2)(x)\n"
        "        return keras.Model(i, x)\nbuild_model = Whole()\n" + SEARCH,
        14 + 21,
        (({"a/units": 5}, 35 + 21 + 18), ({"b/units": 4}, 14 + 28)),
    ),
    "names that are asked for": Space(
        HEAD + "def build_model(hp):\n    hp.Int('n', 2, 8)\n"
        "    with hp.name_scope('a'):\n        hp.Int('m', 3, 4)\n        inside = 'n' in hp\n"
        "    known = [name for name in ('n', 'a/m', 'm', 'other') if name in hp]\n"
        "    model = keras.Sequential([keras.Input((6,)), layers.Dense(5, use_bias=inside)])\n"
        "    for name in known:\n        model.add(layers.Dense(hp[name]))\n"
        "    return model\n" + SEARCH,
        30 + 12 + 9,
        (({"n": 4, "a/m": 4}, 30 + 24 + 20),),
    ),
    "parents": Space(
        HEAD + "def build_model(hp):\n    i = x = keras.Input((6,))\n"
        "    depth = hp.Int('depth', 1, 3)\n"
        "    sizes = [hp.Int(f'n{k}', 2, 8, parent_name='depth', parent_values=list(range(k, 4)))\n"
        "             for k in range(1, 4)]\n"
        "    for size in sizes:\n        if size is not None:\n"
        "            x = layers.Dense(size)(x)\n"
        "    return keras.Model(i, layers.Dense(1, use_bias=hp.Fixed('bias', False))(x))\n"
        + SEARCH,
        16,
        (({"depth": 3, "n2": 5, "n3": 7}, 78), ({"depth": 2, "n3": 8}, 22)),
    ),
    "name scopes": Space(
        HEAD + "def block(hp, x, name):\n    with hp.name_scope(name):\n"
        "        x = layers.Conv1D(hp.Int('filters', 4, 12, 4), hp.Choice('size', [3, 5]))(x)\n"
        "        return layers.PReLU()(x) if hp.Boolean('prelu') else layers.ReLU()(x)\n"
        "def build_model(hp):\n    i = keras.Input((30, 2))\n"
        "    x = block(hp, block(hp, i, 'first'), 'second')\n"
        "    return keras.Model(i, layers.Dense(1)(layers.Flatten()(x)))\n" + SEARCH,
        185,
        (({"first/filters": 12, "second/size": 5}, 425), ({"second/prelu": True}, 289)),
    ),
    "values asked for again": Space(
        HEAD + "def build_model(hp):\n    hp.Int('units', 4, 16, step=4)\n"
        "    hp.Choice('cell', ['lstm', 'gru', 'rnn'], default='gru')\n"
        "    cells = {'lstm': layers.LSTM, 'gru': layers.GRU, 'rnn': layers.SimpleRNN}\n"
        "    cell = cells[hp.get('cell')]\n    i = keras.Input((7, 3))\n"
        "    x = cell(hp['units'], return_sequences=True)(i)\n"
        "    x = cell(hp.get('units') // 2)(x)\n"
        "    if hp.values['units'] > 8:\n        x = layers.Dense(5)(x)\n"
        "    return keras.Model(i, layers.Dense(1)(x))\n" + SEARCH,
        159,
        (({"units": 16, "cell": "lstm"}, 2131), ({"units": 12}, 1013)),
    ),
    "fixed before the search": Space(
        HEAD + "def build_model(hp):\n    model = keras.Sequential([keras.Input((9,))])\n"
        "    model.add(layers.Dense(hp.Int('units', 2, 20)))\n"
        "    model.add(layers.Dense(hp.Int('more', 2, 20, step=3)))\n    return model\n"
        "hp = kt.HyperParameters()\nhp.Int('units', 5, 7, default=6)\n"
        "tuner = kt.RandomSearch(build_model, objective='val_loss', hyperparameters=hp,"
        " max_trials=2)\n",
        74,
        (({"units": 7, "more": 8}, 134),),
    ),
    "best of a search": Space(
        HEAD + "def build_model(hp):\n    units = hp.Int('units', 8, 32, 8)\n"
        "    return keras.Sequential([keras.Input((9,)), layers.Dense(units), layers.Dense(2)])\n"
        + SEARCH
        + "tuner.search(None, None, epochs=2)\n"
        "best = tuner.get_best_hyperparameters(num_trials=1)[0]\n"
        "print(best.get('units'))\nmodel = tuner.hypermodel.build(best)\nmodel.fit(None, None)\n",
        98,
        (({"units": 24}, 290),),
    ),
    "sizes from sizes": Space(
        HEAD + "from keras_tuner.engine.hyperparameters import HyperParameters\n"
        "def build_model(params: HyperParameters):\n"
        "    heads = params.Int('heads', 1, 4)\n    dim = heads * params.Choice('key', [4, 8])\n"
        "    i = keras.Input((5, 6))\n    x = layers.Dense(dim)(i)\n"
        "    for _ in range(params.Int('blocks', 0, 3, default=1)):\n"
        "        x = x + layers.MultiHeadAttention(heads, dim // heads)(x, x)\n"
        "        x = layers.LayerNormalization()(x)\n"
        "        y = layers.Dense(int(dim * params.Float('ratio', 1.0, 4.0, step=0.5)))(x)\n"
        "        x = x + layers.Dense(dim)(y)\n"
        "    return keras.Model(i, layers.Dense(1)(layers.GlobalMaxPooling1D()(x)))\n"
        "tuner = kt.GridSearch(build_model, objective='val_loss')\n",
        161,
        (({"heads": 4, "key": 8, "ratio": 2.5}, 9777), ({"blocks": 0}, 33)),
    ),
}
