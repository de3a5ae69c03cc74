"""Programs that build their models in several modules of a project."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

from lstmcount import summarize
from lstmcount.errors import LstmcountError
from tests.programs.projects import PROJECTS, Project, write
from tests.repository import Repository

COUNT = "import runpy, sys; names = runpy.run_path(sys.argv[1], run_name='__main__'); "
COUNT += "print(names['model'].count_params())"


@pytest.mark.parametrize("name", PROJECTS)
def test_all_modules_are_followed(name, tmp_path):
    summary = summarize(write(PROJECTS[name], tmp_path))
    assert summary.total_params == PROJECTS[name].params
    assert not any("not known" in note for note in summary.notes)


@pytest.mark.oracle
@pytest.mark.parametrize("name", PROJECTS)
def test_as_keras_counts_when_it_runs(name, tmp_path):
    program = write(PROJECTS[name], tmp_path)
    found = subprocess.run(
        [sys.executable, "-c", "import sys; sys.path.insert(0, sys.argv[2]); " + COUNT,
         program, program.parent],
        capture_output=True, text=True, check=True, cwd=tmp_path, env={**os.environ},
    )  # fmt: skip
    assert int(found.stdout.split()[-1]) == PROJECTS[name].params


PROGRAM = "import keras\nfrom {module} import block\ni = keras.Input((4,))\nx = block(i)\n"
PROGRAM += "model = keras.Model(i, x)\n"
BLOCK = "import keras\nfrom {module} import part\ndef block(x):\n    return part(x)\n"
PART = "import keras\ndef block(x):\n    return keras.layers.Dense(3)(x)\npart = block\n"


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, ["m.py:2:1: there is no module a; --code PATH adds its folder"]),
        (
            {"a.py": BLOCK.format(module="b")},
            ["a.py:2:1: there is no module b; ", "adds its folder (imported at m.py:2:1)"],
        ),
        (
            {"a.py": BLOCK.format(module="b").replace("import part", "import *")},
            ["a.py:2:1: there is no module b; ", "adds its folder (imported at m.py:2:1)"],
        ),
        (
            {"a.py": "def blocks(x): return x\n"},
            ["the module a has no 'block'. Did you mean blocks?"],
        ),
    ],
    ids=["no module", "no module of a module", "nor one of which all is imported", "no such name"],
)  # fmt: skip
def test_failed_imports_are_named(files, words, tmp_path, call):
    for name, text in {"m.py": PROGRAM.format(module="a"), **files}.items():
        (tmp_path / name).write_text(text)
    done = call("count", "m.py", cwd=tmp_path)
    assert done.returncode == 2
    for one in words:
        assert one in done.stderr


def test_an_unknown_layer_inside_a_layer_names_the_import_that_failed(tmp_path, call):
    text = "import keras\nfrom norms import Norm\nclass Block(keras.layers.Layer):\n"
    text += "    def __init__(self):\n        super().__init__()\n        self.norm = Norm(1e-6)\n"
    text += "        self.dense = keras.layers.Dense(3)\n"
    text += "    def call(self, x): return self.dense(self.norm(x))\n"
    text += "i = keras.Input((4,))\nmodel = keras.Model(i, Block()(i))\n"
    (tmp_path / "m.py").write_text(text)
    said = call("count", "m.py", cwd=tmp_path).stderr
    assert "`self.norm(x)` is not known (m.py:2:1: there is no module norms;" in said


def test_an_unknown_class_under_another_name_names_the_import_that_failed(tmp_path, call):
    text = "import keras\nimport norms\ndef pick(): return norms.Instance\nNorm = pick()\n"
    text += "i = keras.Input((4,))\nh = Norm()(i)\n"
    text += "model = keras.Model(i, keras.layers.Dense(3)(h))\n"
    (tmp_path / "m.py").write_text(text)
    said = call("count", "m.py", cwd=tmp_path).stderr
    assert "`Norm()(i)` is not known (m.py:2:1: there is no module norms;" in said


@pytest.mark.parametrize(
    ("call_of_it", "is_said"),
    [("keras.layers.Reshape((5, 2))(i)", True), ("i + keras.Input((4,))", False)],
)
def test_what_keras_refuses_is_said_of_layers(call_of_it, is_said, tmp_path, call):
    text = f"import keras\ni = keras.Input((7, 3))\nmodel = keras.Model(i, {call_of_it})\n"
    (tmp_path / "m.py").write_text(text)
    said = call("count", "m.py", cwd=tmp_path).stderr
    assert said.startswith("lstmcount: m.py:")
    assert ("; Keras 3 refuses it, too" in said) == is_said


def test_no_input_shape_is_asked_for_that_settles_nothing(tmp_path, call):
    text = "import keras\nimport hub\nfirst = hub.KerasLayer('https://example.org')\n"
    text += "model = keras.Sequential([first, keras.layers.Dense(3)])\n"
    (tmp_path / "m.py").write_text(text)
    said = call("count", "m.py", cwd=tmp_path).stderr
    assert "the parameters of first (first): m.py:2:1: there is no module hub;" in said
    assert "--set" not in said


def test_a_program_without_a_model_names_the_imports_that_failed(tmp_path, call):
    (tmp_path / "m.py").write_text("from nets import build\nmodel = build(3)\n")
    said = call("count", "m.py", cwd=tmp_path).stderr
    assert "makes no Keras model that could be followed (m.py:1:1: there is no module nets;" in said


def test_an_unknown_name_of_a_module_is_asked_for_by_the_keys_of_a_table(tmp_path, call):
    layer = "from keras import layers\nclass {}(layers.Layer):\n    def __init__(self, n):\n"
    layer += "        super().__init__()\n        self.a = layers.Dense(n)\n"
    layer += "    def call(self, x): return self.a(x)\n"
    program = "import importlib, keras\nfrom settings import config\n"
    program += "NAMES = {'flat': 'Flat', 'deep': 'Deep'}\ndef make(kind):\n"
    program += "    module = importlib.import_module(f'parts.{kind}')\n"
    program += "    return getattr(module, NAMES[kind])(5)\ninputs = keras.Input((4,))\n"
    program += "model = keras.Model(inputs, make(config.kind)(inputs))\n"
    files = {"m.py": program, "parts/__init__.py": ""}
    files |= {f"parts/{name}.py": layer.format(name.title()) for name in ("flat", "deep")}
    path = str(write(Project(25, "m.py", files), tmp_path))
    result = call("count", path)
    assert result.returncode == 2
    assert result.stderr.rstrip().endswith("--set config.kind=flat")
    assert call("count", path, "--set", "config.kind=flat").stdout == "25\n"


def test_a_module_that_is_not_python_is_named(tmp_path, call):
    (tmp_path / "m.py").write_text("from nets import build\nmodel = build(3)\n")
    (tmp_path / "nets.py").write_text("import blocks\nbuild = blocks.build\n")
    (tmp_path / "blocks.py").write_text("import keras\ndef build(n):\n    return keras.Model(\n")
    said = call("count", "m.py", cwd=tmp_path).stderr
    assert "(blocks.py:3: this is not Python 3 (imported at nets.py:1:1, m.py:1:1))" in said


def test_a_size_from_a_missing_module_names_the_module(tmp_path, call):
    text = "import keras\nfrom sizes import N\n"
    text += "model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(N)])\n"
    (tmp_path / "m.py").write_text(text)
    said = call("count", "m.py", cwd=tmp_path).stderr
    assert "needs `N`, which is not known (m.py:2:1: there is no module sizes;" in said
    assert said.rstrip().endswith("--set N=3")
    assert call("count", "m.py", "--set", "N=3", cwd=tmp_path).stdout == "15\n"


def test_a_layer_stands_where_it_is_written(tmp_path, call):
    (tmp_path / "m.py").write_text(PROGRAM.format(module="a"))
    (tmp_path / "a.py").write_text(
        "import keras\n\ndef block(x):\n    return keras.layers.Dense(0)(x)\n"
    )
    assert "a.py:4:31" in call("count", "m.py", cwd=tmp_path).stderr


def test_links_out_of_the_project_are_not_followed(tmp_path, call):
    inside = tmp_path / "project"
    inside.mkdir()
    (inside / ".git").mkdir()
    (inside / "m.py").write_text(PROGRAM.format(module="a"))
    (tmp_path / "a.py").write_text(PART)
    assert "there is no module a" in call("count", "m.py", cwd=inside).stderr
    (inside / "a.py").symlink_to("../a.py")
    assert "it is a link out of the project" in call("count", "m.py", cwd=inside).stderr


@pytest.mark.parametrize("folder", ["'..'", "'../'", "__file__ + '/../..'", "{outside!r}"])
def test_folders_outside_the_project_are_not_searched(folder, tmp_path, call):
    inside = tmp_path / "project"
    (inside / ".git").mkdir(parents=True)
    (tmp_path / "a.py").write_text(PART)
    added = f"sys.path.insert(0, {folder.format(outside=str(tmp_path))})"
    listed = (
        "import pkgutil, os\nfor one in pkgutil.iter_modules([sys.path[0]]): __import__(one.name)"
    )
    program = PROGRAM.format(module="a")
    (inside / "m.py").write_text(f"import sys\n{added}\n{listed}\n{program}")
    done = call("count", "m.py", "--verbose", cwd=inside)
    assert done.returncode == 2
    assert "there is no module a" in done.stderr
    (inside / "a.py").symlink_to("../a.py")
    assert "it is a link out of the project" in call("count", "m.py", cwd=inside).stderr


LOADS = """
import json, keras
units = json.load(open({path!r}))
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(units)])
"""


@pytest.mark.parametrize("path", ["sizes.json", "../sizes.json", "linked.json", "long.json"])
def test_data_is_read_from_short_files_of_the_project(path, tmp_path, call):
    inside = tmp_path / "project"
    (inside / ".git").mkdir(parents=True)
    (inside / "sizes.json").write_text("3")
    (inside / "long.json").write_text("3" + " " * 2**14)
    (tmp_path / "sizes.json").write_text("3")
    (inside / "linked.json").symlink_to("../sizes.json")
    (inside / "m.py").write_text(LOADS.format(path=path))
    done = call("count", "m.py", "--verbose", cwd=inside)
    if path == "sizes.json":
        assert (done.stdout, "read: sizes.json" in done.stderr) == ("15\n", True)
    else:
        assert "needs `units`, which is not known: --set units=3" in done.stderr


# What is read of a file with the lines "ab", "cde" and "fghi".
POSITIONS = [
    ("next(file)\nn = sum(1 for _ in file)", 2),
    ("n = len(next(file, '')) + len(list(file))", 5),
    ("file.read(4)\nn = len(file.read())", 8),
    ("file.read()\nfile.seek(0)\nn = len(file.readline())", 3),
    ("for line in file:\n    break\nn = len(file.readlines())", 2),
    ("import data\nfile.read(data.size)\nn = len(file.read())", None),
    ("file.seek(5)\nn = len(file.read())", None),
]


@pytest.mark.parametrize(("reads", "units"), POSITIONS)
@pytest.mark.parametrize("mode", ["r", "rb"])
def test_a_file_is_read_from_its_position_on(mode, reads, units, tmp_path, call):
    (tmp_path / "lines.txt").write_text("ab\ncde\nfghi\n")
    model = "model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(n)])\n"
    opened = f"import keras\nfile = open('lines.txt', {mode!r})\n"
    (tmp_path / "m.py").write_text(
        opened + reads.replace("''", repr(b"" if mode == "rb" else "")) + f"\n{model}"
    )
    done = call("count", "m.py", cwd=tmp_path)
    if units is None:
        assert (done.returncode, "`n`, which is not known" in done.stderr) == (2, True)
    else:
        assert done.stdout == f"{5 * units}\n"


@pytest.mark.parametrize(
    "changes",
    [
        "json.dump(7, open('n.json', 'w'))",
        "with open('n.json', 'r+') as file: file.write('7')",
        "pathlib.Path('n.json').write_text('7')",
        "pathlib.Path('m.json').rename('n.json')",
        "shutil.copy('m.json', 'n.json')",
        "subprocess.run(['cp', 'm.json', 'n.json'], check=True)",
        "os.system('cp m.json n.json')",
        "os.rename('m.json', 'n.json')",
        "os.chdir('elsewhere')",
        "pd.read_csv('m.csv').to_json('n.json')",
    ],
)
def test_a_file_that_the_program_may_change_is_not_read(changes, tmp_path, call):
    (tmp_path / "setup.py").write_text("")
    (tmp_path / "n.json").write_text("3")
    imports = "import os, pathlib, shutil, subprocess\nimport pandas as pd\n"
    before = "import json\nprint('reads n.json')\nlogger.info('reads %s', 'n.json')\n"
    program = imports + before + "{}\n" + LOADS.format(path="n.json")
    (tmp_path / "m.py").write_text(program.format("pass"))
    assert call("count", "m.py", cwd=tmp_path).stdout == "15\n"
    (tmp_path / "m.py").write_text(program.format(changes))
    assert "needs `units`" in call("count", "m.py", cwd=tmp_path).stderr


BUILT = (
    "model = keras.Sequential([keras.Input((cfg.net.size,)), keras.layers.Dense(cfg.net.units)])\n"
)
CONFIGURED = {
    "omegaconf": (
        "import keras\nfrom omegaconf import OmegaConf\nbase = OmegaConf.load('conf/a.yaml')\n"
        "more = OmegaConf.create({'net': {'units': 3}})\n"
        "cfg = OmegaConf.merge(base, more, OmegaConf.from_cli())\n"
        "assert OmegaConf.to_container(cfg)['net']['units'] == 3\n"
        "OmegaConf.set_struct(cfg, True)\n"
        "try:\n    cfg.net.new = 1\n    cfg.net.units = 8\nexcept AttributeError:\n    pass\n"
        "try:\n    cfg['new'] = 1\n    cfg.net.units = 9\nexcept KeyError:\n    pass\n" + BUILT
    ),
    "hydra": (
        "import hydra, keras\n@hydra.main(config_path='conf', config_name='b', version_base=None)\n"
        "def main(cfg):\n    " + BUILT + "if __name__ == '__main__':\n    main()\n"
    ),
    "ml_collections": (
        "import keras\nfrom ml_collections import config_dict\ncfg = config_dict.ConfigDict()\n"
        "cfg.net = config_dict.ConfigDict({'size': 4})\ncfg.net.units = 3\n" + BUILT
    ),
    "easydict": (
        "import keras\nfrom easydict import EasyDict as edict\ncfg = edict(net=dict(size=4))\n"
        "cfg.net.update(units=3)\n" + BUILT
    ),
}


@pytest.mark.parametrize("name", CONFIGURED)
def test_configurations_whose_items_are_attributes(name, tmp_path, call):
    (tmp_path / "conf/net").mkdir(parents=True)
    (tmp_path / "conf/a.yaml").write_text("net: {size: 4, units: 9}\n")
    (tmp_path / "conf/b.yaml").write_text("defaults: [net: small, _self_]\nnet: {size: 4}\n")
    (tmp_path / "conf/net/small.yaml").write_text("size: 7\nunits: 3\n")
    (tmp_path / "m.py").write_text(CONFIGURED[name])
    done = call("count", "m.py", cwd=tmp_path)
    assert (done.stdout, done.stderr) == ("15\n", "")


REFERRING = (
    """
import keras
from omegaconf import OmegaConf
given = {'size': 9, 'net': {'size': '${size}', 'units': REFERENCE, 'n': 3, 'all': ['${.n}', 8]}}
cfg = OmegaConf.merge(given, {'size': 4})
"""
    + BUILT
)


@pytest.mark.parametrize(
    ("reference", "units"),
    [("${.n}", 3), ("${..size}", 4), ("${oc.env:N}", None),
     ("\\${.n}", None), ("${net.units}", None), ("${net.${net.n}}", None),
     ("${net.missing}", None)],
)  # fmt: skip
def test_references_in_a_configuration(reference, units, tmp_path, call):
    (tmp_path / "m.py").write_text(REFERRING.replace("REFERENCE", repr(reference)))
    done = call("count", "m.py", cwd=tmp_path)
    if units is None:
        assert "--set cfg.net.units=3" in done.stderr
    else:
        assert done.stdout == f"{5 * units}\n"
    assert call("count", "m.py", "--set", "cfg.net.units=3", cwd=tmp_path).stdout == "15\n"


@pytest.mark.parametrize(
    "last",
    [
        "cfg.net.all[0]",
        "cfg['net'].get('same')",
        "dict(**cfg.net)['same']",
        "int(cfg.net.text[1:])",
        "OmegaConf.to_container(cfg, resolve=True)['net']['all'][0]",
    ],
)
def test_references_however_they_are_read(last, tmp_path, call):
    given = {"all": ["${.n}"], "n": 3, "same": "${net.n}", "text": "n${.n}"}
    (tmp_path / "m.py").write_text(
        "import keras\nfrom omegaconf import OmegaConf\n"
        f"cfg = OmegaConf.create({{'net': {given}}})\n"
        f"m = keras.Sequential([keras.Input((4,)), keras.layers.Dense({last})])\n"
    )
    assert call("count", "m.py", cwd=tmp_path).stdout == "15\n"


def test_a_path_that_may_mean_two_files_means_none(tmp_path, call):
    (tmp_path / "setup.py").write_text("")
    (tmp_path / "below").mkdir()
    (tmp_path / "below/m.py").write_text(LOADS.format(path="n.json"))
    (tmp_path / "below/n.json").write_text("3")
    assert call("count", "below/m.py", cwd=tmp_path).stdout == "15\n"
    (tmp_path / "n.json").write_text("4")
    assert "needs `units`" in call("count", "below/m.py", cwd=tmp_path).stderr


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="POSIX only")
def test_only_regular_files_are_read(tmp_path, call):
    (tmp_path / "m.py").write_text(PROGRAM.format(module="a"))
    os.mkfifo(tmp_path / "a.py")
    assert "this is a pipe, not a file" in call("count", "m.py", cwd=tmp_path).stderr


def test_a_chain_of_modules_has_bounds(tmp_path, call):
    (tmp_path / "m.py").write_text(PROGRAM.format(module="a0"))
    for n in range(300):
        (tmp_path / f"a{n}.py").write_text(f"from a{n + 1} import block\n")
    assert "modules import each other in turn" in call("count", "m.py", cwd=tmp_path).stderr


@pytest.mark.parametrize(("length", "said"), [(4, "15\n"), (30, "is not known")])
def test_a_chain_of_computed_names_has_bounds(length, said, tmp_path, call):
    (tmp_path / "m.py").write_text(PROGRAM.format(module="a0"))
    for n in range(length):
        text = f"import importlib\nblock = importlib.import_module('a' + '{n + 1}').block\n"
        (tmp_path / f"a{n}.py").write_text(text)
    (tmp_path / f"a{length}.py").write_text(PART)
    done = call("count", "m.py", cwd=tmp_path)
    assert said in done.stdout + done.stderr


def test_the_number_of_modules_has_bounds(tmp_path, call):
    lines = "".join(f"import a{n}\n" for n in range(205))
    (tmp_path / "m.py").write_text(lines + PROGRAM.format(module="a204"))
    for n in range(205):
        (tmp_path / f"a{n}.py").write_text(PART)
    assert "imports more than 200 modules" in call("count", "m.py", cwd=tmp_path).stderr


def test_a_notebook_imports_too(tmp_path, call):
    cells = [{"cell_type": "code", "source": PROGRAM.format(module="a")}]
    (tmp_path / "m.ipynb").write_text(json.dumps({"nbformat": 4, "cells": cells}))
    (tmp_path / "a.py").write_text(PART)
    assert call("count", "m.ipynb", cwd=tmp_path).stdout == "15\n"


@pytest.mark.parametrize("source", ["lines", "text"])
def test_a_notebook_on_one_line_changes_with_its_modules(source, tmp_path, call):
    text = "# first\n" + PROGRAM.format(module="a")
    cell = {"cell_type": "code", "source": text.splitlines(True) if source == "lines" else text}
    repository = Repository(tmp_path)
    repository.write("m.ipynb", json.dumps({"nbformat": 4, "cells": [cell]}))
    repository.write("a.py", PART)
    repository.commit()
    repository.write("a.py", PART.replace("3", "4"))
    changed = call("check", "m.ipynb", "--base", "HEAD", "--max-increase", "1", cwd=tmp_path)
    assert "params 15 -> 20" in changed.stdout


def test_each_module_is_parsed_once(tmp_path, monkeypatch):
    from lstmcount.programs import read_python
    from lstmcount.programs.language.source import repair
    from lstmcount.sources import open_path
    from lstmcount.sources.modules import gather

    parsed = []
    before = repair.parsed
    monkeypatch.setattr(repair, "parsed", lambda text, at: parsed.append(text) or before(text, at))
    text = "import a\nif a.unknown():\n    from a import part\n" + PROGRAM.format(module="a")
    (tmp_path / "m.py").write_text(text)
    (tmp_path / "a.py").write_text(PART)
    source = open_path(tmp_path / "m.py")
    read_python(source.data, files=gather(source, text).modules)
    assert len(parsed) == 2


def test_decisions_are_tried_only_once_all_files_are_here(tmp_path):
    from lstmcount.programs import read_python
    from lstmcount.programs.language.module_files import FilesAskedError
    from lstmcount.sources import open_path
    from lstmcount.sources.modules import gather

    text = "import json, a, keras\nfrom b import wide\nn = json.load(open('n.json'))['n']\n"
    text += "m = keras.Sequential([keras.Input((4,)), keras.layers.Dense(n)])\n"
    text += "if wide: m.add(keras.layers.Dense(2))\n"
    (tmp_path / "m.py").write_text(text)
    (tmp_path / "n.json").write_text('{"n": 3}')
    source = open_path(tmp_path / "m.py")
    gathering = gather(source, text)
    files = gathering.modules
    files.are_added = True
    with pytest.raises(FilesAskedError):
        read_python(source.data, files=files)
    assert [os.path.basename(path) for path in files.asked] == ["n.json"]  # there is no a.py
    assert gathering.extend(files.asked)
    files.asked = set()
    with pytest.raises(LstmcountError, match="--set wide=true"):
        read_python(source.data, files=files)


def test_no_file_is_read_twice(tmp_path, monkeypatch, call):
    from lstmcount.readers.text import regular

    read: list[str] = []
    before = regular.read_up_to
    monkeypatch.setattr(
        regular, "read_up_to", lambda file, n: read.append(file.name) or before(file, n)
    )
    own = "class {}(keras.layers.Dense):\n    pass\n"
    classes = "import keras\n" + "".join(own.format(f"Own{n}") for n in range(5))
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'own'\n")
    (tmp_path / "own.py").write_text(classes)
    layers = ", ".join(f"Own{n}(2)" for n in range(5))
    (tmp_path / "m.py").write_text(
        f"import keras\nfrom own import *\nm = keras.Sequential([keras.Input((2,)), {layers}])\n"
    )
    assert call("count", "m.py", cwd=tmp_path).stdout == "30\n"
    assert sorted(map(os.path.basename, read)) == ["own.py", "pyproject.toml"]


ELSEWHERE = {
    "here/setup.py": "",
    "here/m.py": "import keras\nfrom own.layers import Own\nfrom sizes import N\n"
    "model = keras.Sequential([keras.Input((4,)), Own(N)])\n",
    "there/sizes.py": "N = 3\n",
    "there/own/__init__.py": "",
    "there/own/layers.py": "import keras\nfrom .part import D\nclass Own(keras.layers.Layer):\n"
    "    def __init__(self, n):\n        super().__init__()\n        self.d = D(n)\n"
    "    def call(self, x):\n        return self.d(x)\n",
    "there/own/part.py": "from keras.layers import Dense as D\n",
}


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (["there"], "15\n"),
        (["there/own", "there/sizes.py"], "15\n"),
        (["there/own/layers.py", "there/own/../sizes.py"], "15\n"),
        (["there/own"], "there is no module sizes"),
        (["there/sizes"], "there/sizes: no such file or directory"),
    ],
    ids=["folder", "package and file", "files", "not all", "none"],
)
def test_code_in_another_folder_is_named_by_code(code, said, tmp_path, call):
    write(Project(15, "here/m.py", ELSEWHERE), tmp_path)
    options = [word for path in code for word in ("--code", path)]
    done = call("count", "here/m.py", *options, cwd=tmp_path)
    assert said in done.stdout + done.stderr


@pytest.mark.parametrize(
    "settings",
    [
        "code: there\n",
        "models: {'here/*.py': {code: there}}\n",
        "models: {here/m.py: {code: [there]}}",
    ],
)
def test_code_that_a_project_names(settings, tmp_path, call):
    write(Project(15, "here/m.py", ELSEWHERE), tmp_path)
    (tmp_path / "lstmcount.yaml").write_text(settings)
    assert call("count", "here/m.py", cwd=tmp_path).stdout == "15\n"


def test_a_project_names_no_code_outside_of_it(tmp_path, call):
    write(Project(15, "here/m.py", ELSEWHERE), tmp_path)
    (tmp_path / "here/lstmcount.yaml").write_text("models: {m.py: {code: ../there}}\n")
    said = call("count", "here/m.py", cwd=tmp_path).stderr
    assert "here/lstmcount.yaml:1:23: $.models['m.py'].code: '../there' is not in the" in said


def test_code_as_it_was_in_a_commit(tmp_path, call):
    repository = Repository(tmp_path)
    for name, text in ELSEWHERE.items():
        repository.write(name, text)
    repository.commit()
    repository.write("there/sizes.py", "N = 4\n")
    done = call(
        "check", "here/m.py", "--code", "there", "--base", "HEAD", "--max-increase", "1",
        cwd=tmp_path,
    )  # fmt: skip
    assert "params 15 -> 20 (+5" in done.stdout, done


def test_a_changed_module_changes_the_model_since_the_base(tmp_path, call):
    repository = Repository(tmp_path)
    project = PROJECTS["package by its full name"]
    for name, text in project.files.items():
        repository.write(name, text)
    repository.commit()
    asked = ("--base", "HEAD", "--max-increase", "1")
    assert "params 81 -> 81" in call("check", "train.py", *asked, cwd=tmp_path).stdout
    repository.write("net/parts/__init__.py", "UNITS = 2 * 4\n")
    done = call("check", "train.py", *asked, "--verbose", cwd=tmp_path)
    assert "params 81 -> 107 (+26" in done.stdout
    files = ["train.py", "net/__init__.py", "net/parts/__init__.py", "net/parts/blocks.py"]
    read = [line.removeprefix("read: ") for line in done.stderr.splitlines()]
    assert sorted(read) == sorted([*files, *[f"HEAD:{name}" for name in files[1:]]])
    assert "81 -> 107" in call("diff", "train.py", "--base", "HEAD", cwd=tmp_path).stdout


def test_a_long_program_waits_for_its_files_only_for_a_while(tmp_path, monkeypatch):
    from lstmcount.programs import read_python
    from lstmcount.programs.language.interpreter import Interpreter
    from lstmcount.programs.language.module_files import FilesAskedError
    from lstmcount.sources import open_path
    from lstmcount.sources.modules import gather
    from lstmcount.sources.reading import list_models

    text = "import json, keras\nn = json.load(open('n.json'))['n']\n"
    text += "squares = [i * i for i in range(20_000)]\n" * 2
    text += "m = keras.Sequential([keras.Input((4,)), keras.layers.Dense(n)])\n"
    (tmp_path / "m.py").write_text(text)
    (tmp_path / "n.json").write_text('{"n": 3}')
    source = open_path(tmp_path / "m.py")
    assert summarize(tmp_path / "m.py").total_params == 15
    assert [model.name for model in list_models(source)] == ["m"]

    refill, slices = Interpreter.refill, []
    monkeypatch.setattr(Interpreter, "refill", lambda *args: slices.append(0) or refill(*args))
    files = gather(source, text).modules
    files.are_added = True
    with pytest.raises(FilesAskedError):
        read_python(source.data, files=files)
    assert len(slices) < 15


WITHOUT_MARKER = {
    "beside a list of requirements": (["requirements.txt"], "nets/deep/train.py", "sizes", 15),
    "beside a text about it": (["README.md"], "nets/deep/train.py", "sizes", 15),
    "named by the import": ([], "nets/deep/train.py", "nets.parts", 10),
    "neither": ([], "nets/deep/train.py", "sizes", None),
    "a nearer text": (["README.md", "nets/README.md"], "nets/deep/train.py", "sizes", None),
    "too far above": (["README.md"], "nets/a/b/c/d/e/f/train.py", "sizes", None),
}


@pytest.mark.parametrize(
    ("files", "program", "module", "params"), WITHOUT_MARKER.values(), ids=WITHOUT_MARKER
)
def test_a_downloaded_project_has_no_marker(files, program, module, params, tmp_path):
    code = f"import keras\nfrom {module} import UNITS\n"
    code += "m = keras.Sequential([keras.Input((4,)), keras.layers.Dense(UNITS)])\n"
    modules = {"sizes.py": "UNITS = 3\n", "nets/parts.py": "UNITS = 2\n"}
    for name, text in {**dict.fromkeys(files, ""), **modules, program: code}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    total = summarize(tmp_path / program).total_params
    assert (total if isinstance(total, int) else None) == params


def test_a_model_of_a_module_is_chosen_by_its_line(tmp_path, call):
    (tmp_path / "parts.py").write_text(
        "from keras import Input, Sequential, layers\n\n\ndef build(n):\n"
        "    model = Sequential([Input((4,)), layers.Dense(n)])\n    return model\n"
    )
    (tmp_path / "a.py").write_text(
        "from parts import build\nfrom keras import Model\nfrom elsewhere import more\n"
        "def run():\n    first = build(3)\n    model = Model(first.input, more(1))\n"
    )
    done = call("count", "a.py", cwd=tmp_path)
    asked = re.search(r"--model (\S+) takes the last that can be followed", done.stderr)
    assert asked is not None, done.stderr
    done = call("count", "a.py", "--model", asked[1], cwd=tmp_path)
    assert done.stdout.strip() == "15", done.stderr


def test_a_model_of_a_class_in_the_file_itself_is_chosen_among_those_of_modules(tmp_path, call):
    net = "import keras\n%sclass %s(keras.Model):\n    def __init__(self, *sizes):\n"
    net += "        super().__init__()\n        if len(sizes) == 0: raise ValueError\n"
    net += "        self.dense = keras.layers.Dense(sizes[0])\n"
    net += "    def call(self, x): return self.dense(x)\n"
    (tmp_path / "nets").mkdir()
    made = "from nets import wide, own\nnets = [own.Net(4), wide.Wide(7)]\n"
    (tmp_path / "nets/__init__.py").write_text(made)
    (tmp_path / "nets/wide.py").write_text(net % ("", "Wide"))
    (tmp_path / "nets/own.py").write_text(net % ("from nets.wide import Wide\n", "Net"))
    done = call("count", "nets/own.py", "--set", "input_shape=[null,28]", cwd=tmp_path)
    assert done.stdout == "116\n"
    assert "this is net, one of 2 models" in done.stderr


@pytest.mark.parametrize("made", ["norms.Norm(3)", "copy.deepcopy(Own())"])
def test_unknown_layers_in_a_list_that_a_loop_calls_are_not_taken_for_functions(
    made, tmp_path, call
):
    text = "import copy\nimport keras\nimport norms\nclass Own(keras.layers.Layer):\n"
    text += "    def call(self, x): return keras.layers.Dense(2)(x)\n"
    text += "class Block(keras.layers.Layer):\n    def __init__(self):\n"
    text += f"        super().__init__()\n        self.norms = [{made} for _ in range(2)]\n"
    text += "    def call(self, x):\n        for norm in self.norms: x = norm(x)\n"
    text += "        return x\ni = keras.Input((4,))\nmodel = keras.Model(i, Block()(i))\n"
    (tmp_path / "m.py").write_text(text)
    done = call("count", "m.py", cwd=tmp_path)
    assert done.returncode == 2
    assert "`norm(x)` is not known (" in done.stderr
