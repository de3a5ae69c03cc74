"""Nothing that a source names is looked up in Python itself: the package's code has no way to.

A name becomes code only through `eval` and the like, an import, or an attribute that is looked up
by a name. The package has none of the first; each of the others stands below, with the reason why
its name is the package's own.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "lstmcount"
NEVER = {"eval", "exec", "compile", "__import__", "globals", "locals", "vars", "delattr"}
BY_NAME = {"getattr": 1, "setattr": 1, "hasattr": 1, "attrgetter": 0, "methodcaller": 0}
# Attributes that reach any other, and modules whose work is to make code or objects of names.
REACHING = {
    "import_module", "attrgetter", "methodcaller", "__dict__", "__globals__", "__builtins__",
    "__getattribute__", "__subclasses__", "exec_module", "load_module", "get_data",
}  # fmt: skip
MODULES = {
    "builtins", "code", "codeop", "ctypes", "dill", "imp", "importlib", "joblib", "marshal",
    "pickle", "pkgutil", "pydoc", "runpy", "shelve",
}  # fmt: skip

OF_A_TABLE = "the name stands in a table of the package"
OF_A_STRUCT = "the name is a field of the struct, from its definition"
OF_THE_CODE = "the name is written in the code, in the loop or the call around it"
ALLOWED = {
    "__init__.py:__getattr__": "the names that the package exports",
    "programs/libraries/keras/architectures/__init__.py:Application.build": OF_A_TABLE,
    "budgets/syntax.py:_limits": OF_A_TABLE,
    "isolation/guard.py:_remove_unseen": OF_A_TABLE,
    "cli/commands.py:Commands.get_command": OF_A_TABLE,
    "conversion/arguments.py:written_arguments": OF_A_STRUCT,
    "costs/cudnn.py:_of_arguments": OF_THE_CODE,
    "design/solve.py:Goal.of": OF_A_TABLE,
    "design/sweep.py:count_points": OF_THE_CODE,
    "design/vectorised.py:trace": OF_THE_CODE,
    "layers/making/from_configs.py:create_evaluated": OF_A_STRUCT,
    "layers/making/effects.py:_methods": "the name stands in the code of the package's own class",
    "layers/core.py:InputLayer.check_arguments": OF_THE_CODE,
    "layers/core.py:InputLayer.__post_init__": OF_THE_CODE,
    "layers/custom/declared.py:Declared.argument": OF_A_STRUCT,
    "layers/image_augmentation.py:ImageLayer.check_arguments": OF_A_TABLE,
    "layers/ops/classes.py:find": OF_A_TABLE,
    "layers/ops/legacy.py:operation_for": OF_A_TABLE,
    "layers/registry.py:find": OF_A_TABLE,
    "layers/rnn_wrappers.py:Bidirectional.__post_init__": OF_THE_CODE,
    "layers/rnn_wrappers.py:Bidirectional._check_directions": OF_THE_CODE,
    "layers/spatial.py:Spatial.check_sizes": OF_THE_CODE,
    "layers/making/unknown_arguments.py:_set_unknown": OF_A_STRUCT,
    "pictures/drawing.py:_wrapped": OF_THE_CODE,
    "expressions/traced.py:_add_operators": OF_THE_CODE,
    "programs/libraries/command_lines.py:_by_python": OF_THE_CODE,
    "programs/libraries/keras/session/sizes_of_tensors.py:_add_operators": OF_THE_CODE,
    "programs/questions/unneeded.py:_words_of": "the name is a field of a class of `ast`",
    "renderers/columns.py:counted": OF_THE_CODE,
    "reporting/colours.py:_pair": OF_THE_CODE,
    "reporting/derivations.py:_key": OF_A_STRUCT,
    "reporting/memory.py:_lines": OF_THE_CODE,
    "sources/opening.py:_has": OF_THE_CODE,
}
# Modules of that kind which a file imports, and what for.
IMPORTED = {
    "__init__.py": "importlib: the module that defines a name which the package exports",
    "programs/libraries/keras/architectures/__init__.py": "importlib: an architecture of the table",
    "cli/commands.py": "importlib: the command that was called",
    "extras.py": "importlib: whether pip is there, and what this copy was installed from",
    "isolation/__init__.py": "pickle: the error of an answer that cannot be read",
    "isolation/fresh.py": "pickle: what this process asks of the interpreter that it has started",
    "isolation/guard.py": "importlib: how a frame that imports is told",
    "isolation/plain.py": "pickle: a reader that makes a short list of classes and nothing else",
    "layers/ops/classes.py": "importlib: the operation in the table",
    "layers/registry.py": "importlib: families of layers, and layers that packages offer",
    "reporting/page.py": "importlib: the package's own files",
}


def reaches(path: Path) -> list[tuple[str, str]]:
    """(where, what) of everything in a file that may reach Python by a name."""
    found: list[tuple[str, str]] = []
    file = path.relative_to(PACKAGE).as_posix()

    def visit(node: ast.AST, names: tuple[str, ...]) -> None:
        place = f"{file}:{'.'.join(names)}" if names else file
        if isinstance(node, ast.Name) and node.id in NEVER:
            found.append((place, node.id))
        elif isinstance(node, ast.Name) and node.id in BY_NAME:
            found.append((place, f"{node.id} as a value"))  # calls are looked at below
        elif isinstance(node, ast.Attribute) and node.attr in REACHING:
            found.append((place, node.attr))
        elif isinstance(node, ast.Import):
            tops = {alias.name.partition(".")[0] for alias in node.names}
            found.extend((file, f"import {top}") for top in tops & MODULES)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            top = (node.module or "").partition(".")[0]
            found.extend([(file, f"import {top}")] if top in MODULES else [])
            known = REACHING - BY_NAME.keys()
            found.extend((place, one.name) for one in node.names if one.name in known)
            found.extend(
                (place, one.name) for one in node.names if one.name in BY_NAME and one.asname
            )
        children = list(ast.iter_child_nodes(node))
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Name) and called.id in BY_NAME:
            children.remove(called)
            if not isinstance(node.args[BY_NAME[called.id]], ast.Constant):
                found.append((place, ast.unparse(node)))
        inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        for child in children:
            visit(child, (*names, node.name) if inside else names)  # type: ignore[attr-defined]

    visit(ast.parse(path.read_text(encoding="utf-8")), ())
    return found


@pytest.fixture(scope="module")
def reached() -> list[tuple[str, str]]:
    return [reach for path in sorted(PACKAGE.rglob("*.py")) for reach in reaches(path)]


def test_only_names_of_the_package_are_looked_up(reached):
    strange = [(place, what) for place, what in reached if place not in {**ALLOWED, **IMPORTED}]
    assert strange == []


def test_a_place_that_is_allowed_may_not_run_code(reached):
    words = {what for _, what in reached}
    assert not words & (NEVER | {"__globals__", "__builtins__", "exec_module", "load_module"})
    assert {word for word in words if word.startswith("import ")} == {
        "import importlib",
        "import pickle",
    }


@pytest.mark.parametrize("place", [*ALLOWED, *IMPORTED])
def test_allowed_places_still_exist(place, reached):
    assert place in {found for found, _ in reached}


def test_the_reader_of_programs_looks_nothing_up():
    places = [*ALLOWED, *IMPORTED]
    assert [place for place in places if place.startswith(("programs/language/", "readers/"))] == []


@pytest.mark.parametrize(
    "line",
    [
        "eval(text)",
        "f = eval",
        "exec(text)",
        "map(compile, texts)",
        "__import__(text)",
        "import builtins",
        "from builtins import getattr as get",
        "import importlib",
        "from importlib import import_module",
        "module.__dict__[text]",
        "vars(module)[text]",
        "globals()[text]",
        "getattr(module, text)",
        "setattr(value, text, 1)",
        "look = getattr",
        "operator.attrgetter(text)(value)",
        "attrgetter(text)(value)",
        "from operator import attrgetter as get",
        "import pickle",
    ],
)
def test_this_test_finds_lookups(line, tmp_path, monkeypatch):
    monkeypatch.setattr(f"{__name__}.PACKAGE", tmp_path)
    path = tmp_path / "file.py"
    path.write_text(line + "\n", encoding="utf-8")
    assert reaches(path)


@pytest.mark.parametrize("line", ["re.compile(text)", "getattr(value, 'name', None)", "f(text)"])
def test_this_test_accepts_harmless_lookups(line, tmp_path, monkeypatch):
    monkeypatch.setattr(f"{__name__}.PACKAGE", tmp_path)
    path = tmp_path / "file.py"
    path.write_text(line + "\n", encoding="utf-8")
    assert reaches(path) == []
