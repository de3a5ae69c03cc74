"""Import from known libraries, and from the program's own modules, which are followed."""

from __future__ import annotations

import ast
import os
from typing import Any

import msgspec

from lstmcount.errors import LstmcountError, did_you_mean
from lstmcount.programs.language.module_files import (
    INIT,
    ModuleFile,
    ModuleFiles,
    ModuleStep,
    module_steps,
    submodules,
)
from lstmcount.programs.language.modules.installed import check_import, fail, why_absent
from lstmcount.programs.language.objects.exceptions import is_expected
from lstmcount.programs.language.objects.program_modules import ProgramModule
from lstmcount.programs.language.run import MISSING, Run, Stop
from lstmcount.programs.language.scope import Scope
from lstmcount.programs.language.source import repair
from lstmcount.programs.language.values.unknowns import UnknownModule
from lstmcount.shapes import Unknown

MAX_CHAIN = 40  # modules that import each other in a chain


def _inside(package: ProgramModule, step: ModuleStep) -> ModuleStep:
    """The step to a module of the package, with its full name if the package has one."""
    if package.imported_as is None:
        return step
    name = f"{package.imported_as}.{os.path.basename(step.path)}"
    return msgspec.structs.replace(step, name=name)


class OwnModules:
    """The program's own modules in one run."""

    def __init__(self, run: Run, files: ModuleFiles) -> None:
        self.run = run
        self.files = files
        self.by_path: dict[str, list[ProgramModule]] = {}  # one for each name it is imported by
        self.executed: dict[str, Scope] = {}  # the names of files that no import executes
        self.installed: set[str] = set()  # libraries that the program cannot do without
        self.changed_files: set[str] = set()  # names of files that the program may have changed
        self.chain = 0
        self.search_path: list[Any] = list(files.folders)  # `sys.path`
        self.main = ProgramModule("__main__", run.module, None)
        if files.main is not None and os.path.basename(files.main) == INIT:
            package = os.path.dirname(files.main)
            self.main.step = ModuleStep(package, files.main)
            self.by_path[package] = [self.main]
        if files.main is not None:
            run.module.names["__file__"] = files.main

    def find(
        self, level: int, dotted: str, node: ast.AST, names: tuple[str, ...] = ()
    ) -> list[ProgramModule]:
        """The module `dotted` after the packages that contain it, outermost first; empty if not
        found.

        Raises `LstmcountError` if a file of that name exists and cannot be followed.
        """
        importer = self.run.program.part(getattr(node, "lineno", 1)).path or self.files.main
        parts = dotted.split(".") if dotted else []
        folders = self._folders()
        self.run.spend(8 * len(folders), node)
        steps = module_steps(self.files.exists, folders, importer, level, parts, names)
        return self._loaded(steps, bool(level), node)

    def _folders(self) -> list[str]:
        """The folders of `sys.path`; one that is relative may be the program's or the project's."""
        added = [entry for entry in self.search_path if isinstance(entry, str)]
        return [path for entry in added for path in self.files.located(entry)]

    def _loaded(
        self, steps: list[ModuleStep], is_relative: bool, node: ast.AST
    ) -> list[ProgramModule]:
        modules: list[ProgramModule] = []
        for step in steps:
            name = os.path.basename(step.path)
            if is_relative and modules:
                step = _inside(modules[-1], step)
            # Do not follow the package around the program: it may import the program itself.
            is_around = is_relative and not modules and len(steps) > 1
            is_new = self._known(step) is None
            module = self._known(step) if is_around else self._module(step, node)
            if module is None:
                module = ProgramModule(name, Scope(), step)
            if modules and (is_new or name not in modules[-1].scope.names):
                modules[-1].scope.names[name] = module
            modules.append(module)
        return modules

    def has(self, dotted: str) -> bool:
        """Whether there is a module of that name."""
        return bool(self._steps(dotted))

    def _steps(self, dotted: str) -> list[ModuleStep]:
        files, parts = self.files, dotted.split(".")
        return module_steps(files.exists, self._folders(), files.main, 0, parts)

    def submodule(self, package: ProgramModule, name: str, node: ast.AST) -> Any:
        """Import a module for `from package import name`; MISSING if there is no such module."""
        for step in submodules(self.files.exists, package.step, [name]) if package.step else ():
            module = self._module(_inside(package, step), node)
            package.scope.names[name] = module
            return module
        return MISSING

    def load(self, path: str) -> ProgramModule:
        """Follow the module in a file that no import refers to."""
        name = path.removesuffix(f"{os.sep}{INIT}").removesuffix(".py")
        return self._module(ModuleStep(name, path), ast.Pass())

    def _module(self, step: ModuleStep, node: ast.AST) -> ProgramModule:
        """The module at a step, which is followed when it is imported for the first time."""
        if (known := self._known(step)) is not None:
            return known
        run, file = self.run, step.file
        if file in self.files.refused:
            raise LstmcountError(self.files.refused[file])
        self._check_chain()
        name = step.name or self._name(step.path)
        package = name if step.is_package else name.rpartition(".")[0]
        scope = Scope(names={"__name__": name, "__package__": package})
        module = ProgramModule(name, scope, step)
        if step.is_package:
            scope.names["__path__"] = [step.path]
        of_file = self.by_path.setdefault(step.path, [])
        of_file.append(module)  # before it is followed, for circular imports, as in Python
        if file is None:
            return module
        module_file = self.files.files.get(file) or self._program_as_module()
        statements = run.program.module(file, module_file.data, module_file.name)
        scope.names["__file__"] = file
        if hasattr(node, "lineno"):
            self.run.failed_imports.imported_at[file] = node
        run.libraries.note_module(run, module_file.data)
        try:
            self._execute(statements, scope)
        except Stop:
            of_file.remove(module)
            raise
        return module

    def _known(self, step: ModuleStep) -> ProgramModule | None:
        """The module at a step, if it was followed.

        As in Python, a file that is imported by two full names is two modules.
        """
        modules = self.by_path.get(step.path, [])
        if step.name is not None and not self.run.is_python2:  # which tries its package first
            modules = [module for module in modules if module.imported_as in (None, step.name)]
            for module in modules:
                module.imported_as = step.name
        return max(modules, key=lambda module: module.name.count("."), default=None)

    def modules(self) -> list[ProgramModule]:
        """The modules that were followed, in the order of their first import."""
        return [module for modules in self.by_path.values() for module in modules]

    def _program_as_module(self) -> ModuleFile:
        """The program itself, which a module imports: Python then follows it a second time."""
        program = self.run.program
        return ModuleFile(program.name or "model.py", program.text.encode())

    def _check_chain(self) -> None:
        if self.chain >= MAX_CHAIN:
            raise LstmcountError(f"more than {MAX_CHAIN} modules import each other in turn")

    def _execute(self, statements: list[ast.stmt], scope: Scope) -> None:
        self.chain += 1
        try:
            for statement in statements:
                try:
                    self.run.execute([statement], scope)
                except Stop as stop:
                    if is_expected(self.run, stop.value):
                        raise
                    self.run.uncaught += 1
        finally:
            self.chain -= 1

    def reload(self, module: Any) -> None:
        """Follow a module again, in the names that it has: `importlib.reload(module)`."""
        if not isinstance(module, ProgramModule):
            return
        self._check_chain()
        file = module.step.file if module.step else None
        if file is not None and file in self.files.files:
            source = self.files.files[file]
            self._execute(self.run.program.module(file, source.data, source.name), module.scope)

    def scope_around(self, node: ast.AST) -> Scope:
        """The names of the module that this code stands in."""
        path = self.run.program.part(getattr(node, "lineno", 1)).path
        self.run.spend(len(self.by_path), node)
        modules = [each.scope for each in self.modules() if each.step and each.step.file == path]
        return self.executed.get(path or "") or next(iter(modules), self.run.module)

    def execute(self, code: str, scope: Scope, node: ast.AST) -> None:
        """Follow code in these names. If it is the text of a file, its layers stand in the file.

        Raises `SyntaxError` or `ValueError` if it is no code.
        """
        data = code.encode(errors="replace")
        path = next((path for path, file in self.files.files.items() if file.data == data), None)
        if path is not None:
            self.execute_file(path, scope)
            return
        self._check_chain()
        statements = repair.parsed(code, 0)
        for inner in [inner for each in statements for inner in ast.walk(each)]:
            ast.copy_location(inner, node)
        self._execute(statements, scope)

    def execute_file(self, path: str, scope: Scope) -> None:
        """Follow a file in these names."""
        self._check_chain()
        self.executed[path] = scope
        file = self.files.files[path]
        self.run.libraries.note_module(self.run, file.data)
        self._execute(self.run.program.module(path, file.data, file.name), scope)

    def file_of(self, dotted: str) -> str | None:
        """The file of the module of that name."""
        steps = self._steps(dotted)
        return steps[-1].file if steps else None

    def loaded(self, name: str) -> Any:
        """The module of that name, if it was imported; else MISSING."""
        modules = [self.main, *self.modules()]
        return next((module for module in modules if module.name == name), MISSING)

    def scopes(self) -> list[Scope]:
        """The names of each module that was followed."""
        return [module.scope for module in self.modules()]

    def _name(self, path: str) -> str:
        """A module's dotted name, relative to the nearest folder where imports are searched."""
        inside = [folder for folder in self._folders() if path.startswith(f"{folder}{os.sep}")]
        nearest = max(inside, key=len, default=os.path.dirname(path))
        return os.path.relpath(path, nearest).replace(os.sep, ".")

    def import_(self, node: ast.Import, scope: Scope) -> None:
        """`import a.b` binds `a`; `import a.b as c` binds what is then `a.b`."""
        for alias in node.names:
            first = alias.name.partition(".")[0]
            value = self.run.libraries.module(alias.name if alias.asname else first)
            name = alias.asname or first
            modules = self._find_modules(0, alias.name, name, node=node) if value is MISSING else []
            if modules:
                value = modules[0]
                inner = zip(alias.name.split(".")[1:], modules[1:], strict=False)
                for part, module in inner if alias.asname else ():
                    is_module = isinstance(value, ProgramModule)
                    value = value.scope.names.get(part, module) if is_module else module
            else:
                check_import(self.run, alias, alias.name)
            scope.bind(name, self._unknown_module(name) if value is MISSING else value)

    def import_named(self, dotted: str, node: ast.AST) -> Any:
        """The module of that name: `importlib.import_module(dotted)`."""
        value = self.run.libraries.module(dotted)
        modules = self._find_modules(0, dotted, dotted, node=node) if value is MISSING else []
        if modules:
            return modules[-1]
        check_import(self.run, node, dotted)
        return self._unknown_module(dotted) if value is MISSING else value

    def _unknown_module(self, name: str) -> Any:
        value = self.run.unknown(name)
        return UnknownModule(name) if isinstance(value, Unknown) else value

    def import_from(self, node: ast.ImportFrom, scope: Scope) -> None:
        """`from .a import b, c as d` and `from a import *`."""
        dotted = node.module or ""
        is_library = not node.level and self.run.libraries.module(dotted) is not MISSING
        names = tuple([alias.name for alias in node.names])
        star = f"*{'.' * node.level}{dotted}"
        bound = [
            star if name == "*" else a.asname or name
            for a, name in zip(node.names, names, strict=True)
        ]
        modules = (
            []
            if is_library
            else self._find_modules(node.level, dotted, *bound, node=node, names=names)
        )
        for original, name in zip(names, bound, strict=True):
            if not modules:
                check_import(self.run, node, dotted, original.strip("*"), level=node.level)
            if original == "*":
                if modules:
                    self._bind_all(modules[-1], scope, node)
                else:
                    scope.stars.append("." * node.level + dotted)
                continue
            if is_library:
                value = self.run.libraries.imported(dotted, original)
                if value is MISSING and (why := self.run.libraries.why_missing(dotted, original)):
                    self.run.failed_imports.note(name, node, why)
            else:
                value = self._member(modules[-1], original, name, node) if modules else MISSING
            self.run.bind(scope, name, self.run.unknown(name) if value is MISSING else value, node)

    def _find_modules(
        self,
        level: int,
        dotted: str,
        *bound: str,
        node: ast.AST,
        names: tuple[str, ...] = (),
    ) -> list[ProgramModule]:
        """The program's own module after its packages; without it, note why `bound` are unknown."""
        try:
            modules = self.find(level, dotted, node, names)
            why = why_absent(dotted, level)
        except LstmcountError as error:
            modules, why = [], f"the module {'.' * level}{dotted}: {error.message}"
        is_known = bool(modules) or (not level and self.run.libraries.surely_has(dotted, ""))
        for name in () if is_known else bound:
            self.run.failed_imports.note(name, node, why)
        return modules

    def _member(self, module: ProgramModule, name: str, bound: str, node: ast.AST) -> Any:
        """`from module import name`: an attribute of the module or a module in it, or MISSING."""
        value = module.attribute(self.run, name, node)
        try:
            if value is MISSING:
                value = self.submodule(module, name, node)
        except LstmcountError as error:
            self.run.failed_imports.note(
                bound, node, f"the module {module}.{name}: {error.message}"
            )
            return MISSING
        if value is MISSING:
            if not module.scope.stars:
                fail(self.run)
            hint = did_you_mean(name, module.scope.names)
            self.run.failed_imports.note(
                bound, node, f"the module {module} has no {name!r}.{hint}".rstrip(".")
            )
        return value

    def _bind_all(self, module: ProgramModule, scope: Scope, node: ast.AST) -> None:
        """`from module import *`: the names in `__all__`, or all without a leading underscore."""
        listed = module.scope.names.get("__all__")
        if isinstance(listed, list | tuple) and all(isinstance(name, str) for name in listed):
            self.run.spend(len(listed), node)
            for name in listed:
                value = self._member(module, name, name, node)
                if value is not MISSING:
                    self.run.bind(scope, name, value, node)
            return
        self.run.spend(len(module.scope.names), node)
        scope.stars += [path for path in module.scope.stars if path not in scope.stars]
        for name, value in list(module.scope.names.items()):
            if not name.startswith("_"):
                self.run.bind(scope, name, value, node)
