"""Functions that register models under the module that defines them."""

from lstmcount.graph.inference import infer
from lstmcount.programs import read_python

REGISTRY = """import sys
MODELS = {}
def register(function):
    module = sys.modules[function.__module__]
    name = function.__name__
    if hasattr(module, '__all__'):
        module.__all__.append(name)
    else:
        module.__all__ = [name]
    for item in dir(module):
        if item.endswith('_SIZES') and name in getattr(module, item):
            MODELS[name] = getattr(module, item)[name]
    return function
"""
MODEL = """from keras import layers, Input, Model
NET_SIZES = {'net': 5}
@register
def net():
    x = Input((4,))
    return Model(x, layers.Dense(MODELS['net'])(x))
"""


def test_in_one_program():
    assert infer(read_python(f"{REGISTRY}{MODEL}model = net()".encode())).total_params == 25


def test_in_a_package(tmp_path, call):
    (tmp_path / "nets").mkdir()
    (tmp_path / "nets" / "__init__.py").write_text("")
    (tmp_path / "nets" / "registry.py").write_text(REGISTRY)
    (tmp_path / "nets" / "small.py").write_text(f"from nets.registry import *\n{MODEL}")
    text = "import nets.small as m\nimport keras\n"
    text += "model = m.net() if 'net' in m.__all__ else keras.Sequential()\n"
    (tmp_path / "main.py").write_text(text)
    assert call("count", "main.py", cwd=tmp_path).stdout == "25\n"
