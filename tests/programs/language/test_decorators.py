"""Decorators: those that are known, those that change nothing, and those of absent packages."""

from __future__ import annotations

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python

BEFORE = """
import abc, functools, keras
from abc import ABC, abstractmethod
from keras import layers
from absent import inject, twice, gin, timer, st, njit, ex, helper
def own(function): return helper(function)
def again(function): return function
def model_of(units): return keras.Sequential([keras.Input((4,)), layers.Dense(units)])
"""
NOTED = {  # the text of the decorator in the note
    "@inject(units=5)\ndef build(units=3): return model_of(units)\nmodel = build()": (
        "`inject(units=5)` of build"
    ),
    "@gin.configurable\ndef build(units=3): return model_of(units)\nmodel = build()": (
        "`gin.configurable` of build"
    ),
    "@gin.configurable\nclass Own(layers.Dense): pass\n"
    "model = keras.Sequential([keras.Input((4,)), Own(3)])": "`gin.configurable` of Own",
    "@twice\ndef units(): return 3\nmodel = model_of(units())": "`twice` of units",
    "@twice\ndef sizes(): return [3]\nmodel = model_of(*sizes())": "`twice` of sizes",
    "@twice\ndef options(): return {'units': 3}\nmodel = model_of(**options())": (
        "`twice` of options"
    ),
    "class Own(layers.Layer):\n    @inject\n    def build(self, shape):"
    " self.w = self.add_weight((4, 3)); self.b = self.add_weight((3,))\n"
    "    def call(self, x): return x @ self.w\n"
    "model = keras.Sequential([keras.Input((4,)), Own()])": "`inject` of build",
    "@own\ndef build(): return model_of(3)\nmodel = build()": "`own` of build",
    "class Makes:\n    @inject\n    def build(self): return model_of(3)\nmodel = Makes().build()": (
        "`inject` of build"
    ),
}
QUIET = [
    "@timer\ndef build(): return model_of(3)\nmodel = build()",
    "@st.cache_resource(show_spinner=False)\ndef build(): return model_of(3)\nmodel = build()",
    "@njit\ndef units(): return 3\nmodel = model_of(units())",
    "@again\ndef build(): return model_of(3)\nmodel = build()",
    "@functools.lru_cache\ndef build(): return model_of(3)\nmodel = build()",
    "@inject\ndef unused(): return 3\nmodel = model_of(3)",
    "@inject\ndef prints(): print(3)\nprints()\nmodel = model_of(3)",
    "@ex.config\nclass Config: units = 3\nmodel = model_of(Config.units)",
    "class Makes(ABC):\n    @abstractmethod\n    def build(self): return model_of(3)\n"
    "class Child(Makes):\n    def build(self): return super().build()\nmodel = Child().build()",
]


@pytest.mark.parametrize(("text", "decorator"), NOTED.items())
def test_an_unknown_decorator_is_noted_where_it_may_matter(text, decorator):
    config = read_python(f"{BEFORE}{text}\n".encode())
    assert infer(config).total_params == 15
    (note,) = [note for note in config.notes if "decorator" in note]
    assert f"the decorator {decorator} cannot be followed; " in note


@pytest.mark.parametrize("text", QUIET)
def test_other_decorators_are_not_noted(text):
    config = read_python(f"{BEFORE}{text}\n".encode())
    assert infer(config).total_params == 15
    assert not [note for note in config.notes if "decorator" in note]


MAKES = """
import abc, functools, keras
from abc import ABC, abstractmethod
class Makes({base}):
    {abstract}
    def name(self): ...
    def units(self): return 3
class Child(Makes):
    name = "child"
"""
MODEL = "model = keras.Sequential([keras.Input((4,)), keras.layers.Dense({units})])"
BASES = {"ABC": True, "abc.ABC": True, "metaclass=abc.ABCMeta": True, "object": False}
ABSTRACT = {
    "@abstractmethod": True,
    "@abc.abstractproperty": True,
    "@property\n    @abc.abstractmethod": True,
    "@functools.lru_cache": False,
}


@pytest.mark.parametrize(("abstract", "is_abstract"), ABSTRACT.items())
@pytest.mark.parametrize(("base", "is_checked"), BASES.items())
def test_python_makes_no_object_of_an_abstract_class(base, is_checked, abstract, is_abstract):
    makes = MAKES.format(base=base, abstract=abstract)
    text = makes + MODEL.format(units="Child().units()")
    assert infer(read_python(text.encode())).total_params == 15
    text = makes + MODEL.format(units="Makes().units()")
    if is_checked and is_abstract:
        with pytest.raises(LstmcountError, match="TypeError is raised here"):
            read_python(text.encode())
    else:
        assert infer(read_python(text.encode())).total_params == 15


def test_a_program_may_catch_it():
    text = MAKES.format(base="ABC", abstract="@abstractmethod")
    text += "try: units = Makes().units()\nexcept TypeError: units = 5\n"
    assert infer(read_python(f"{text}{MODEL.format(units='units')}".encode())).total_params == 25
