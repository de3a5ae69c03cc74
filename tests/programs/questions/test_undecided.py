"""Unknown conditions and loops must be set if a number depends on them."""

import re
import shlex
import time

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import allowance, read_python, reading
from lstmcount.programs.language.module_files import ModuleFiles
from lstmcount.setting_text import parse_setting
from lstmcount.shapes import Unknown

BEFORE = """
import os, sys
import keras
from keras import Input, Model, Sequential, layers
from elsewhere import *
from elsewhere import unknown, sizes, kind, flags
model = Sequential([Input((20, 3))])
"""
ASKED = {
    "the number of rounds": (
        "for _ in range(unknown): model.add(layers.LSTM(4, return_sequences=True))",
        "unknown",
        416,
    ),
    "what a loop goes through": ("for n in sizes: model.add(layers.Dense(n))", "sizes", 176),
    "pairs that a loop goes through": (
        "for at, n in enumerate(sizes): model.add(layers.Dense(n, name=f'd{at}'))",
        "sizes",
        176,
    ),
    "the end of a while": (
        "n = int(sys.argv[1])\nwhile len(model.layers) < n: model.add(layers.Dense(3))",
        "n",
        36,
    ),
    "an operand that adds a layer": ("kind and model.add(layers.Dense(3))", "kind", 12),
    "an operand that adds a layer otherwise": (
        "kind == 'none' or unknown == 2 or model.add(layers.Dense(3))",
        "kind",
        0,
    ),
    "a comprehension that adds layers": (
        "[model.add(layers.Dense(n)) for n in (3, 4) if kind]",
        "kind",
        28,
    ),
    "the length of a list of layers": (
        "parts = [layers.Dense(3)]\nwhile len(parts) < unknown: parts.append(layers.Dense(3))\n"
        "model = Sequential([Input((4,)), *parts])",
        "unknown",
        39,
    ),
    "a branch": (
        "if kind == 'lstm':\n    model.add(layers.LSTM(4))\nelse:\n    model.add(layers.GRU(4))",
        "kind",
        128,
    ),
    "a size that a branch sets": (
        "n = 4\nif flags.wide:\n    n = 8\nmodel.add(layers.Dense(n))",
        "flags.wide",
        32,
    ),
    "the global format of image data": (
        "keras.config.set_image_data_format(kind)\n"
        "model = Sequential([Input((6, 8, 10)), layers.Conv2D(4, 3)])",
        "kind",
        364,
    ),
    "an exception that is caught": (
        "n = 4\ntry:\n    if kind == 'small':\n        raise ValueError\n    n = 8\n"
        "except ValueError:\n    pass\nmodel.add(layers.Dense(n))",
        "kind",
        16,
    ),
    "the top of an application": (
        "base = keras.applications.VGG16(weights=None, include_top=flags.top)\n"
        "other = Model(base.input, base.output)",
        "flags.top",
        138357544,
    ),
    "a condition that differs from round to round": (
        "for i in range(2):\n    if i > unknown:\n        model.add(layers.Flatten())\n"
        "    else:\n        model.add(layers.LSTM(4))",
        "unknown",
        128,
    ),
    "which layers of a slice are made": (
        "all_layers = [layers.Dense(4), layers.Dense(4), layers.Dense(4), layers.Dense(4)]\n"
        "for layer in all_layers[:unknown]: model.add(layer)",
        "unknown",
        56,
    ),
    "how many layers there are": (
        "some = Sequential([Input((4,)), *[layers.Dense(3), layers.Dense(3)][:unknown]])\n"
        "model = Sequential([Input((4,)), layers.Dense(len(some.weights))])",
        "unknown",
        20,
    ),
    "which layers are frozen": (
        "for _ in range(4): model.add(layers.Dense(4))\n"
        "for layer in model.layers[:unknown]: layer.trainable = False",
        "unknown",
        76,
    ),
    "a conditional expression": (
        "model.add(layers.Dense(4 if flags.deep else 8))",
        "flags.deep",
        16,
    ),
    "whether a new layer is trainable": (
        "model.add(layers.Dense(4, trainable=flags.tune))",
        "flags.tune",
        16,
    ),
    "whether a variable is trainable": (
        "class Own(layers.Layer):\n    def build(self, shape):\n"
        "        self.w = self.add_weight(shape=(5,), trainable=flags.tune)\n"
        "    def call(self, x): return x\nmodel.add(Own())",
        "flags.tune",
        5,
    ),
    "whether a layer is trainable": (
        "model.add(layers.Dense(4))\nfor layer in model.layers: layer.trainable = unknown",
        "unknown",
        16,
    ),
    "an option of a layer": (
        "model.add(layers.BatchNormalization(center=unknown))",
        "unknown",
        12,
    ),
    "an option of a cell": (
        "cell = layers.GRUCell(2, reset_after=flags.after)\n"
        "model = Sequential([Input((5, 3)), layers.RNN(cell)])",
        "flags.after",
        42,
    ),
    "a choice": (
        "model = Sequential([Input((5, 3)), layers.Conv1D(2, 2, padding=unknown), layers.Flatten(),"
        "layers.Dense(1)])",
        "unknown",
        25,
    ),
    "an option that is null by default": (
        "model = Sequential([Input((5, 3)), layers.PReLU(shared_axes=unknown)])",
        "unknown",
        3,
    ),
    "an option whose default another argument may give, too": (
        "x = Input((4, 3))\n"
        "model = Model(x, layers.MultiHeadAttention(2, 3, output_shape=unknown)(x, x))",
        "unknown",
        93,
    ),
    "a kind of score": (
        "x = Input((4, 3))\nmodel = Model(x, layers.Attention(score_mode=unknown)([x, x]))",
        "unknown",
        0,
    ),
    "a mode of a layer": (
        "model = Sequential([Input((80, 1)), layers.STFTSpectrogram(unknown, 8)])",
        "unknown",
        80,
    ),
    "the axes of a bias": (
        "model.add(layers.EinsumDense('abc,cd->abd', output_shape=(None, 4), bias_axes=unknown))",
        "unknown",
        16,
    ),
    "a match statement": (
        "match kind:\n    case 'wide': model.add(layers.Dense(9))\n"
        "    case _: model.add(layers.Dense(1))",
        "kind",
        36,
    ),
    "a call": ("if os.path.exists('big'): model.add(layers.Dense(9))", "os.path.exists('big')", 36),
    "a file that may not be there": (
        "try:\n    open('w.json')\n    n = 8\nexcept FileNotFoundError:\n    n = 4\n"
        "model.add(layers.Dense(n))",
        "os.path.exists('w.json')",
        32,
    ),
    "an early end": (
        "for n in (4, 5, 6):\n    if n > unknown:\n        break\n    model.add(layers.Dense(n))",
        "unknown",
        0,
    ),
}
NOT_ASKED = {
    "only printing": "model.add(layers.Dense(2))\nif flags.verbose: print(model)",
    "loading weights": (
        "model.add(layers.Dense(2))\nif os.path.exists('w'): model.load_weights('w')"
    ),
    "a name that nothing needs": (
        "model.add(layers.Dense(2))\nif flags.verbose:\n    epochs = 3\nelse:\n    epochs = 5"
    ),
    "an option without effect": (
        "model = Sequential([Input((1, 1)), layers.SimpleRNN(2, unroll=unknown)])"
    ),
    "a number of time steps": ("model = Sequential([Input((unknown, 1)), layers.SimpleRNN(2)])"),
    "training": (
        "model.add(layers.Dense(2))\nfor x, y in sizes:\n    y = model(x)\n    model.fit(x, y)"
    ),
    "a layer without weights": (
        "if flags.drop: model.add(layers.Dropout(0.5))\nmodel.add(layers.Dense(2))"
    ),
    "a model that is loaded instead": (
        "def make():\n    if os.path.exists('m'):\n        return keras.models.load_model('m')\n"
        "    return Sequential([Input((3,)), layers.Dense(2)])\nmodel = make()"
    ),
    "a value that is refused": (
        "if unknown is None:\n    raise ValueError('none')\nmodel.add(layers.Dense(2))"
    ),
}


ASKED |= {  # the order of a set of texts differs from run to run
    "the order of a set in a loop": (
        "names = {'a', 'b'}; wide = {'a': 4, 'b': 5}\n"
        "for name in names: model.add(layers.Dense(wide[name]))",
        "list(names) == sorted(names)",
        16 + 25,
    ),
    "the order of a set in a comprehension": (
        "wide = [len(name) for name in {'aaaa', 'bb'}]\nmodel.add(layers.Dense(wide[0]))",
        "list({'aaaa', 'bb'}) == sorted({'aaaa', 'bb'})",
        16,
    ),
    "the order of a list of a set": (
        "names = list(set(['aaaa', 'bb']))\nmodel.add(layers.Dense(len(names[0])))",
        "list(set(['aaaa', 'bb'])) == sorted(set(['aaaa', 'bb']))",
        16,
    ),
    "what a set gives up": (
        "names = {'aaaa', 'bb'}\nmodel.add(layers.Dense(len(names.pop())))",
        "list(names) == sorted(names)",
        16,
    ),
    "a part of a list that unknown code gives": (
        "wide = [4, 5, 6]; wide[1:] = sizes\nfor n in wide: model.add(layers.Dense(n))",
        "wide",
        176,
    ),
}
NOT_ASKED |= {
    "the order of a set that is only counted": (
        "of = {c: i for i, c in enumerate(set('hello'))}; model.add(layers.Dense(len(of) - 2))"
    ),
    "the order of a set that is sorted": (
        "names = sorted(list(set('ca'))); model.add(layers.Dense(2 if names[0] == 'a' else 3))"
    ),
    "the order of numbers": "model.add(layers.Dense(list({2, 3})[0]))",
    "a shuffled list of which all are the same": (
        "import random\nwide = [2, 2]; random.shuffle(wide); model.add(layers.Dense(wide[0]))"
    ),
}


def read(program, settings=None):
    return read_python((BEFORE + program).encode(), settings=settings)


@pytest.mark.parametrize(("program", "words", "expected"), ASKED.values(), ids=ASKED)
def test_the_question_names_the_setting_that_answers_it(program, words, expected):
    with pytest.raises(LstmcountError, match="which is not known") as error:
        read(program)
    (hint,) = re.findall(r"--set (.+)", str(error.value))
    (setting,) = shlex.split(hint)
    name, value = parse_setting(setting)
    assert name == words
    assert infer(read(program, {name: value})).total_params == expected


def test_sizes_of_a_shuffled_list_are_not_known():
    program = "import random\nwide = [4, 5]; random.shuffle(wide); model.add(layers.Dense(wide[0]))"
    assert not str(infer(read(program)).total_params).isdigit()
    assert infer(read(program, {"wide[0]": 5})).total_params == 20


@pytest.mark.parametrize("program", NOT_ASKED.values(), ids=NOT_ASKED)
def test_decisions_without_effect_on_numbers_are_not_asked_for(program):
    assert infer(read(program)).total_params == 8


@pytest.mark.parametrize(
    "layer",
    [
        "MultiHeadAttention(2, 3, value_dim=unknown)(x, x)",
        "STFTSpectrogram(frame_length=8, fft_length=unknown)(x)",
        "Dense(3, lora_rank=unknown)(x)",
    ],
)
def test_a_count_of_a_size_that_is_null_by_default_is_unknown(layer):
    summary = infer(read(f"x = Input((20, 3))\nmodel = Model(x, layers.{layer})"))
    assert not isinstance(summary.total_params, int)


def test_an_axis_that_is_unknown_is_asked_for():
    with pytest.raises(LstmcountError, match=r"normalization\.axis needs `unknown`"):
        read("model.add(layers.Normalization(axis=unknown))")


def test_a_condition_by_its_own_text():
    program = ASKED["a branch"][0]
    assert infer(read(program, {"kind == 'lstm'": False})).total_params == 108


def test_decisions_that_were_not_tried_in_time_are_asked_for(monkeypatch):
    monkeypatch.setattr(allowance, "MAX_STEPS", 0)
    program = "if kind > 3: model.add(layers.LSTM(4))\nmodel.add(layers.Dense(4))"
    with pytest.raises(LstmcountError, match=r"depends on `kind`.*--set 'kind > 3=true'"):
        read_python((BEFORE + program).encode())


def test_the_time_of_runs_with_fewer_files_counts():
    program = (BEFORE + "if kind > 3: print(layers.Dense(2))").encode()
    assert infer(read_python(program, files=ModuleFiles())).total_params == 0
    taken = ModuleFiles(seconds=allowance.MAX_SECONDS)
    with pytest.raises(LstmcountError, match=r"depends on `kind`.*--set 'kind > 3=true'"):
        read_python(program, files=taken)


def test_a_way_that_is_longer_than_the_limits_is_asked_for():
    program = """
def more():
    for number in range(100_000):
        layers.Dense(number + 1)
    model.add(layers.Dense(4))
model.add(layers.LSTM(4))
if kind < 3:
    model.add(layers.Dense(8))
    model.pop()
else:
    more()
"""
    with pytest.raises(LstmcountError, match=r"depends on `kind`.*--set 'kind < 3=true'"):
        read(program)


def test_decisions_about_data_are_tried_together_if_there_is_no_time_for_each(monkeypatch):
    monkeypatch.setattr(allowance, "MAX_STEPS", 40_000)
    data = [
        f"for x{i} in unknown.part({i}):\n    if x{i} > 3: sizes.append(x{i})" for i in range(30)
    ]
    program = "\n".join([*data, "model.add(layers.Dense(2))"])
    assert infer(read(program)).total_params == 8
    with pytest.raises(LstmcountError, match="--set kind=true"):
        read(f"{program}\nif kind: model.add(layers.Dense(2))")


def test_the_way_to_a_model_that_can_be_followed_is_the_example():
    program = "from hub import KerasLayer\nif flags.hub: model = Sequential([KerasLayer('a')])\n"
    with pytest.raises(LstmcountError, match=r"--set flags.hub=false$"):
        read(f"{program}else: model = Sequential([Input((4,)), layers.Dense(3)])")


def test_what_is_tried_does_not_depend_on_the_machine(monkeypatch):
    data = [f"if sizes[{i}] > 3: layers.Dense({i})" for i in range(400)]
    program = "\n".join([*data, "model.add(layers.Dense(2))"])
    follow, runs = reading._Runner.run, []
    monkeypatch.setattr(reading._Runner, "run", lambda *a, **k: runs.append(0) or follow(*a, **k))
    read(program)
    quiet = len(runs)
    process_time = time.process_time
    monkeypatch.setattr(time, "process_time", lambda: process_time() / 4)
    read(program)
    assert quiet > 2
    assert len(runs) == 2 * quiet


@pytest.mark.parametrize("between", [0, 1, 2, 5])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("if kind: a = a * 2", "if flags: a = a // 2"),
        ("if kind: a, b = b, a", "if flags: a, b = b, a"),
        ("a = a + 8 if kind else a", "a = a - 8 if flags else a"),
    ],
)
def test_decisions_that_make_up_for_each_other_are_asked_for(first, second, between):
    others = [f"if sizes[{i}]: print(a)\nif sizes[{i}] > 3: c = a" for i in range(between)]
    program = "\n".join(["a, b = 64, 32", first, *others, second])
    with pytest.raises(LstmcountError, match=r"kind|flags"):
        read(f"{program}\nmodel.add(layers.Dense(a))\nmodel.add(layers.Dense(b))")


@pytest.mark.parametrize("between", [0, 1, 2, 5])
def test_decisions_that_matter_only_together_are_asked_for(between):
    others = [f"if sizes[{i}]: print(a)\nif sizes[{i}] > 3: c = a" for i in range(between)]
    last = "if a and b: model.add(layers.Dense(5))"
    program = "\n".join(["a = b = False", "if kind: a = True", *others, "if flags: b = True", last])
    with pytest.raises(LstmcountError, match="--set kind=true --set flags=true"):
        read(program)
    assert infer(read(program, {"kind": True, "flags": True})).total_params == 20
    assert infer(read(program, {"kind": False})).total_params == 0


TOGETHER = {
    "nested loops": "for _ in range(unknown.blocks):\n    for _ in range(unknown.depth):\n        ",
    "loops over elements": "for one in sizes:\n    for two in flags.all:\n        ",
}


@pytest.mark.parametrize("before", TOGETHER.values(), ids=TOGETHER)
def test_decisions_that_only_together_make_the_outputs_known(before):
    program = f"""
x = Input((20, 3))
y, joined = x, []
if kind == 'loud': y = layers.ReLU()(y)
{before}y = layers.Conv1D(3, 2, padding='same')(y); joined.append(y)
model = Model(x, layers.Dense(2)(layers.Concatenate()(joined)))
"""
    with pytest.raises(LstmcountError, match="not known, and one more value is needed:") as error:
        read(program)
    options = shlex.split(re.findall(r": (--set .+)", str(error.value))[0])
    values = dict(parse_setting(option) for option in options if option != "--set")
    assert infer(read(program, values)).total_params > 0


ELIFS = {
    "whose first gives the same numbers": (
        "if kind == 'a': n = 4\nelif kind == 'b': n = 4\nelse: n = 8\nmodel.add(layers.Dense(n))"
    ),
    "whose first gives no model": (
        "if kind == 'a': model.add(layers.Dense(4))\n"
        "elif kind == 'b': model.add(layers.Conv2D(4, 3))\n"
        "elif kind == 'c': model.add(layers.Dense(9))"
    ),
    "whose first two give no model": (
        "if kind == 'a': model.add(layers.Dense(4))\n"
        "elif kind == 'b': model.add(layers.Conv2D(4, 3))\n"
        "elif kind == 'c': raise ValueError(kind)\n"
        "else: model.add(layers.Dense(9))"
    ),
}


@pytest.mark.parametrize("program", ELIFS.values(), ids=ELIFS)
def test_all_branches_of_an_elif_are_tried(program):
    with pytest.raises(
        LstmcountError, match=r"depends on `kind`, which is not known: --set kind=a"
    ):
        read(program)
    assert infer(read(program, {"kind": "a"})).total_params == 16


UNCOVERED = {
    "a condition of a branch": "n = (9 if unknown else 4) if kind else 4",
    "a condition of a function": """
def size(n):
    return larger(n) if kind else 4
def larger(n):
    return 4 if unknown == 1 else n
n = size(9)
""",
    "a condition of a loop": """
n = 4
for at in range(unknown):
    if at == 1 and kind == 'wide':
        n = 9
""",
}


@pytest.mark.parametrize("statements", UNCOVERED.values(), ids=UNCOVERED)
def test_a_decision_that_only_another_uncovers_is_asked_for(statements):
    with pytest.raises(LstmcountError, match="which is not known"):
        read(f"{statements}\nmodel.add(layers.Dense(n))")


def test_an_index_of_layers_whose_number_is_not_known_is_asked_for():
    program = """
parts = [layers.Dense(4) for _ in range(unknown)]
inputs = Input((4,))
model = Model(inputs, parts[kind % unknown](parts[0](inputs)))
"""
    with pytest.raises(LstmcountError, match="which is not known"):
        read(program)


FOUND_IN_A_LOOP = {
    "break": """
n = 2
for name, size in {"small": 2, "base": 2, "large": 4}.items():
    if name == kind:
        n = size
        break
""",
    "without break": """
n = 2
for name, size in {"small": 2, "base": 4, "large": 2}.items():
    if name == kind:
        n = size
""",
    "return": """
def found(wanted):
    for name, size in {"small": 2, "base": 2, "large": 4}.items():
        if name == wanted:
            return size
    return 2
n = found(kind)
""",
    "an exception": """
def found(wanted):
    for name, size in {"small": 2, "base": 4}.items():
        if name == wanted:
            return size
    raise KeyError(wanted)
try:
    n = found(kind)
except KeyError:
    n = 2
""",
    "the target of the loop": """
for n in (2, 3, 4):
    if n == kind: continue
    if n >= unknown: break
""",
}


@pytest.mark.parametrize("statements", FOUND_IN_A_LOOP.values(), ids=FOUND_IN_A_LOOP)
def test_which_element_of_a_loop_meets_a_condition_is_asked_for(statements):
    program = f"{BEFORE}{statements}\nmodel.add(layers.Dense(n))"
    with pytest.raises(LstmcountError, match="which way the program goes depends on"):
        read(program)


def test_a_condition_that_is_the_same_in_each_round_is_not_tried_for_one_of_them():
    program = """
x = inputs = Input((4,))
parts = layers.Dense(4), layers.Dense(4)
for at in range(2):
    x = (parts[0] if kind else parts[1])(x)
model = Model(inputs, x)
"""
    assert infer(read(program)).total_params == 20


def test_a_list_as_a_key_of_unknown_entries_gives_an_unknown():
    program = "counts = {4: 3}\ncounts[unknown] = 4\nmodel.add(layers.Dense(counts[kind]))"
    summary = infer(read(program, {"kind": [8, 16]}))
    assert isinstance(summary.total_params, Unknown)


def test_a_decision_against_an_exception_is_not_asked_for(monkeypatch):
    monkeypatch.setattr(allowance, "MAX_STEPS", 0)
    program = "if kind > 3:\n    raise ValueError(kind)\nmodel.add(layers.Dense(4))"
    assert infer(read_python((BEFORE + program).encode())).total_params == 16


QUIET = {
    "drawing what a loop computes": (
        "for at, pair in enumerate(zip(sizes, kind)):\n"
        "    image = (pair[0] * 127.5).numpy().astype('uint8')\n"
        "    plt.subplot(2, 2, at + 1)\n    plt.imshow(image)\n    plt.axis('off')\nplt.show()"
    ),
    "nested loops that print": (
        "for part in sizes:\n    if part > 3: continue\n"
        "    for a, b in zip(part, part[1:]): print(f'{a}: {b}')"
    ),
    "a local name of a function": (
        "def report(n):\n    text = ''\n    if n > 3:\n        text = str(n)\n        print(text)\n"
        "report(unknown)\ntext = 2"
    ),
    "a while": "while unknown > 3:\n    epoch = len(sizes)\n    print(epoch)",
}
LOUD = {
    "a name that a layer needs": "n = 4\nif kind > 3: n = 8",
    "a name that a function needs": "n = 4\nif kind > 3: n = 8\ndef f(m=n): return m",
    "a default that names its parameter alike": ("n = 4\nif kind > 3: n = 8\ndef f(n=n): return n"),
    "a name of a class": "class Sizes:\n    n = 4\n    if kind > 3: n = 8\nm = Sizes.n",
    "a name found by its text": "n = 4\nif kind > 3: n = 8\nm = globals()['n']",
    "a list": "n = [4]\nif kind > 3: n[0] = 8",
    "what a list loses": "n = [4, 8]\nif kind > 3: print(n.pop())",
    "an attribute": "if kind > 3: model.trainable = False",
    "another model": "if kind > 3: model = Sequential([Input((3,)), layers.Dense(9)])",
    "a property": (
        "class Own:\n    n = 4\n    @property\n    def wide(self): self.n = 8; return 1\n"
        "own = Own()\nif kind > 3: print(own.wide)"
    ),
    "an operator": (
        "class Own:\n    def __add__(self, other): other.append(8); return self\n"
        "n = [4]\nif kind > 3: print(Own() + n)"
    ),
    "an iterator": "n = iter((4, 8))\nif kind > 3:\n    for each in n: print(each)",
    "an iterator that is left": "n = iter((4, 8))\nfor each in n:\n    if kind > 3: break",
    "what builds a model": "n = Sequential([layers.Dense(4)])\nif kind > 3: n.fit(sizes)",
    "a layer that is called": "n = layers.Dense(4)\nif kind > 3: print(n(sizes))",
    "a walrus": "n = 4\nwhile (n := n * 2) < unknown: print(n)",
}


@pytest.mark.parametrize("program", QUIET.values(), ids=QUIET)
def test_what_only_reports_is_not_even_tried(program, monkeypatch):
    monkeypatch.setattr(allowance, "MAX_STEPS", 0)
    program = f"model.add(layers.Dense(2))\nimport matplotlib.pyplot as plt\n{program}"
    assert infer(read_python((BEFORE + program).encode())).total_params == 8


@pytest.mark.parametrize("program", LOUD.values(), ids=LOUD)
def test_what_may_be_read_elsewhere_is_tried(program, monkeypatch):
    monkeypatch.setattr(allowance, "MAX_STEPS", 0)
    program = f"model.add(layers.Dense(2))\n{program}\n"
    with pytest.raises(LstmcountError, match=r"kind > 3|unknown"):
        read_python((BEFORE + program + "print(n)").encode())


SHAPE = """
from keras import Model, layers
def build(input_shape):
    inputs = shortcut = layers.Input(input_shape)
    x = layers.Conv2D(8, 3, padding="same")(inputs)
    if x.shape[-1] != inputs.shape[-1]:
        shortcut = layers.Conv2D(8, 1)(inputs)
    return Model(inputs, layers.add([x, shortcut]))
"""


def test_an_input_s_shape_is_asked_for_before_a_decision_that_depends_on_it():
    with pytest.raises(LstmcountError, match=r"--set 'input_shape=\[28,28,3\]'"):
        read_python(SHAPE.encode())
    config = read_python(SHAPE.encode(), settings={"input_shape": [28, 28, 3]})
    assert infer(config).total_params == (9 * 3 + 1) * 8 + (3 + 1) * 8


def with_import(statements, otherwise="n = 1"):
    lines = "\n".join(f"    {line}" for line in statements.split("\n"))
    return f"try:\n{lines}\nexcept ImportError:\n    {otherwise}\nmodel.add(layers.Dense(n))"


# Programs that build Dense(2) or Dense(1), and the setting that decides.
IMPORTS = {
    "a library": (with_import("import foo\nn = 2"), "import foo"),
    "a part of a library": (with_import("from foo.bar import Baz\nn = 2"), "import foo"),
    "any exception is caught": (
        "try: import foo\nexcept: foo = None\nmodel.add(layers.Dense(1 if foo is None else 2))",
        "import foo",
    ),
    "a flag": (
        with_import("import foo\nHAS = True", "HAS = False").replace("(n)", "(2 if HAS else 1)"),
        "import foo",
    ),
    "the else of a try": (
        "try:\n    import foo\nexcept ModuleNotFoundError:\n    n = 1\nelse:\n    n = 2\n"
        "model.add(layers.Dense(n))",
        "import foo",
    ),
    "a function that tries": (
        "def has(name):\n    try:\n        __import__(name)\n        return True\n"
        "    except ImportError:\n        return False\n"
        "model.add(layers.Dense(2 if has('foo') else 1))",
        "import foo",
    ),
    "a module by its name": (
        "import importlib\n" + with_import("foo = importlib.import_module('foo')\nn = 2"),
        "import foo",
    ),
    "whether it would be found": (
        "from importlib.util import find_spec\n"
        "model.add(layers.Dense(2 if find_spec('foo') else 1))",
        "import foo",
    ),
    "a layer that Keras 3 lacks": (
        with_import("from keras.layers import CuDNNLSTM\nn = 2"),
        "from keras.layers import CuDNNLSTM",
    ),
    "a module that is not beside the program": (
        with_import("from .config import something\nn = 2"),
        "import .config",
    ),
}
CERTAIN = {
    "the standard library": with_import("import json\nn = 2"),
    "NumPy": with_import("import numpy as np\nn = 2"),
    "Keras in TensorFlow": with_import("from tensorflow.keras.layers import LSTM\nn = 2"),
    "what the program needs anyway": "import foo\n" + with_import("from foo import Baz\nn = 2"),
    "the same model without it": with_import("import foo\nn = 2", "n = 2"),
    "the end without it": with_import("import foo\nn = 2", "raise SystemExit('foo is needed')"),
    "a Python that Keras needs": (
        "model.add(layers.Dense(2 if sys.version_info >= (3, 6) else 1))"
    ),
    "the first number of Python": "model.add(layers.Dense(2 if sys.version_info[0] > 2 else 1))",
    "Python 2": "n = 2\nif sys.version_info < (3,): n = 1\nmodel.add(layers.Dense(n))",
}


CALLS = {
    "a flag": (
        "try:\n    unknown.read('x', sep=',')\n    n = 8\nexcept Exception:\n    n = 4",
        "try: unknown.read('x', sep=',')",
    ),
    "what an exception skips": (
        "n = 4\ntry:\n    unknown.setup()\n    n = 8\nexcept (OSError, ValueError): pass",
        "try: unknown.setup()",
    ),
    "in a function that is called": (
        "def load(): return unknown.read()\n"
        "try:\n    load()\n    n = 8\nexcept Exception:\n    n = 4",
        "try: unknown.read()",
    ),
    "what suppress ends": (
        "import contextlib\nn = 4\nwith contextlib.suppress(Exception):\n"
        "    unknown.setup()\n    n = 8",
        "try: unknown.setup()",
    ),
    "what a context of the program ends": (
        "class Calm:\n    def __exit__(self, *raised): return True\nn = 4\nwith Calm():\n"
        "    unknown.setup()\n    n = 8",
        "try: unknown.setup()",
    ),
    "a class that is not known": (
        "try:\n    n = 8\n    unknown.setup()\nexcept unknown.Failure:\n    n = 4",
        "try: unknown.setup()",
    ),
    "an item": (
        "n = 8\ntry: unknown['n']\nexcept KeyError: n = 4",
        "try: unknown['n']",
    ),
    "a variable of the environment": (
        "n = 8\ntry: os.environ['N']\nexcept KeyError: n = 4",
        "try: os.environ['N']",
    ),
    "an index": ("n = 8\ntry: [1][unknown]\nexcept IndexError: n = 4", "try: [1][unknown]"),
    "a conversion": ("n = 8\ntry: int(unknown)\nexcept: n = 4", "try: int(unknown)"),
    "an attribute": (
        "n = 8\ntry: unknown.width\nexcept AttributeError: n = 4",
        "try: unknown.width",
    ),
    "a division": (
        "n = 8\ntry: 1 / unknown\nexcept ZeroDivisionError: n = 4",
        "try: 1 / unknown",
    ),
    "a loop": (
        "n = 8\ntry:\n    for _ in unknown: pass\nexcept TypeError: n = 4",
        "try: unknown",
    ),
    "several targets": (
        "n = 8\ntry: a, b = unknown\nexcept ValueError: n = 4",
        "try: unknown as (a, b)",
    ),
    "a search": (
        "n = 8\ntry: [1].index(unknown)\nexcept ValueError: n = 4",
        "try: [1].index(unknown)",
    ),
    "JSON": (
        "import json\nn = 8\ntry: json.loads(unknown)\nexcept ValueError: n = 4",
        "try: json.loads(unknown)",
    ),
}
CERTAIN_CALLS = {
    "ended by the exception": "try:\n    unknown.read()\nexcept Exception:\n    n = 4\n    raise",
    "not of calls": "try:\n    unknown.read()\nexcept ImportError:\n    n = 4",
    "only reported": "try:\n    unknown.read()\nexcept Exception as error:\n    print(error)",
    "known": "try:\n    n = int('8')\nexcept Exception:\n    n = 4",
}


@pytest.mark.parametrize(("program", "words"), CALLS.values(), ids=CALLS)
def test_a_call_that_may_fail_is_asked_for(program, words):
    program += "\nmodel.add(layers.Dense(n))"
    with pytest.raises(LstmcountError, match="works is not known") as error:
        read(program)
    (hint,) = re.findall(r"--set (.+)", str(error.value))
    (setting,) = shlex.split(hint)
    name, value = parse_setting(setting)
    assert (name, value) == (words, True)
    assert infer(read(program, {name: True})).total_params == 32
    assert infer(read(program, {name: False})).total_params == 16


@pytest.mark.parametrize("program", CERTAIN_CALLS.values(), ids=CERTAIN_CALLS)
def test_a_call_whose_failure_decides_nothing_is_not_asked_for(program):
    assert infer(read(f"n = 8\n{program}\nmodel.add(layers.Dense(n))")).total_params == 32


CACHED = """
import functools
@functools.lru_cache
def made(n, *rest): return layers.Dense(4)
"""


@pytest.mark.parametrize(
    ("calls", "question"),
    [
        ("made(unknown), made(kind)", "unknown == kind"),
        ("made(unknown), made(3)", "unknown == 3"),
        ("made(unknown), made(unknown)", None),
        ("made(unknown, 1), made(kind, 2)", None),
    ],
)
def test_whether_arguments_of_a_cache_are_equal_is_asked_for(calls, question):
    program = f"{CACHED}model = Sequential([Input((4,)), *[{calls}]])"
    if question is None:
        assert infer(read(program)).total_params == (20 if "1" not in calls else 40)
        return
    with pytest.raises(LstmcountError, match=re.escape(f"'{question}=true'")):
        read(program)
    assert infer(read(program, {question: True})).total_params == 20
    assert infer(read(program, {question: False})).total_params == 40


def test_a_layer_that_keras_refuses_ends_the_body_of_try():
    attempts = {
        "layers.Dense(-5)": "ValueError",
        "layers.LSTM(4, activaton='relu')": "ValueError",
        "layers.Conv2D(4, 3, padding='wide')": "Exception",
        "layers.Dense()": "TypeError",
        "layers.Conv2D(4, 3)(Input((3,)))": "ValueError",
    }
    attempts |= {  # calls with other sizes than the first one
        f"layer = layers.{layer}; layer(Input((5, 3))); layer(Input((5, 6)))": "ValueError"
        for layer in ("Dense(4)", "Conv1D(4, 3)", "BatchNormalization()")
    }
    program = "n = 0\n"
    for attempt, kind in attempts.items():
        program += f"try:\n    {attempt}\n    n = 100\nexcept {kind}:\n    n += 1\n"
    program += "try: layers.Dense(2)\nexcept ValueError: n = 100\nmodel.add(layers.Dense(n))"
    assert infer(read(program)).total_params == 4 * len(attempts)


@pytest.mark.parametrize(("program", "words"), IMPORTS.values(), ids=IMPORTS)
def test_an_import_that_may_fail_is_asked_for(program, words):
    with pytest.raises(LstmcountError, match=f"whether `{re.escape(words)}` works") as error:
        read(program)
    assert re.search(rf"--set '{re.escape(words)}=(true|false)'$", str(error.value))
    assert infer(read(program, {words: True})).total_params == 8
    assert infer(read(program, {words: False})).total_params == 4


@pytest.mark.parametrize("program", CERTAIN.values(), ids=CERTAIN)
def test_an_import_that_decides_nothing_is_not_asked_for(program):
    assert infer(read(program)).total_params == 8


def test_an_import_is_asked_for_if_the_model_is_known_only_without_it():
    program = """
try:
    from foo import make
except ImportError:
    def make():
        return layers.Dense(2)
model = Sequential([Input((3,)), make()])"""
    with pytest.raises(LstmcountError, match=r"--set 'import foo=false'$"):
        read(program)
    assert infer(read(program, {"import foo": False})).total_params == 8


def test_a_flag_decides_instead_of_the_import():
    program = IMPORTS["a flag"][0]
    assert infer(read(program, {"HAS": False})).total_params == 4


@pytest.mark.parametrize("test", ["sys.version_info >= (3, 13)", "sys.platform == 'darwin'"])
def test_the_python_that_the_program_runs_with_is_asked_for(test):
    with pytest.raises(LstmcountError, match="which is not known"):
        read(f"model.add(layers.Dense(2 if {test} else 1))")


BRANCHES = """
from keras import Model, layers
def build(branches):
    inputs, outputs = [], []
    for branch in branches:
        inputs.append(layers.Input((branch,)))
        outputs.append(layers.Dense(3)(inputs[-1]))
    x = layers.concatenate(outputs) if len(outputs) > 1 else outputs[0]
    return Model(inputs, layers.Dense(2)(x))
"""


def test_a_loop_without_which_the_outputs_are_not_known_is_asked_for():
    with pytest.raises(LstmcountError, match="how often the loop runs depends on `branches`"):
        read_python(BRANCHES.encode())
    config = read_python(BRANCHES.encode(), settings={"branches": [8, 16]})
    assert infer(config).total_params == 27 + 51 + 14


TWO_FUNCTIONS = """
from keras import Sequential, layers
def other(wide):
    if wide:
        return Sequential([layers.Input((3,)), layers.Dense(9)])
    return Sequential([layers.Input((3,)), layers.Dense(1)])
def build(cells):
    model = Sequential([layers.Input((3,))])
    for units in cells:
        model.add(layers.Dense(4))
    return model
"""


def test_decisions_in_functions_that_make_other_models_are_not_asked_for(monkeypatch):
    monkeypatch.setattr(allowance, "MAX_STEPS", 0)
    with pytest.raises(LstmcountError, match="depends on `cells`"):
        read_python(TWO_FUNCTIONS.encode())
    with pytest.raises(LstmcountError, match="depends on `wide`"):
        read_python(TWO_FUNCTIONS.encode(), model="other")


HELD_BY_A_VARIABLE = """
from keras import Sequential, layers
def report(scores):
    if scores > 3:
        scores = 3
    return scores
def train(data):
    inner = Sequential([layers.Input((3,)), layers.Dense(4)])
    inner.fit(data)
    return inner.evaluate(data)
"""


def test_decisions_in_functions_that_make_no_model_are_not_tried(monkeypatch):
    monkeypatch.setattr(allowance, "MAX_STEPS", 0)
    assert infer(read_python(HELD_BY_A_VARIABLE.encode())).total_params == 16


ADDED_ELSEWHERE = """
from keras import Sequential, layers
model = None
def build():
    global model
    model = Sequential([layers.Input((3,)), layers.Dense(4)])
def finish(wide):
    if wide:
        model.add(layers.Dense(2))
"""


def test_decisions_in_a_function_that_adds_to_a_model_of_another_are_asked_for():
    with pytest.raises(LstmcountError, match="--set wide=true"):
        read_python(ADDED_ELSEWHERE.encode())


WITHOUT_DATA = """
import os
from keras import Sequential, layers
def build(units):
    model = Sequential([layers.Input((3,)), layers.Dense(units)])
    return model
def train(path):
    if not os.path.exists(path):
        print("no data")
        return
    model = build(4)
    model.fit(path)
train("data")
"""


def test_a_way_out_without_a_model_is_not_asked_for():
    assert infer(read_python(WITHOUT_DATA.encode())).total_params == 16


def test_decisions_that_others_hide_are_tried_after_them(monkeypatch):
    monkeypatch.setattr(allowance, "MAX_STEPS", 40_000)
    tries = "\n".join(
        f"try:\n    x = unknown.part({i})\n    for y in x:\n        if y > {i}: x = 3\n"
        "except Exception: print(x)"
        for i in range(16)
    )
    assert infer(read(f"{tries}\nmodel.add(layers.Dense(2))")).total_params == 8
    with pytest.raises(LstmcountError, match="--set kind=true"):
        read(f"{tries}\nmodel.add(layers.Dense(2))\nif kind: model.add(layers.Dense(2))")


NARROW = "Sequential([Input((4,)), layers.Dense(3)])"
WIDE = "Sequential([Input((4,)), layers.Dense(9)])"
WHICH = {
    "by branches": f"if kind > 3: narrow = {NARROW}\nelse: wide = {WIDE}",
    "by functions that are called": (
        f"def make_narrow():\n    narrow = {NARROW}\n    narrow.summary()\n"
        f"def make_wide():\n    wide = {WIDE}\n    wide.summary()\n"
        "if kind > 3: make_narrow()\nelse: make_wide()"
    ),
    "by a function that is never called": (
        f"def make(kind):\n    if kind > 3:\n        narrow = {NARROW}\n        return narrow\n"
        f"    wide = {WIDE}\n    return wide"
    ),
    "a last one": f"wide = {WIDE}\nif kind > 3: narrow = {NARROW}",
    "another name of it": (
        f"wide = {WIDE}\ndef found():\n    if kind > 3: return wide\n"
        "again = found()\nif again: again.add(layers.Dense(3))"
    ),
}


@pytest.mark.parametrize("program", WHICH.values(), ids=WHICH)
def test_which_model_a_program_makes_is_asked_for(program):
    program = BEFORE.rpartition("model =")[0] + program
    with pytest.raises(LstmcountError, match="which way the program goes depends on `kind`"):
        read_python(program.encode())
    totals = {
        infer(read_python(program.encode(), settings={"kind": k})).total_params for k in (1, 5)
    }
    assert len(totals) == 2


def test_decisions_about_a_model_whose_name_is_bound_to_another_later_are_asked_for():
    add = "if kind: model.add(layers.Dense(4))"
    with pytest.raises(LstmcountError, match="--set kind=true"):
        read(f"{add}\nmodel = unknown.restore(model)")
    data = "for text in unknown: sizes.append(text)"
    assert infer(read(f"model.add(layers.Dense(4))\n{data}\nmodel = kind.model")).total_params == 16


OTHERWISE = {
    "another package makes it": "unknown.build(10)",
    "a layer is not known": "Sequential([Input((3,)), unknown.layer(4)])",
    "its outputs are not known": "Model(i := Input((3,)), unknown(i))",
}
BUILD = """
def build(name):
    if name == "dense":
        return Sequential([Input((3,)), layers.Dense(2)])
    return {}
"""
MADE = {
    "by the program": "if kind: model = {}\nelse: model.add(layers.Dense(2))",
    "by a function": f"{BUILD}model = build(kind)",
    "by a function that is never called": f"del model{BUILD}",
}


@pytest.mark.parametrize("made", MADE.values(), ids=MADE)
@pytest.mark.parametrize("other", OTHERWISE.values(), ids=OTHERWISE)
def test_a_model_that_cannot_be_followed_otherwise_is_asked_for(made, other):
    with pytest.raises(LstmcountError, match=r"the program goes depends on `(kind|name)`"):
        read(made.format(other))


LOADED = ("load_model('m.keras')", "keras.models.load_model(kind)", "unknown.restore('m')")


@pytest.mark.parametrize("made", MADE.values(), ids=MADE)
@pytest.mark.parametrize("other", LOADED)
def test_a_model_that_is_loaded_otherwise_is_counted_as_it_is_made(made, other):
    program = "from keras.models import load_model\n" + made.format(other)
    assert infer(read(program)).total_params == 8


def test_a_question_about_the_size_of_the_batch_has_its_words():
    program = "import keras\nfrom keras import layers, ops\nclass Own(layers.Layer):\n"
    program += "    def call(self, x):\n        n = ops.shape(x)[0]\n"
    program += "        return ops.zeros((0, 3)) if n == 0 else layers.Dense(4)(x)\n"
    program += "x = keras.Input((3,))\nmodel = keras.Model(x, layers.Dense(2)(Own()(x)))\n"
    with pytest.raises(LstmcountError) as caught:
        read_python(program.encode())
    assert "depends on `n == 0`, which is not known: --set 'n == 0=true'" in caught.value.message


WINDOWS = """
import numpy as np, pandas as pd
from keras import Input, Sequential, layers
df = pd.read_csv("prices.csv")
data = df[["open", "close"]].values
X = []
for i in range({rounds}):
    X.append(data[{part}])
X = np.array(X)
model = Sequential([Input({shape}), layers.LSTM(8), layers.Dense(1)])
"""


@pytest.mark.parametrize("rounds", ["len(df) - 5", "5, len(data)", "data.shape[0] - 5"])
@pytest.mark.parametrize("part", ["i:i + 5", "i - 5:i, :"])
@pytest.mark.parametrize("shape", ["X.shape[1:]", "(X.shape[1], X.shape[2])"])
def test_windows_over_data_tell_their_shape(rounds, part, shape):
    """Without any window, the model would have no shape to be built with, and so no number."""
    program = WINDOWS.format(rounds=rounds, part=part, shape=shape)
    assert infer(read_python(program.encode())).total_params == 361


TESTED = {
    "any": "any(put(n) for n in (3, 5))",
    "all": "all(not put(n) for n in (3, 5))",
    "next": "next((n for n in (3, 5) if put(n)), None)",
    "a filter": "next(filter(put, (3, 5)), None)",
}


@pytest.mark.parametrize("statement", TESTED.values(), ids=TESTED)
def test_conditions_that_make_layers_before_the_next_are_asked_for(statement):
    program = (
        "def put(n):\n    model.add(layers.Dense(n))\n    return n > unknown\n"
        f"model.add(layers.LSTM(4))\nfound = {statement}"
    )
    with pytest.raises(LstmcountError, match=r"depends on `unknown`.*--set"):
        read(program)
    lstm = 4 * ((3 + 4) * 4 + 4)
    assert infer(read(program, {"unknown": 1})).total_params == lstm + 15
    assert infer(read(program, {"unknown": 9})).total_params == lstm + 15 + 20


def test_conditions_that_make_layers_are_all_followed():
    program = (
        "def put(n):\n    model.add(layers.Dense(n))\n    return n > unknown\n"
        "model.add(layers.LSTM(4))\nfound = [n for n in (3, 5) if put(n)]"
    )
    assert infer(read(program)).total_params == 4 * ((3 + 4) * 4 + 4) + 15 + 20
