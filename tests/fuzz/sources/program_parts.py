"""A grammar of programs that build models in common ways, and of expressions that are hostile."""

from __future__ import annotations

from random import Random

BUILTINS = (
    "int", "float", "str", "list", "tuple", "dict", "set", "len", "max", "min", "sum", "sorted",
    "abs", "round", "divmod", "pow", "range", "enumerate", "zip", "map", "filter", "reversed",
    "any",
    "all", "bool", "type", "isinstance", "getattr", "hasattr", "setattr", "print", "repr", "iter",
    "next", "open", "exec", "eval", "compile", "input", "exit", "breakpoint", "globals", "vars",
    "__import__", "hash", "id", "ord", "chr", "bytes", "slice", "super", "object", "format", "dir",
    "callable", "delattr", "frozenset", "complex", "memoryview", "bin", "hex", "property",
)  # fmt: skip
HOSTILE = (
    "9 ** 9 ** 9", "[0] * 10 ** 9", "'x' * 10 ** 10", "list(range(10 ** 8))", "1 << 10 ** 9",
    "tuple(itertools.product(range(99), repeat=9))", "10 ** 400", "1e308 * 10", "float('nan')",
    "int('9' * 5000)", "'%10000000000d' % 3", "f'{3:>9999999999}'", "{}", "[]", "()", "...", "None",
    "exec('open(\"x\", \"w\")')", "__import__('os').system('touch x')", "(lambda: (yield))()",
    "open('x', 'w').write('y')", "[*range(3)]", "{**{}, 'a': 1}", "x[::-1]", "x[None]", "-x", "~3",
    "(lambda f: f(f))(lambda f: f(f))", "[y for y in range(3) if y]",
    "{k: v for k, v in {}.items()}",
    "sorted(['16', '8'], key=int)[0]", "list(map(int, ['3', '4']))", "{'a': max}['a'](4, 8)",
    "functools.reduce(lambda a, b: a + b, [1, 2])", "functools.partial(max, 3)(4)",
    "max([], default=3)",
    "'{0.__class__}'.format(3)", "().__class__.__base__.__subclasses__()", "np.zeros((3, 4)).shape",
    "np.zeros((10 ** 6, 10 ** 6))", "np.random.rand(5, 3).shape[1:]", "keras.ops.shape(x)[0]",
    "unknown()", "unknown.shape", "unknown[3]", "unknown + 1", "await_", "1 / 0", "3 // 0",
    "'a' + 1",
    "[1, 2][9]", "{}['a']", "int('x')", "(1, 2) < (1, 'a')", "min()", "max(3)", "'abc'[1:]",
    "b'\\xff'",
    "'\\x1b[31m'", "{1, 2} | {3}", "[[]] * 3", "*x", "(y := 3)", "1 if unknown else 2", "not x",
    "keras.layers.Dense(3)", "keras.Input((3,))", "keras.Model", "keras.layers", "model",
    "model.layers",
    "model.layers[0].units", "model.output", "model.summary()", "keras.Sequential()",
    "type(model)()",
)  # fmt: skip
HOSTILE = tuple(text for text in HOSTILE if not text.startswith("*"))
HEADERS = (
    "import keras\nfrom keras import layers, ops\nimport numpy as np\n",
    "import tensorflow as tf\nkeras = tf.keras\nlayers = tf.keras.layers\nimport numpy as np\n",
    "from tensorflow import keras\nfrom tensorflow.keras import layers\nimport numpy as np\n",
    "import numpy as np, keras, keras.layers as layers, functools, itertools, math\n",
    "from keras import *\nfrom keras.layers import *\nimport keras\nfrom keras import layers\n",
)
TAILS = (
    "", "", "model.summary()\n",
    "model.compile('adam', 'mse')\nmodel.fit(np.zeros((3, 5, 4)), y)\n",
    "model.build((None, 5, 4))\n", "model(keras.ops.zeros((2, 5, 4)))\n",
    "print(model.count_params())\n",
    "model.layers[0].trainable = False\n",
    "for layer in model.layers[:-1]:\n    layer.trainable = False\n",
    "model.load_weights('x.h5')\nmodel.pop()\n", "copy = keras.models.clone_model(model)\n",
    "other = keras.Model(model.inputs, model.layers[-2].output)\n", "del model\n",
    "model = [model, model]\n",
    "model.optimizer.learning_rate = 3\nmodel.save('x.keras')\n",
)  # fmt: skip
CONSTANTS = (
    "units = 64", "config = {'units': 3, 'sizes': [4, 5]}", "units = int('12')",
    "sizes = [8, 16, 4]",
    "a, *b = 3, 4, 5", "smallest = min\nunits = smallest(4, 8)", "int = round\nunits = int(3.7)",
    "exec = int\nunits = exec('8')", "units = sum(x for x in range(4))", "class C:\n    units = 3",
    "actions = np.array(['a', 'b', 'c'])", "X = np.load('x.npy')\nunits = X.shape[1]",
    "n = len('abc')",
    "def size(n=3, *rest, k=2, **more):\n    return n * k + len(rest)", "units = 2 ** 5 // 3 % 7",
    "for i in range(3):\n    units = i", "while True:\n    break", "import argparse, os, sys",
    "units = os.environ.get('UNITS', 3)", "with open('x.json') as f:\n    cfg = json.load(f)",
    "try:\n    units = 3\nexcept ImportError:\n    units = 4", "global_ = lambda x, y=2: x * y",
    "import dataclasses\n@dataclasses.dataclass\nclass D:\n    units: int = 3\nd = D()",
    "p = argparse.ArgumentParser()\np.add_argument('--n', type=int, default=3)\na = p.parse_args()",
    "match 3:\n    case 3:\n        units = 4\n    case _:\n        units = 5", "units: int = 3",
    "assert units",
    "from collections import namedtuple, OrderedDict, defaultdict, Counter", "x = 'a,b'.split(',')",
    "P = namedtuple('P', 'a b')\np = P(1, 2)", "s = f'{units:>3}'", "units = units if units else 3",
)  # fmt: skip
NUMBERS = (
    "3", "4", "8", "16", "units", "2 * 3", "sizes[0]", "config['units']", "len(actions)", "n",
    "d.units",
    "max(2, 3)", "int(3.0)", "round(2.6)", "X.shape[-1]", "size()", "C.units", "(lambda: 4)()", "a",
    "sum([1, 2])", "np.prod([2, 2])", "units // 2", "units if n else 3", "p.b", "global_(2)",
    "i + 1",
)  # fmt: skip
LAYERS = (
    "LSTM({n}, return_sequences=True)", "LSTM({n})", "GRU(units={n}, return_sequences=True)",
    "Dense({n})",
    "Dense({n}, activation='relu')", "Dropout(0.3)", "BatchNormalization()", "Flatten()",
    "Activation('tanh')",
    "Conv1D({n}, 3, padding='same')", "Bidirectional(layers.LSTM({n}, return_sequences=True))",
    "TimeDistributed(layers.Dense({n}))", "RepeatVector({n})", "Embedding({n}, {n})",
    "MaxPooling1D(2)",
    "RNN(layers.LSTMCell({n}))", "RNN([layers.GRUCell({n}), layers.GRUCell({n})])", "Masking(0.0)",
    "Lambda(lambda t: t[:, -1])", "Reshape((-1, {n}))", "Permute((2, 1))", "LayerNormalization()",
    "MultiHeadAttention({n}, {n})", "Add()", "Concatenate()", "Conv2D({n}, (3, 3))",
    "Dense(*[{n}])",
    "Dense(**dict(units={n}))", "GlobalAveragePooling1D()", "UnknownLayer({n})",
    "Softmax(axis={n})",
)  # fmt: skip
LOOPS = (
    "for i in range({n}):", "for i, n in enumerate([8, 16]):", "for n, i in zip([4, 8], range(9)):",
    "for i in [len(s) for s in ('ab', 'c')]:", "for n in sorted([3, 2], key=lambda k: -k):",
)  # fmt: skip
SHAPES = (
    "(5, 4)",
    "(None, 4)",
    "[5, 4]",
    "(5, {n})",
    "(8, 8, 3)",
    "(4,)",
    "X.shape[1:]",
    "({n}, {n})",
)
OPERATIONS = (
    "x + x", "x * 2", "x[:, -1]", "x[..., None]", "keras.ops.mean(x, axis=1)",
    "keras.ops.reshape(x, (-1, {n}))",
    "layers.add([x, x])", "layers.concatenate([x, x])", "keras.ops.concatenate([x, x], axis=-1)",
    "x @ x",
    "keras.activations.relu(x)", "keras.ops.split(x, 2, axis=-1)[0]",
    "keras.ops.einsum('abc->ac', x)", "abs(x)",
    "keras.ops.where(x > 0, x, 0)", "tf.reduce_mean(x, 1)", "keras.ops.expand_dims(x, 1)",
    "x if n else x",
)  # fmt: skip


def program(rng: Random) -> str:
    chosen = rng.sample(CONSTANTS, rng.randint(0, 5))
    style = rng.choice(STYLES)
    return "\n".join([rng.choice(HEADERS), *chosen, style(rng), rng.choice(TAILS)])


def _number(rng: Random) -> str:
    return rng.choice(NUMBERS) if rng.random() < 0.5 else str(rng.choice((1, 2, 3, 4, 32)))


def _filled(rng: Random, text: str) -> str:
    while "{n}" in text:
        text = text.replace("{n}", _number(rng), 1)
    return text


def _layer(rng: Random) -> str:
    return "layers." + _filled(rng, rng.choice(LAYERS[:12] if rng.random() < 0.6 else LAYERS))


def _layers(rng: Random) -> list[str]:
    return [_layer(rng) for _ in range(rng.randint(1, 5))]


def _shape(rng: Random) -> str:
    return _filled(rng, rng.choice(SHAPES[:2] if rng.random() < 0.6 else SHAPES))


def _listed(rng: Random) -> str:
    return f"model = keras.Sequential([keras.Input({_shape(rng)}), {', '.join(_layers(rng))}])"


def _added(rng: Random) -> str:
    lines = ["model = keras.models.Sequential()", f"model.add(keras.Input({_shape(rng)}))"]
    return "\n".join(lines + [f"model.add({layer})" for layer in _layers(rng)])


def _functional(rng: Random) -> str:
    lines = [f"inputs = keras.Input(shape={_shape(rng)}, name='x')", "x = inputs"]
    for layer in _layers(rng):
        lines.append(f"x = {layer}(x)")
        if rng.random() < 0.3:
            lines.append(f"x = {_filled(rng, rng.choice(OPERATIONS))}")
    return "\n".join([*lines, "model = keras.Model(inputs, x)"])


def _looped(rng: Random) -> str:
    return (
        f"inputs = x = keras.Input({_shape(rng)})\n{_filled(rng, rng.choice(LOOPS))}\n"
        f"    x = {_layer(rng)}(x)\n    x = layers.Dense(i + n)(x)\nmodel = keras.Model(inputs, x)"
    )


def _comprehension(rng: Random) -> str:
    return (
        f"model = keras.Sequential([keras.Input({_shape(rng)}), "
        f"*[{_layer(rng)} for i in range({_number(rng)})], "
        f"*map(layers.Dense, (3, {_number(rng)}))])"
    )


def _function(rng: Random) -> str:
    return (
        f"def block(x, n={_number(rng)}, *, rate=0.1, **options):\n"
        f"    if rate > {rng.choice(('0', '1', 'unknown'))}:\n        x = {_layer(rng)}(x)\n"
        f"    return {_layer(rng)}(x)\n"
        f"def build(shape={_shape(rng)}):\n    i = keras.Input(shape)\n"
        f"    return keras.Model(i, block(block(i), n={_number(rng)}, rate=0.5))\nmodel = build()"
    )


def _subclass(rng: Random) -> str:
    base = rng.choice(("keras.Model", "keras.layers.Layer", "keras.Sequential", "object"))
    return (
        f"class Block({base}):\n"
        f"    def __init__(self, n={_number(rng)}, **kwargs):\n        super().__init__(**kwargs)\n"
        f"        self.a = {_layer(rng)}\n        self.parts = [{', '.join(_layers(rng))}]\n"
        "    def build(self, input_shape):\n"
        f"        self.w = self.add_weight(shape=(input_shape[-1], {_number(rng)}))\n"
        "    def call(self, x, training=None):\n"
        "        for part in self.parts:\n            x = part(x)\n"
        f"        return self.a(x){rng.choice(('', ' @ self.w', ' + x', '[0]'))}\n"
        f"inputs = keras.Input({_shape(rng)})\n"
        + rng.choice(
            (
                "model = keras.Model(inputs, Block()(inputs))",
                "model = Block()\nmodel(inputs)",
                "model = Block()\nmodel.build((None, 5, 4))",
                "model = keras.Sequential([inputs, Block(3), Block(n=4)])",
            )
        )
    )


STYLES = (_listed, _added, _functional, _functional, _looped, _comprehension, _function, _subclass)
