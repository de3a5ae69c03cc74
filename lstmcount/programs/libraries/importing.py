"""Modules that a program imports by functions: `importlib`, `pkgutil` and `sys.modules`."""

from __future__ import annotations

import ast
import os
from functools import partial
from typing import Any

from lstmcount.programs.language.module_files import INIT, ModuleStep
from lstmcount.programs.language.modules.installed import is_installed
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.scope import Scope
from lstmcount.programs.language.values.elements import items
from lstmcount.programs.language.values.natives import arguments_by_name, provides
from lstmcount.programs.language.values.provided import Module, Namespace, Native
from lstmcount.programs.language.values.value import Value
from lstmcount.programs.libraries.paths import Path


class _Modules(Value):
    """`sys.modules`: the program's own modules that were imported; others are not known."""

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        return Native("get", self._get, raw=True) if name == "get" else MISSING

    def _get(self, run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        if self.contains(run, args[0], node) is False:
            return args[1] if len(args) > 1 else None
        return self.item(run, args[0], node)

    def contains(self, run: Run, value: Any, node: ast.AST) -> Any:
        if not isinstance(value, str):
            return MISSING
        if run.own_modules.loaded(value) is not MISSING:
            return True
        return False if run.own_modules.has(value) else MISSING

    def item(self, run: Run, key: Any, node: ast.AST) -> Any:
        module = run.own_modules.loaded(key) if isinstance(key, str) else MISSING
        return super().item(run, key, node) if module is MISSING else module


TABLE: dict[str, Any] = {
    "sys.modules": _Modules(),
    "importlib.util": Module("importlib.util"),
}

_provides = partial(provides, TABLE)


@_provides("importlib.import_module")
def _import_module(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    named = arguments_by_name(("name", "package"), args, kwargs)
    dotted = _resolved(named.get("name"), named.get("package"))
    if dotted is None:
        return run.unknown(run.source_of(node))
    return run.own_modules.import_named(dotted, node)


def _resolved(name: Any, package: Any) -> str | None:
    """The full name of a module that a package names, as `importlib.util.resolve_name` says."""
    if not isinstance(name, str) or not name.startswith("."):
        return name if isinstance(name, str) else None
    inside = name.lstrip(".")
    parents = package.split(".") if isinstance(package, str) and package else []
    levels_up = len(name) - len(inside) - 1
    kept = parents[: len(parents) - levels_up]
    return ".".join([*kept, inside]) if levels_up < len(parents) and inside else None


@_provides("importlib.reload", "imp.reload")
def _reload(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    run.own_modules.reload(args[0])
    return args[0]


@_provides("importlib.util.find_spec", "importlib.find_loader")
def _find_spec(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    if not isinstance(args[0], str):
        return run.unknown(run.source_of(node))
    return Namespace({}) if is_installed(run, args[0], node) else None


@_provides("importlib.util.spec_from_file_location")
def _spec_from_file(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    named = arguments_by_name(("name", "location"), args, kwargs)
    files, location = run.own_modules.files, named.get("location")
    paths = files.present(str(location)) if isinstance(location, str | Path) else []
    return _spec(paths[0]) if paths else run.unknown(run.source_of(node))


@_provides("importlib.util.module_from_spec")
def _module_from_spec(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    load = args[0].attribute(run, "load_module", node) if isinstance(args[0], Namespace) else None
    return run.call(load, [], {}, node) if load else run.unknown(run.source_of(node))


def _spec(path: str) -> Namespace:
    """The specification of a module, whose loader follows the module."""

    def load(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        return run.own_modules.load(path)

    load_module = Native("load_module", load, raw=True)
    executed = Native("exec_module", lambda *args: None)
    loader = Namespace({"load_module": load_module, "exec_module": executed})
    return Namespace({"origin": path, "load_module": load_module, "loader": loader})


@_provides("runpy.run_path")
def _run_path(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    named = arguments_by_name(("path_name", "init_globals", "run_name"), args, kwargs)
    files, path = run.own_modules.files, named.get("path_name")
    paths = files.present(str(path)) if isinstance(path, str | Path) else []
    return _run(run, paths[0] if len(paths) == 1 else None, named, "<run_path>", node)


@_provides("runpy.run_module")
def _run_module(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    named = arguments_by_name(("mod_name", "init_globals", "run_name", "alter_sys"), args, kwargs)
    name = named.get("mod_name")
    path = run.own_modules.file_of(name) if isinstance(name, str) else None
    if path is not None and os.path.basename(path) == INIT:
        run.own_modules.import_named(str(name), node)
        path = run.own_modules.file_of(f"{name}.__main__")
    return _run(run, path, named, str(name), node)


def _run(run: Run, path: str | None, named: dict[str, Any], name: str, node: ast.AST) -> Any:
    """The names that a file binds when it is executed."""
    init_globals = named.get("init_globals") or {}
    if path not in run.own_modules.files.files or not isinstance(init_globals, dict):
        return run.unknown(run.source_of(node))
    names = {**init_globals, "__name__": named.get("run_name") or name, "__file__": path}
    run.own_modules.execute_file(path, Scope(names=names))
    return names


@_provides("pkgutil.iter_modules")
def _iter_modules(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return _listed(run, args, kwargs, node, walk=False)


@_provides("pkgutil.walk_packages")
def _walk_packages(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return _listed(run, args, kwargs, node, walk=True)


def _listed(run: Run, args: Any, kwargs: Any, node: ast.AST, walk: bool) -> Any:
    named = arguments_by_name(("path", "prefix"), args, kwargs)
    folders, prefix = items(run, named.get("path"), node), named.get("prefix", "")
    if folders is None or not all(isinstance(each, str) for each in (prefix, *folders)):
        return run.unknown(run.source_of(node))
    modules: list[Any] = []
    for folder in folders:
        steps = run.own_modules.files.modules_in(os.path.normpath(folder))
        if steps is None:
            return run.unknown(run.source_of(node))
        for step in steps:
            run.spend(8, node)
            modules.append(_info(step, prefix))
            name = modules[-1].attributes["name"]
            if walk and step.is_package and run.own_modules.has(name):
                run.own_modules.import_named(name, node)
                inside = _listed(run, [[step.path], f"{name}."], {}, node, walk=True)
                modules += inside if isinstance(inside, list) else []
    return modules


def _info(step: ModuleStep, prefix: str) -> Namespace:
    """`pkgutil.ModuleInfo`, a named tuple."""
    assert step.file is not None
    spec = _spec(step.file)
    find = Native("find_spec", lambda *args: spec)
    finder = Namespace({"find_module": find, "find_spec": find})
    name = prefix + os.path.basename(step.path)
    fields = {"module_finder": finder, "name": name, "ispkg": step.is_package}
    return Namespace({**fields, "__items__": tuple(fields.values())})
