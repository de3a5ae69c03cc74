"""Which layers in the attributes of a program's own class count: those that Keras tracks."""

from __future__ import annotations

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python

MODEL = """
import collections, keras
from keras import layers, ops
from keras.src.utils.tracking import DotNotTrackScope
Pair = collections.namedtuple("Pair", "first second")
class Layers(list): pass
class Object:
    def __init__(self, layer): self.layer = layer
class Own(keras.Model):
    def __init__(self, layer):
        super().__init__()
        self.last = layers.Dense(2)
        {init}
    {more}
    def call(self, x):
        for layer in {used}: x = layer(x)
        return self.last(x)
model = Own(layers.Dense(3))
model(ops.zeros((1, 4)))
"""
ONE, LAST = 15, 8  # weights of Dense(3) for 4 features and of Dense(2) for 3
COUNTED = {
    # what is set in `__dict__`
    ("self.__dict__['one'] = layer", "[self.one]"): LAST,
    ("vars(self)['one'] = layer", "[self.one]"): LAST,
    ("self.__dict__.update(one=layer)", "[self.one]"): LAST,
    ("self.__dict__.update(locals())", "[self.layer]"): LAST,
    ("object.__setattr__(self, 'one', layer)", "[self.one]"): LAST,
    ("super().__setattr__('one', layer)", "[self.one]"): ONE + LAST,
    ("self.__dict__['one'] = layer; self.one = layer", "[self.one]"): ONE + LAST,
    ("self.__dict__['one'] = self.other = layer", "[self.one]"): ONE + LAST,
    ("with DotNotTrackScope(): self.one = layer", "[self.one]"): LAST,
    ("[setattr(self, name, layer) for name in ('one', 'two')]", "[self.one]"): ONE + LAST,
    # containers
    ("self.pair = Pair(layer, None)", "self.pair[:1]"): ONE + LAST,
    ("self.several = {layer}", "self.several"): ONE + LAST,
    ("self.several = frozenset([layer])", "self.several"): LAST,
    ("self.several = collections.deque([layer])", "self.several"): LAST,
    ("self.several = Layers([layer])", "self.several"): ONE + LAST,
    ("self.several = collections.OrderedDict(a=layer)", "self.several.values()"): ONE + LAST,
    ("self.object = Object(layer)", "[self.object.layer]"): LAST,
    ("self.get = lambda: layer", "[self.get()]"): LAST,
    # elements that are added later
    ("self.several = [None]; self.several[0] = layer", "self.several"): LAST,
    ("self.several = [None, layer]; self.several[0] = layer", "self.several[:1]"): ONE + LAST,
    ("self.several = [None]; self.several[0] = self.one = layer", "self.several"): ONE + LAST,
    ("self.several = [[None]]; self.several[0][0] = layer", "self.several[0]"): LAST,
    ("self.several = {}; self.several[0] = layer", "[self.several[0]]"): ONE + LAST,
    ("self.several = []; self.several.append(layer)", "self.several"): ONE + LAST,
    ("self.several = []; self.several += [layer]", "self.several"): ONE + LAST,
    ("self.several = [layer]; self.several.pop()", "[layers.Dense(3)]"): LAST,
    ("several = [None]; several[0] = layer; self.several = several", "self.several"): ONE + LAST,
    # containers that Keras 3 keeps, and what their methods track
    ("self.several = collections.defaultdict(list); self.several['a'] = layer",
     "self.several.values()"): ONE + LAST,
    ("self.several = collections.ChainMap({'a': layer})", "[self.several['a']]"): LAST,
    ("self.several = {}; self.several.update({'a': layer})", "self.several.values()"): ONE + LAST,
    ("self.several = {}; self.several.setdefault('a', layer)", "self.several.values()"): LAST,
    ("self.several = {}; self.several |= {'a': layer}", "self.several.values()"): ONE + LAST,
    ("self.one = layer; self.several = dict(a=layer); self.several.pop('a')",
     "[self.one]"): LAST,
    ("self.one = layer; self.several = dict(a=layer); del self.several['a']",
     "[self.one]"): ONE + LAST,
    ("self.one = layer; self.several = dict(a=layer); self.several.popitem()",
     "[self.one]"): LAST,
    ("self.several = dict(a=layer); self.all = dict(self.several); self.several.clear()",
     "self.all.values()"): LAST,
    ("self.one = layer; self.several = [layer]; del self.several[0]", "[self.one]"): LAST,
    ("self.one = layer; self.several = [layer]; del self.several[:]", "[self.one]"): ONE + LAST,
    ("self.one = layer; self.several = [layer]; self.several.remove(layer)", "[self.one]"): LAST,
    ("self.one = layer; self.several = [layer]; self.several.clear()", "[self.one]"): LAST,
    ("self.several = [layer]; self.several.reverse()", "self.several"): ONE + LAST,
    ("self.several = []; self.several.insert(0, layer)", "self.several"): ONE + LAST,
    ("self.several = []; self.several.extend(each for each in [layer])",
     "self.several"): ONE + LAST,
    ("self.several = []; self.several[:] = [layer]", "self.several"): LAST,
    ("self.several = []; several = self.several; several += [layer]", "self.several"): LAST,
    ("self.several = []; self.several = self.several + [layer]", "self.several"): ONE + LAST,
    ("self.several = []; self.several.append([]); self.several[0].append(layer)",
     "self.several[0]"): LAST,
    ("self.several = []; self.several.append([layer])", "self.several[0]"): ONE + LAST,
    ("self.several = []; self.several.extend([[]]); self.several[0].append(layer)",
     "self.several[0]"): ONE + LAST,
    ("self.several = {}; self.several['a'] = []; self.several['a'].append(layer)",
     "self.several['a']"): LAST,
    ("self.several = [None, layer]; self.several[0], self.several[1] = self.several[1], None",
     "self.several[:1]"): ONE + LAST,
    ("self.several = set(); self.several.add(layer)", "self.several"): ONE + LAST,
    ("self.several = set(); self.several.update([layer])", "self.several"): ONE + LAST,
    ("self.one = layer; self.several = {layer}; self.several.discard(layer)",
     "[self.one]"): ONE + LAST,
    ("self.one = layer; self.several = {layer}; self.several.remove(layer)", "[self.one]"): LAST,
    # what a program tracks by hand
    ("self._layers.append(layer); self.object = Object(layer)", "[self._layers[-1]]"): ONE + LAST,
    ("self.one = layer; self._layers.remove(layer)", "[self.one]"): LAST,
    ("self.one = layer; self._tracker.untrack(layer)", "[self.one]"): LAST,
    ("self.object = Object(self._tracker.track(layer))", "[self.object.layer]"): ONE + LAST,
    ("self._tracker.add_to_store('layers', layer); self.object = Object(layer)",
     "[self.object.layer]"): ONE + LAST,
    # layers that an attribute no longer holds
    ("layer.build((None, 4)); self.one = layer; self.one = layers.Identity()", "[Dense3()]"): 23,
    ("layer.build((None, 4)); self.one = layer; del self.one", "[Dense3()]"): ONE + LAST,
    ("layer.build((None, 4)); self.one = [layer]; self.one[0] = 1", "[Dense3()]"): ONE + LAST,
}  # fmt: skip
MORE = {
    "def __setattr__(self, name, value):\n"
    "        object.__setattr__(self, name, value) if name == 'one' "
    "else super().__setattr__(name, value)": LAST,
    "def __setattr__(self, name, value):\n"
    "        super().__setattr__('the_' + name if name == 'one' else name, value)\n"
    "    one = property(lambda self: self.the_one)": ONE + LAST,
}


def program(init, used, more="pass"):
    made = "layers.Dense(3, use_bias=False)"
    return MODEL.format(
        init=init, used=used.replace("Dense3()", f"Object({made}).layer"), more=more
    )


PROGRAMS = [(program(*case), count) for case, count in COUNTED.items()]
PROGRAMS += [(program("self.one = layer", "[self.one]", more), MORE[more]) for more in MORE]


@pytest.mark.parametrize(("text", "count"), PROGRAMS)
def test_layers_that_keras_tracks_count(text, count):
    assert infer(read_python(text.encode())).total_params == count


@pytest.mark.oracle
@pytest.mark.parametrize(("text", "count"), PROGRAMS)
def test_keras_tracks_them(text, count):
    pytest.importorskip("keras")
    names: dict[str, object] = {}
    exec(text, names)
    assert names["model"].count_params() == count


UPDATES = {
    "self.several.update(a=layer)": TypeError,
    "self.several.update([('a', layer)])": AttributeError,
}


@pytest.mark.parametrize("update", UPDATES)
def test_a_kept_dict_is_only_updated_with_a_dict(update):
    name = UPDATES[update].__name__
    with pytest.raises(LstmcountError, match="takes a dict; Keras 3 refuses it"):
        read_python(program(f"self.several = {{}}; {update}", "[self.several['a']]").encode())
    init = f"self.several = {{}}\n        try: {update}\n        except {name}: self.one = layer"
    assert infer(read_python(program(init, "[self.one]").encode())).total_params == ONE + LAST


@pytest.mark.oracle
@pytest.mark.parametrize("update", UPDATES)
def test_keras_refuses_to_update_it_otherwise(update):
    pytest.importorskip("keras")
    with pytest.raises(UPDATES[update]):
        exec(program(f"self.several = {{}}; {update}", "[self.several['a']]"), {})


LATE = """
import keras
from keras import layers, ops
class Own(layers.Layer):
    def __init__(self):
        super().__init__()
        self.one = layers.Dense(3)
    def build(self, shape):
        self.one.build(shape)
    def call(self, x):
        {call}
        return self.one(x)
x = keras.Input((4,))
own = Own()
model = keras.Model(x, own(x))
{after}
"""
UNLOCKED = (
    "if not hasattr(self, 'two'):\n"
    "            self._tracker.unlock(); self.two = layers.Dense(4); self._tracker.lock()\n"
    "        x = self.two(x)"
)


def test_an_unlocked_layer_tracks_layers_that_its_call_makes():
    text = LATE.format(call=UNLOCKED, after="")
    assert infer(read_python(text.encode())).total_params == 15 + 20


@pytest.mark.parametrize("value", ["layers.Dense(2)", "[layers.Dense(2)]", "keras.Variable([1.0])"])
def test_a_built_layer_gets_no_layers_or_weights(value):
    with pytest.raises(LstmcountError, match="which is already built; Keras 3 refuses it"):
        read_python(LATE.format(call="pass", after=f"own.two = {value}").encode())
    text = LATE.format(call="pass", after=f"own._tracker.unlock()\nown.two = {value}")
    assert infer(read_python(text.encode())).total_params in (15, 16)


def test_keras_2_tracks_what_attributes_hold():
    text = program("self.several = [None]; self.several[0] = layer", "self.several")
    of_keras_2 = text.replace("from keras.src.utils.tracking import DotNotTrackScope", "")
    of_keras_2 = of_keras_2.replace("import ops", "backend as ops").replace("layers, ops", "layers")
    of_keras_2 = (
        of_keras_2.replace("ops.zeros", "tf.zeros")
        .replace("collections, keras", ("collections, tensorflow as tf, tf_keras as keras"))
        .replace("from keras", "from tf_keras")
    )
    assert infer(read_python(of_keras_2.encode())).total_params == ONE + LAST
