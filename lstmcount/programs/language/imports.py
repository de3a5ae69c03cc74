"""Import from known libraries, and from the program's own modules, which are followed."""

from __future__ import annotations

import ast
import os
from typing import TYPE_CHECKING, Any

import msgspec

from lstmcount.errors import LstmcountError, did_you_mean
from lstmcount.programs.language.installed import check_import, fail
from lstmcount.programs.language.module_files import (
    INIT,
    ModuleFiles,
    ModuleStep,
    module_steps,
    submodules,
)
from lstmcount.programs.language.places import place_of
from lstmcount.programs.language.run import MISSING, Stop, UnknownModule, Value
from lstmcount.programs.language.scope import Scope
from lstmcount.shapes import Unknown

if TYPE_CHECKING:
    from lstmcount.programs.language.run import Run

MAX_CHAIN = 40  # modules that import each other in a chain
MAX_FAILED = 3  # imports that a message explains
MAX_WHY = 4  # import places that a message names


class ProgramModule(Value):
    """A module of the program, possibly only partly imported."""

    __slots__ = ("name", "scope", "step")

    def __init__(self, name: str, scope: Scope, step: ModuleStep | None) -> None:
        self.name = name
        self.scope = scope
        self.step = step

    def __repr__(self) -> str:
        return self.name

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        if name in self.scope.names:
            return self.scope.names[name]
        if name == "__dict__":
            return dict(self.scope.names)
        return run.starred(self.scope, name)

    def set_attribute(self, run: Run, name: str, new: Any, node: ast.AST) -> None:
        run.bind(self.scope, name, new, node)


class Unimported(msgspec.Struct, frozen=True):
    """A name that an import failed to bind, and the reason."""

    node: ast.AST
    why: str


class OwnModules:
    """The program's own modules in one run."""

    def __init__(self, run: Run, files: ModuleFiles) -> None:
        self.run = run
        self.files = files
        self.by_path: dict[str, ProgramModule] = {}
        self.imported_at: dict[str, ast.AST] = {}  # by file: the first import of the file
        self.unimported: dict[str, Unimported] = {}  # by the name that stays unknown
        self.installed: set[str] = set()  # libraries that the program cannot do without
        self.chain = 0
        if files.main is not None:
            path = files.main.removesuffix(".py")
            step = ModuleStep(
                os.path.dirname(path) if path.endswith("__init__") else path, files.main
            )
            self.by_path[step.path] = ProgramModule("__main__", run.module, step)

    def find(
        self, level: int, dotted: str, node: ast.AST, names: tuple[str, ...] = ()
    ) -> list[ProgramModule]:
        """The module `dotted` after the packages that contain it, outermost first; empty if not
        found.

        Raises `LstmcountError` if a file of that name exists and cannot be followed.
        """
        importer = self.run.program.part(getattr(node, "lineno", 1)).path or self.files.main
        parts = dotted.split(".") if dotted else []
        steps = module_steps(self.files.exists, self.files.folders, importer, level, parts, names)
        return self._loaded(steps, bool(level), node)

    def _loaded(
        self, steps: list[ModuleStep], is_relative: bool, node: ast.AST
    ) -> list[ProgramModule]:
        modules: list[ProgramModule] = []
        for step in steps:
            name = os.path.basename(step.path)
            # Do not follow the package around the program: it may import the program itself.
            is_around = is_relative and not modules and len(steps) > 1
            module = self.by_path.get(step.path) if is_around else self._module(step, node)
            if module is None:
                module = ProgramModule(name, Scope(), step)
            if modules and name not in modules[-1].scope.names:
                modules[-1].scope.names[name] = module
            modules.append(module)
        return modules

    def has(self, dotted: str) -> bool:
        """Whether there is a module of that name."""
        files = self.files
        return bool(module_steps(files.exists, files.folders, files.main, 0, dotted.split(".")))

    def submodule(self, package: ProgramModule, name: str, node: ast.AST) -> Any:
        """Import a module for `from package import name`; MISSING if there is no such module."""
        for step in submodules(self.files.exists, package.step, [name]) if package.step else ():
            module = package.scope.names[name] = self._module(step, node)
            return module
        return MISSING

    def load(self, path: str) -> ProgramModule:
        """Follow the module in a file that no import refers to."""
        name = path.removesuffix(f"{os.sep}{INIT}").removesuffix(".py")
        return self._module(ModuleStep(name, path), ast.Pass())

    def _module(self, step: ModuleStep, node: ast.AST) -> ProgramModule:
        """The module at a step, which is followed when it is imported for the first time."""
        if step.path in self.by_path:
            return self.by_path[step.path]
        run, file = self.run, step.file
        if file in self.files.refused:
            raise LstmcountError(self.files.refused[file])
        if self.chain >= MAX_CHAIN:
            raise LstmcountError(f"more than {MAX_CHAIN} modules import each other in turn")
        name = self._name(step.path)
        scope = Scope(names={"__name__": name})
        module = ProgramModule(name, scope, step)
        if file is None:
            self.by_path[step.path] = module
            return module
        module_file = self.files.files[file]
        statements = run.program.module(file, module_file.data, module_file.name)
        scope.names["__file__"] = module_file.name
        self.by_path[step.path] = module  # for circular imports, as in Python
        if hasattr(node, "lineno"):
            self.imported_at[file] = node
        run.libraries.note_module(run, module_file.data)
        self._execute(statements, scope)
        return module

    def _execute(self, statements: list[ast.stmt], scope: Scope) -> None:
        self.chain += 1
        try:
            for statement in statements:
                try:
                    self.run.execute([statement], scope)
                except Stop:
                    self.run.uncaught += 1
        finally:
            self.chain -= 1

    def reload(self, module: ProgramModule) -> None:
        """Follow a module again, in the names that it has: `importlib.reload(module)`."""
        if self.chain >= MAX_CHAIN:
            raise LstmcountError(f"more than {MAX_CHAIN} modules import each other in turn")
        file = module.step.file if module.step else None
        if file is not None and file in self.files.files:
            source = self.files.files[file]
            self._execute(self.run.program.module(file, source.data, source.name), module.scope)

    def _name(self, path: str) -> str:
        """A module's dotted name, relative to the nearest folder where imports are searched."""
        inside = [folder for folder in self.files.folders if path.startswith(f"{folder}{os.sep}")]
        nearest = max(inside, key=len, default=os.path.dirname(path))
        return os.path.relpath(path, nearest).replace(os.sep, ".")

    def note(self, name: str, node: ast.AST, why: str) -> None:
        self.unimported[name] = Unimported(node, why)

    def rename(self, words: str | None, name: str) -> None:
        """Note that an unknown has a new name."""
        if self.unimported and (unimported := self._of(words or "")) is not None:
            self.unimported[name] = unimported

    def _of(self, words: str) -> Unimported | None:
        name = words.partition("(")[0].partition("[")[0]
        return self.unimported.get(name) or self.unimported.get(name.partition(".")[0])

    def why_no_model(self) -> str:
        """The imports that failed, to follow a message that a program makes no model."""
        nodes = {one.why: one.node for one in self.unimported.values()}
        reasons = [f"{self._place(nodes[why])}: {why}{self._chain_of(nodes[why])}" for why in nodes]
        more = [f"{len(reasons) - MAX_FAILED} more"] if len(reasons) > MAX_FAILED else []
        return "; ".join([*reasons[:MAX_FAILED], *more])

    def why_unknown(self, words: str) -> str | None:
        """The reason why an expression is unknown, if it starts with a name whose import failed."""
        unimported = self._of(words)
        if unimported is None:
            return None
        return f"{self._place(unimported.node)}: {unimported.why}{self._chain_of(unimported.node)}"

    def _place(self, node: ast.AST) -> str:
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1
        return str(place_of(self.run.program, line, column))

    def _chain_of(self, node: ast.AST) -> str:
        """The import places that lead to the file of a node, as text."""
        places: list[str] = []
        path = self.run.program.part(getattr(node, "lineno", 1)).path
        while path is not None and path in self.imported_at and len(places) < MAX_WHY:
            node = self.imported_at[path]
            places.append(self._place(node))
            path = self.run.program.part(getattr(node, "lineno", 1)).path
        return f" (imported at {', '.join(places)})" if places else ""


# -- statements ---------------------------------------------------------------------------------


def import_(run: Run, node: ast.Import, scope: Scope) -> None:
    """`import a.b` binds `a`; `import a.b as c` binds the module `a.b`."""
    for alias in node.names:
        first = alias.name.partition(".")[0]
        value = run.libraries.module(alias.name if alias.asname else first)
        name = alias.asname or first
        modules = _find_modules(run, 0, alias.name, name, node=node) if value is MISSING else []
        if modules:
            value = modules[-1 if alias.asname else 0]
        else:
            check_import(run, alias, alias.name)
        scope.bind(name, _unknown_module(run, name) if value is MISSING else value)


def import_named(run: Run, dotted: str, node: ast.AST) -> Any:
    """The module of that name: `importlib.import_module(dotted)`."""
    value = run.libraries.module(dotted)
    modules = _find_modules(run, 0, dotted, dotted, node=node) if value is MISSING else []
    if modules:
        return modules[-1]
    check_import(run, node, dotted)
    return _unknown_module(run, dotted) if value is MISSING else value


def _unknown_module(run: Run, name: str) -> Any:
    value = run.unknown(name)
    return UnknownModule(name) if isinstance(value, Unknown) else value


def import_from(run: Run, node: ast.ImportFrom, scope: Scope) -> None:
    """`from .a import b, c as d` and `from a import *`."""
    dotted = node.module or ""
    is_library = not node.level and run.libraries.module(dotted) is not MISSING
    names = tuple([alias.name for alias in node.names])
    bound = [alias.asname or alias.name for alias in node.names]
    modules = (
        [] if is_library else _find_modules(run, node.level, dotted, *bound, node=node, names=names)
    )
    for original, name in zip(names, bound, strict=True):
        if not modules:
            check_import(run, node, dotted, original.strip("*"), level=node.level)
        if original == "*":
            if modules:
                _bind_all(run, modules[-1], scope, node)
            else:
                scope.stars.append("." * node.level + dotted)
            continue
        if is_library:
            value = run.libraries.imported(dotted, original)
        else:
            value = member(run, modules[-1], original, name, node) if modules else MISSING
        run.bind(scope, name, run.unknown(name) if value is MISSING else value, node)


def _find_modules(
    run: Run,
    level: int,
    dotted: str,
    *bound: str,
    node: ast.AST,
    names: tuple[str, ...] = (),
) -> list[ProgramModule]:
    """The program's own module after its packages; without it, note why `bound` are unknown."""
    try:
        modules = run.own_modules.find(level, dotted, node, names)
        why = f"there is no module {'.' * level}{dotted}; --code PATH adds its folder"
    except LstmcountError as error:
        modules, why = [], f"the module {'.' * level}{dotted}: {error.message}"
    for name in () if modules else bound:
        run.own_modules.note(name, node, why)
    return modules


def member(run: Run, module: ProgramModule, name: str, bound: str, node: ast.AST) -> Any:
    """`from module import name`: an attribute of the module or a module in it, or MISSING."""
    value = module.attribute(run, name, node)
    try:
        if value is MISSING:
            value = run.own_modules.submodule(module, name, node)
    except LstmcountError as error:
        run.own_modules.note(bound, node, f"the module {module}.{name}: {error.message}")
        return MISSING
    if value is MISSING:
        if not module.scope.stars:
            fail(run)
        hint = did_you_mean(name, module.scope.names)
        run.own_modules.note(bound, node, f"the module {module} has no {name!r}.{hint}".rstrip("."))
    return value


def _bind_all(run: Run, module: ProgramModule, scope: Scope, node: ast.AST) -> None:
    """`from module import *`: the names in `__all__`, or all names without a leading underscore."""
    listed = module.scope.names.get("__all__")
    if isinstance(listed, list | tuple) and all(isinstance(name, str) for name in listed):
        run.spend(len(listed), node)
        for name in listed:
            value = member(run, module, name, name, node)
            if value is not MISSING:
                run.bind(scope, name, value, node)
        return
    run.spend(len(module.scope.names), node)
    scope.stars += [path for path in module.scope.stars if path not in scope.stars]
    for name, value in list(module.scope.names.items()):
        if not name.startswith("_"):
            run.bind(scope, name, value, node)
