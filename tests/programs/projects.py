"""Projects with several files: the program, its modules, and the counts of Keras."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Project(NamedTuple):
    params: int
    program: str
    files: dict[str, str]


BLOCKS = """
from keras import layers
class Gate(layers.Layer):
    def __init__(self, n):
        super().__init__()
        self.a, self.b = layers.Dense(n), layers.Dense(n, activation="sigmoid")
    def call(self, x):
        return self.a(x) * self.b(x)
def head(x, n):
    return layers.Dense(n)(layers.GlobalAveragePooling1D()(x))
"""
MODEL = "model = keras.Model(i, b.head(b.Gate(UNITS)(i), 3))\n"

PROJECTS = {
    "a file that is imported by two names": Project(
        173,
        "train.py",
        {
            "train.py": "import sys\nsys.path.insert(0, 'parts')\nimport keras\n"
            "import settings\nfrom parts import settings as others, use\n"
            "settings.UNITS = 9\n"
            "model = keras.Sequential([keras.Input((8, 3)), keras.layers.LSTM(others.UNITS),\n"
            "    keras.layers.Dense(use.UNITS + use.settings.UNITS + 1)])\n",
            "parts/__init__.py": "",
            "parts/settings.py": "UNITS = 4\n",
            "parts/use.py": "from . import settings\nfrom .settings import UNITS\n",
        },
    ),
    "a module that is first imported by a relative name": Project(
        56,
        "train.py",
        {
            "train.py": "import sys\nsys.path.append('parts')\nfrom parts.build import model\n"
            "import settings, parts.settings\nparts.settings.UNITS = 8\nmodel = model()\n",
            "parts/build.py": "import keras\nfrom .settings import UNITS\nfrom . import settings\n"
            "def model():\n    return keras.Sequential([keras.Input((3,)),\n"
            "        keras.layers.Dense(UNITS), keras.layers.Dense(settings.UNITS)])\n",
            "parts/settings.py": "UNITS = 4\n",
        },
    ),
    "module and constants beside it": Project(
        81,
        "train.py",
        {
            "train.py": "import keras\nimport blocks as b\nfrom settings import UNITS, SHAPE\n"
            "i = keras.Input(SHAPE)\n" + MODEL,
            "settings.py": "UNITS = 6\nSHAPE = (10, 4)\n",
            "blocks.py": BLOCKS,
        },
    ),
    "package by its full name": Project(
        81,
        "train.py",
        {
            "train.py": "import keras, net.parts.blocks\nfrom net import UNITS\n"
            "b = net.parts.blocks\ni = keras.Input((10, 4))\n" + MODEL,
            "net/__init__.py": "from .parts import UNITS\n",
            "net/parts/__init__.py": "UNITS = 2 * 3\n",
            "net/parts/blocks.py": BLOCKS,
        },
    ),
    "folder without __init__": Project(
        81,
        "train.py",
        {
            "train.py": "import keras\nfrom net import blocks as b\nUNITS = 6\n"
            "i = keras.Input((10, 4))\n" + MODEL,
            "net/blocks.py": BLOCKS,
        },
    ),
    "program below the project's root": Project(
        81,
        "scripts/train.py",
        {
            "pyproject.toml": "",
            "scripts/train.py": "import sys\nsys.path.append('.')\nimport keras\n"
            "from net import blocks as b\nUNITS = 6\ni = keras.Input((10, 4))\n" + MODEL,
            "net/blocks.py": BLOCKS,
        },
    ),
    "star imports through two modules": Project(
        23,
        "main.py",
        {
            "main.py": "from common import *\nmodel = Sequential()\n"
            "model.add(Dense(3, input_shape=(4,)))\nmodel.add(Other(2))\n",
            "common.py": "from base import *\nfrom keras.models import Sequential\nOther = Dense\n",
            "base.py": "from keras.layers import *\n",
        },
    ),
    "__all__ says what a star brings": Project(
        15,
        "main.py",
        {
            "main.py": "import keras\nUNITS = 3\nfrom sizes import *\n"
            "model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(UNITS)])\n",
            "sizes.py": "__all__ = ['FEATURES']\nUNITS, FEATURES = 7, 4\n",
        },
    ),
    "modules that import each other": Project(
        35,
        "main.py",
        {
            "main.py": "import keras, a\ni = keras.Input((4,))\nmodel = keras.Model(i, a.top(i))\n",
            "a.py": "import b\nN = 7\ndef top(x):\n    return b.bottom(x)\n",
            "b.py": "import keras\nimport a\n"
            "def bottom(x):\n    return keras.layers.Dense(a.N)(x)\n",
        },
    ),
    "import inside a function, and a changed constant": Project(
        20,
        "main.py",
        {
            "main.py": "import keras\nimport config\nconfig.N = 4\ndef build():\n"
            "    from nets import small\n    return small()\nmodel = build()\n",
            "config.py": "N = 9\n",
            "nets.py": "import keras, config\ndef small():\n"
            "    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(config.N)])\n",
        },
    ),
    "its own class with the name of one of Keras's": Project(
        445,
        "train.py",
        {
            "train.py": "from keras import Input, Sequential, layers\nfrom own import Attention\n"
            "model = Sequential([Input((20, 3)), layers.LSTM(8, return_sequences=True),"
            " Attention(6), layers.Dense(1)])\n",
            "own.py": "from keras import layers, ops\nclass Attention(layers.Layer):\n"
            "    def __init__(self, n):\n        super().__init__()\n"
            "        self.d = layers.Dense(n)\n    def call(self, x):\n"
            "        return ops.sum(ops.softmax(self.d(x), axis=1), axis=1)\n",
        },
    ),
    "a class derived from one of another module": Project(
        30,
        "main.py",
        {
            "main.py": "import keras\nfrom own.wide import Wide\n"
            "model = keras.Sequential([keras.Input((4,)), Wide(3)])\n",
            "own/__init__.py": "",
            "own/base.py": "import keras\nclass Base(keras.layers.Layer):\n    times = 1\n"
            "    def __init__(self, n, **kwargs):\n        super().__init__(**kwargs)\n"
            "        self.d = keras.layers.Dense(n * self.times)\n"
            "    def call(self, x):\n        return self.d(x)\n",
            "own/wide.py": "from own.base import Base\nclass Wide(Base):\n    times = 2\n",
        },
    ),
    "the model of a module, not the one that it makes for itself": Project(
        15,
        "main.py",
        {
            "main.py": "import nets\nmodel = nets.build(3)\n",
            "nets.py": "import keras\ndef build(n):\n"
            "    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(n)])\n"
            "demo = build(9)\n",
        },
    ),
    "a module that imports the program, which Python runs a second time": Project(
        35,
        "main.py",
        {
            "main.py": "UNITS = 7\nimport nets\nif __name__ == '__main__':\n    UNITS = 9\n"
            "    model = nets.build()\n",
            "nets.py": "import keras, main\ndef build():\n"
            "    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(main.UNITS)])\n",
        },
    ),
    "names that a module computes when they are asked for": Project(
        5 * 3 + 4 * 2 + 3 * 6,
        "main.py",
        {
            "main.py": "import keras, sizes\nfrom sizes import A\n"
            "layers = [keras.layers.Dense(A)]\n"
            "try:\n    layers += [keras.layers.Dense(sizes.C)]\nexcept AttributeError:\n"
            "    layers += [keras.layers.Dense(getattr(sizes, 'D', 2))]\n"
            "model = keras.Sequential([keras.Input((4,)), *layers, keras.layers.Dense(sizes.B)])\n",
            "sizes.py": "def __getattr__(name):\n    if name in 'AB':\n"
            "        return {'A': 3, 'B': 6}[name]\n    raise AttributeError(name)\n",
        },
    ),
    "names that are deleted, and modules found by name": Project(
        5 * 2 + 3 * 6 + 7 * 8,
        "main.py",
        {
            "main.py": "import sys, keras, sizes\nfrom sizes import A\ndel sizes.A\n"
            "n = [A, getattr(sizes, 'A', 6)]\nsys.modules[__name__].MORE = 8\n"
            "n += [MORE] if 'sizes' in sys.modules else []\n"
            "layers = [keras.layers.Dense(units) for units in n]\n"
            "model = keras.Sequential([keras.Input((4,)), *layers])\n",
            "sizes.py": "A = 2\n",
        },
    ),
    "folders that the program adds to sys.path": Project(
        10 * 4 + 5 * 6 + 7 * 8,
        "scripts/deep/main.py",
        {
            "pyproject.toml": "",
            "scripts/deep/main.py": "import os, sys, _more\nfrom pathlib import Path\n"
            "here = os.path.dirname(os.path.abspath(__file__))\n"
            "sys.path.insert(0, os.path.join(here, os.pardir, 'near'))\n"
            "sys.path.append(str(Path(__file__).resolve().parents[2] / 'far'))\n"
            "sys.path = [f'{here}/sub'] + sys.path\n"
            "import keras, sizes\nfrom more.parts import B\nfrom last import C\n"
            "layers = [keras.layers.Dense(n) for n in (sizes.A, B, C)]\n"
            "model = keras.Sequential([keras.Input((9,)), *layers])\n",
            "scripts/deep/_more.py": "import os, sys\n"
            "sys.path += [os.path.join(os.path.dirname(__file__), '..', 'other')]\n",
            "scripts/deep/sizes.py": "A = 50\n",
            "scripts/near/sizes.py": "A = 4\n",
            "scripts/other/more/__init__.py": "",
            "scripts/other/more/parts.py": "from . import __path__\nB = 6\n",
            "far/last.py": "from lastest import C\n",
            "far/lastest.py": "C = 8\n",
        },
    ),
    "modules that the program finds by their names": Project(
        (5 * 2 + 3 * 3 + 4 * 4) + 5 * 6 + 7 * 7,
        "main.py",
        {
            "main.py": "import importlib, importlib.util, os, sys, keras, nets\n"
            "kind = 'small'\nsmall = importlib.import_module(f'nets.{kind}')\n"
            "big = __import__('nets.b' + 'ig', fromlist=['N'])\n"
            "path = os.path.join(os.path.dirname(__file__), 'configs', 'own.py')\n"
            "spec = importlib.util.spec_from_file_location('own', path)\n"
            "own = importlib.util.module_from_spec(spec)\nspec.loader.exec_module(own)\n"
            "sizes = [nets.KNOWN[name] for name in sorted(nets.KNOWN)]\n"
            "sizes += [small.N + big.N, own.N if 'other' not in sys.modules else 99]\n"
            "layers = [keras.layers.Dense(n) for n in sizes]\n"
            "model = keras.Sequential([keras.Input((4,)), *layers])\n",
            "nets/__init__.py": "import glob, importlib, os, pkgutil\nKNOWN = {}\n"
            "for one in pkgutil.iter_modules(__path__):\n"
            "    importlib.import_module(f'{__name__}.{one.name}')\n"
            "for path in glob.glob(os.path.join(os.path.dirname(__file__), 'parts', '*.py')):\n"
            "    name = os.path.basename(path)[:-3]\n"
            "    importlib.import_module('.parts.' + name, package=__name__)\n",
            "nets/small.py": "from . import KNOWN\nN = KNOWN['a'] = 2\n",
            "nets/big.py": "from nets import KNOWN\nKNOWN['b'] = 3\nN = 4\n",
            "nets/parts/more.py": "from .. import KNOWN\nKNOWN['c'] = 4\n",
            "configs/own.py": "N = 7\n",
            "other.py": "",
        },
    ),
    "sizes in files of data": Project(
        7 * 3 + 4 * 4 + 5 * 5 + 6 * 6 + 7 * 7,
        "scripts/main.py",
        {
            "setup.py": "",
            "scripts/main.py": "import configparser, json, keras, os, tomllib, yaml\n"
            "from pathlib import Path\nhere = Path(__file__).resolve().parent\n"
            "with open(os.path.join(os.path.dirname(__file__), '../conf/a.json')) as file:\n"
            "    sizes = [json.load(file)['units']]\n"
            "sizes.append(yaml.safe_load((here.parent / 'conf' / 'b.yaml').read_text())['n'][1])\n"
            "with (here / 'c.toml').open('rb') as file:\n"
            "    sizes.append(tomllib.load(file)['model']['units'])\n"
            "parser = configparser.ConfigParser()\nparser.read(here / 'd.ini')\n"
            "sizes.append(parser.getint('model', 'units') + int(parser['model']['more']))\n"
            "lines = [line.strip() for line in open(here / 'e.txt')]\nsizes.append(len(lines))\n"
            "layers = [keras.layers.Dense(n) for n in sizes]\n"
            "model = keras.Sequential([keras.Input((6,)), *layers])\n",
            "conf/a.json": '{"units": 3}',
            "conf/b.yaml": "n: [1, 4]\n",
            "scripts/c.toml": "[model]\nunits = 5\n",
            "scripts/d.ini": "[model]\nunits = 2\nmore: 4\n",
            "scripts/e.txt": "\n".join("abcdefg"),
        },
    ),
    "options of another module, with parents and texts as defaults": Project(
        5 * 12 + 13 * 3 + 4 * 15,
        "main.py",
        {
            "main.py": "import keras\nfrom options import options\ngiven = options([])\n"
            "layers = [keras.layers.Dense(n) for n in [given.units, *given.sizes, given.total]]\n"
            "model = keras.Sequential([keras.Input((4,)), *layers])\n",
            "options.py": "import argparse\ndef common():\n"
            "    parser = argparse.ArgumentParser(add_help=False)\n"
            "    parser.add_argument('--units', type=int, default='12')\n"
            "    parser.add_argument('--sizes', nargs='+', type=int, default=[3])\n"
            "    return parser\ndef options(given=None):\n"
            "    parser = argparse.ArgumentParser(parents=[common()])\n"
            "    args = parser.parse_args(given)\n    args.total = args.units + sum(args.sizes)\n"
            "    return args\n",
        },
    ),
    "exceptions of modules, and names that hide modules": Project(
        5 * 6 + 7 * 2 + 3 * 7 + 8 * 4 + 5 * 3,
        "main.py",
        {
            "main.py": "import keras, sizes\n"
            "try:\n    from broken import N\nexcept ValueError:\n    N = 6\n"
            "try:\n    import stopped\nexcept ImportError:\n    stopped = None\n"
            "import net.model as first\nfrom net import model as second\nimport late.part\n"
            "known = [getattr(sizes, name) for name in dir(sizes) if name.isupper()]\n"
            "sizes = [N, 2 if stopped is None else 99, first, late.part.M, *known]\n"
            "assert first == second\nlayers = [keras.layers.Dense(n) for n in sizes]\n"
            "model = keras.Sequential([keras.Input((4,)), *layers])\n",
            "broken.py": "N = 3\nif N > 2:\n    raise ValueError('not here')\n",
            "stopped.py": "class Own(ImportError):\n    pass\nraise Own()\n",
            "net/__init__.py": "from .model import model\n",
            "net/model.py": "model = 7\n",
            "late/__init__.py": "part = 3\n",
            "late/part.py": "M = 4\n",
            "sizes.py": "from base import *\nB = 3\nlower = 9\n",
            "base.py": "B = 8\n",
        },
    ),
    "modules that importlib imports, and reloads": Project(
        35,
        "main.py",
        {
            "main.py": "import importlib\nimport sizes\nsizes.UNITS = 9\n"
            "importlib.reload(sizes)\nnets = importlib.import_module('nets.small')\n"
            "same = importlib.import_module('.small', package='nets')\n"
            "assert nets is same\nmodel = same.build(sizes.UNITS + nets.MORE)\n",
            "sizes.py": "UNITS = 4\n",
            "nets/__init__.py": "",
            "nets/small.py": "import keras\nMORE = 3\ndef build(n):\n"
            "    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(n)])\n",
        },
    ),
    "code of files that is executed": Project(
        4 * 3 + 3 + 3 * 5 + 5 + 5 * 2 + 2,
        "m.py",
        {
            "m.py": "import keras, runpy\nfrom sizes import N, both\n"
            "mine = globals()\nexec(open('more.py').read(), mine)\n"
            "names = {'N': 2}\nexec('last = N', names)\n"
            "made = runpy.run_path('made.py', init_globals={'D': keras.layers.Dense})\n"
            "globals()['first'] = both()\n"
            "model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(first), MORE])\n"
            "model.add(made['layer'](names['last']))\n",
            "sizes.py": "N = 3\ndef both():\n    return globals()['N']\n",
            "more.py": "import keras\nMORE = keras.layers.Dense(5)\n",
            "made.py": "layer = D\n",
        },
    ),
    "code that changes the names of the program": Project(
        4 * 3 + 3,
        "m.py",
        {
            "m.py": "import keras\nunits = 3\nkeys = [k for k in globals() if k == 'units']\n"
            "exec(open('configurator.py').read())\nconfig = {k: globals()[k] for k in keys}\n"
            "model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(config['units'])])\n",
            "configurator.py": "import sys\nfor arg in sys.argv[2:]:\n"
            "    if '=' in arg:\n        key, val = arg.split('=')\n"
            "        if key in globals():\n            globals()[key] = int(val)\n",
        },
    ),
    "tables and files in packages": Project(
        4 * 3 + 3 + 3 * 5 + 5 + 5 * 2 + 2 + 2 * 6 + 6,
        "m.py",
        {
            "m.py": "import csv, json, keras, pkgutil\nfrom importlib import resources\n"
            "with open('layers.csv') as file:\n"
            "    sizes = [int(row['units']) for row in csv.DictReader(file)]\n"
            "last = list(csv.reader('2;6'.splitlines(), delimiter=';'))[0]\n"
            "cfg = json.loads(resources.files('net').joinpath('a.json').read_text())\n"
            "assert json.loads(pkgutil.get_data('net', 'a.json')) == cfg\n"
            "model = keras.Sequential([keras.Input((cfg,))])\n"
            "for n in [*sizes, *map(int, last)]:\n    model.add(keras.layers.Dense(n))\n",
            "layers.csv": "kind,units\ndense,3\ndense,5\n",
            "net/__init__.py": "",
            "net/a.json": "4\n",
        },
    ),
    "names of functions": Project(
        4 * 3 + 3 * 3 + 3 * 2 + 2 + 2 * 7 + 7,
        "m.py",
        {
            "m.py": "import keras\n"
            "def net(depth=1, units=3, bias=True, **options):\n"
            "    layers = [keras.layers.Dense(units, use_bias=bias) for _ in range(depth)]\n"
            "    return keras.Sequential([keras.Input((4,)), *layers])\n"
            "def narrow(units=3, bias=False, **options):\n"
            "    return net(2, **locals(), **options)\n"
            "class Sizes:\n    def __init__(self, last=2, more=7):\n"
            "        names = vars()\n        del names['self']\n"
            "        self.__dict__.update(names)\n"
            "def dense(n):\n    made = []\n"
            "    exec('made.append(keras.layers.Dense(n))\\nn = 9')\n    return made[0], n\n"
            "model = narrow()\nlayer, n = dense(Sizes().last)\nassert n == 2\n"
            "model.add(layer)\nmodel.add(keras.layers.Dense(Sizes().more))\n",
        },
    ),
}


def write(project: Project, folder: Path) -> Path:
    """Write the project's files to a folder, and return the path of its program."""
    for name, text in project.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder / project.program
