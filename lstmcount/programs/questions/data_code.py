"""Code that only processes data, whatever it does: functions and statements without layers.

A run may pass over it. What it may change is unknown then, so that a model that comes out the same
does not depend on the conditions in it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain

from lstmcount.programs.language.builtins.builtin_functions import BUILTINS
from lstmcount.programs.language.flow import called_name, is_generator
from lstmcount.programs.language.interpreter import Decision, Interpreter
from lstmcount.programs.language.modules.installed import asks_whether_it_works
from lstmcount.programs.language.values.callbacks import CHANGING

_LOOPS = ast.For | ast.While
_CONTROL = ast.If | ast.For | ast.While | ast.Try
_NOT_FOLLOWED = (
    ast.ClassDef | ast.AsyncFunctionDef | ast.AsyncFor | ast.AsyncWith
    | ast.Yield | ast.YieldFrom | ast.Await | ast.Delete
)  # fmt: skip
_UNSAFE = {
    "__import__", "compile", "delattr", "eval", "exec", "execfile", "exit", "globals", "locals",
    "next", "quit", "reload", "setattr", "super", "vars",
}  # fmt: skip
_BUILTINS = BUILTINS.keys() - _UNSAFE
# Methods that change a layer, model or setting, whatever object it is that has them.
_BUILDING = {
    "adapt", "add_argument", "add_loss", "add_metric", "add_update", "add_weight", "apply",
    "assign", "build", "call", "clear_session", "clone", "compile", "compute_output_shape",
    "enable_lora", "fit", "fit_generator", "fit_on_texts", "fit_transform", "from_config",
    "partial_fit", "quantize", "set_defaults", "set_dtype_policy", "set_floatx",
    "set_global_policy", "set_image_data_format", "set_image_dim_ordering", "set_learning_phase",
    "set_policy", "set_vocabulary", "train_on_batch",
}  # fmt: skip
_CALLING = {"filter", "filterfalse", "map", "reduce", "starmap", "takewhile", "dropwhile"}
# In the text of an owner whose lists may be those of a model.
_OF_MODELS = re.compile(r"(?i)model|layer|net|sequential|encoder|decoder|block")
_KERAS = re.compile(r"(^|[._])keras|^tensorflow(\.python|\.compat|\.contrib|\.layers|\.nn|$)")
_DATA_OF_KERAS = re.compile(
    r"\.(datasets|callbacks|preprocessing)\.|\.(to_categorical|get_file|pad_sequences|load_img"
    r"|img_to_array|array_to_img|set_random_seed|preprocess_input|decode_predictions)$"
)
_ATTRIBUTES = {"trainable", "layers", "inputs", "outputs", "call", "build", "built", "optimizer"}
# Through these, code may read and change what its text does not tell.
_HIDDEN = {"environ", "modules", "putenv", "unsetenv"}
_HIDING = re.compile(r"cache|singledispatch")  # decorators: a cache keeps the first results
_READ_ONLY = {"__doc__", "__file__", "__len__", "__name__", "__version__"}


@lru_cache(maxsize=1)
def data_code(statements: tuple[ast.stmt, ...], modules: frozenset[str]) -> DataCode:
    """The code of a program that only processes data; a program may be followed several times."""
    return DataCode(statements, modules)


class DataCode:
    """The functions and statements of a program, with modules at these paths, that only process
    data."""

    def __init__(self, statements: tuple[ast.stmt, ...], modules: frozenset[str]) -> None:
        self._own_modules = {"", *[part for path in modules for part in re.split(r"[/.]", path)]}
        self._functions: dict[str, list[ast.FunctionDef | ast.AsyncFunctionDef]] = {}
        self._classes: dict[str, list[ast.ClassDef]] = {}
        self._imports: dict[str, set[str]] = {}  # names and the modules or members that they mean
        self._around: dict[ast.AST, ast.AST] = {}
        self._may_raise = False
        self._known: dict[tuple[ast.AST, bool], bool] = {}
        self._visited: set[ast.AST] = set()  # code that is being looked at, with what it calls
        for statement in statements:
            self._read(statement)

    def around(self, decision: Decision) -> ast.AST | None:
        """The smallest code around a decision that a run can pass over; None if there is none."""
        is_statement = isinstance(decision.node, ast.stmt)
        node = decision.node if is_statement else self._around.get(decision.node)
        self._may_raise = not decision.is_in_try  # where no statement catches it
        may_fail = decision.is_in_try or asks_whether_it_works(decision.test)
        while node is not None and not isinstance(node, ast.ClassDef):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                is_passed = not may_fail and not is_generator(node) and self._is_data(node)
                return node if is_passed else None
            may_fail = may_fail and not _catches_all(node)
            is_passed = not may_fail and isinstance(node, _CONTROL) and not _leaves(node)
            if is_passed and self._is_data(node) and not self._is_in_generator(node):
                return node
            node = self._around.get(node)
        return None

    def _is_in_generator(self, node: ast.AST) -> bool:
        around: ast.AST | None = node
        while around is not None and not isinstance(around, ast.FunctionDef):
            around = self._around.get(around)
        return isinstance(around, ast.FunctionDef) and is_generator(around)

    def _read(self, statement: ast.stmt) -> None:
        for node in ast.walk(statement):
            for inner in ast.iter_child_nodes(node):
                self._around[inner] = node
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                self._functions.setdefault(node.name, []).append(node)
            elif isinstance(node, ast.ClassDef):
                self._classes.setdefault(node.name, []).append(node)
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    name = alias.name if alias.asname else alias.name.partition(".")[0]
                    self._imports.setdefault(alias.asname or name, set()).add(name)
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    full = f"{'.' * node.level}{node.module or ''}.{alias.name}"
                    self._imports.setdefault(alias.asname or alias.name, set()).add(full)

    def _is_data(self, code: ast.AST) -> bool:
        known = self._known.get((code, self._may_raise))
        if known is not None or code in self._visited:
            return known is not False
        is_first = not self._visited
        self._visited.add(code)
        is_data = all(map(self._may_pass, ast.walk(code)))
        if is_first:  # the others may call it
            self._visited.clear()
            self._known[code, self._may_raise] = is_data
        return is_data

    def _may_pass(self, node: ast.AST) -> bool:
        match node:
            case ast.Call():
                return self._may_call(node)
            case ast.Attribute(attr=name) if name in _HIDDEN or _is_special(name):
                return False
            case ast.Attribute(ctx=ast.Store(), attr=name):
                return name.lstrip("_") not in _ATTRIBUTES
            case ast.Attribute(attr=name) | ast.Name(id=name) if name in self._functions:
                return self._are_data(name)  # it may be called, or be a property
            case ast.keyword(arg="inplace" | "out" | "namespace"):
                return False
            case ast.keyword(arg="key" | "target" | "function" | "func", value=value):
                return self._is_known_function(value)
            case ast.Import(names=names):
                return all(self._may_import(alias.name) for alias in names)
            case ast.ImportFrom(module=module, level=level):
                return level == 0 and self._may_import(module or "")
            case ast.FunctionDef(decorator_list=decorators):
                return not any(_HIDING.search(ast.unparse(each)) for each in decorators)
            case ast.Raise() | ast.Assert():
                return self._may_raise
        return not isinstance(node, _NOT_FOLLOWED)

    def _are_data(self, name: str) -> bool:
        return all(map(self._is_data, self._functions[name]))

    def _may_import(self, path: str) -> bool:
        """Whether a module is no module of the program, and none of Keras."""
        return path.partition(".")[0] not in self._own_modules and not _KERAS.search(path)

    def _is_known_function(self, value: ast.expr) -> bool:
        """Whether an argument that is called is no element of a container."""
        if isinstance(value, ast.Name):
            named = (self._functions, self._classes, self._imports, _BUILTINS)
            return any(value.id in names for names in named)
        return isinstance(value, ast.Attribute | ast.Lambda | ast.Constant)

    def _may_call(self, call: ast.Call) -> bool:
        if called_name(call) in _CALLING and not all(map(self._is_known_function, call.args[:1])):
            return False
        match call.func:
            case ast.Name(id="type"):
                return self._is_type_read(call)
            case ast.Name(id=name):
                return self._may_call_name(name)
            case ast.Attribute(value=ast.Name(id=name), attr=method) if name in self._imports:
                return self._may_call_member({f"{each}.{method}" for each in self._imports[name]})
            case ast.Attribute(attr=method, value=owner):
                return self._may_call_method(owner, method)
        return False

    def _is_type_read(self, call: ast.Call) -> bool:
        """Whether nothing is changed or called through a type: `type(x) == str`."""
        around = self._around.get(call)
        name = around.attr if isinstance(around, ast.Attribute) else ""
        return isinstance(around, ast.Compare | ast.FormattedValue) or name == "__name__"

    def _may_call_name(self, name: str) -> bool:
        if name in self._functions or name in self._classes:
            return self._may_call_own(name)
        if name in self._imports:
            return self._may_call_member(self._imports[name])
        return name in _BUILTINS

    def _may_call_own(self, name: str) -> bool:
        own = [*self._functions.get(name, ()), *self._classes.get(name, ())]
        return bool(own) and all(map(self._is_own_data, own))

    def _is_own_data(self, definition: ast.stmt) -> bool:
        if not isinstance(definition, ast.ClassDef):
            return self._is_data(definition)
        bases = [base.id if isinstance(base, ast.Name) else "" for base in definition.bases]
        plain = all(base in ("object", "Exception") or base in self._classes for base in bases)
        made = [each for each in definition.body if getattr(each, "name", "") == "__init__"]
        return plain and not definition.keywords and all(map(self._is_data, made))

    def _may_call_member(self, paths: set[str]) -> bool:
        """Whether functions of other packages, by their paths, make and change no layers."""
        for path in paths:
            name = path.rpartition(".")[2]
            if path.partition(".")[0] in self._own_modules:
                return self._may_call_own(name)
            if _DATA_OF_KERAS.search(path):
                continue
            if _KERAS.search(path) or (path.startswith("tensorflow") and name[:1].isupper()):
                return False
        return True

    def _may_call_method(self, owner: ast.expr, name: str) -> bool:
        text = ast.unparse(owner)
        if name in self._functions:
            return self._are_data(name)
        root = re.match(r"\w*", text)
        if root is not None and root[0] in self._imports:
            prefix = text[root.end() :]
            return self._may_call_member({f"{p}{prefix}.{name}" for p in self._imports[root[0]]})
        return name not in _BUILDING and not (name in CHANGING and _OF_MODELS.search(text))


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__") and name not in _READ_ONLY


def _catches_all(node: ast.AST) -> bool:
    kinds = [each.type for each in node.handlers] if isinstance(node, ast.Try) else []
    return any(kind is None or ast.unparse(kind) == "Exception" for kind in kinds)


def _leaves(statement: ast.AST) -> bool:
    """Whether a statement may end the code around it: by `return`, `raise`, `break` or an exit."""
    todo: list[tuple[ast.AST, bool]] = [(statement, False)]
    while todo:
        node, in_loop = todo.pop()
        if isinstance(node, ast.Return | ast.Raise):
            return True
        if isinstance(node, ast.Break | ast.Continue) and not in_loop:
            return True
        if isinstance(node, ast.Call) and called_name(node) in ("exit", "_exit", "abort"):
            return True
        if not isinstance(node, ast.FunctionDef | ast.Lambda):
            in_loop = in_loop or isinstance(node, _LOOPS)
            todo += [(inner, in_loop) for inner in ast.iter_child_nodes(node)]
    return False


def passed_over(run: Interpreter, decisions: Iterable[Decision]) -> dict[ast.AST, ast.AST]:
    """The code that a run can pass over, by the nodes of the decisions in it."""
    code = data_code(statements_of(run), frozenset(run.program.modules))
    found = {decision.node: code.around(decision) for decision in decisions}
    return {node: around for node, around in found.items() if around is not None}


def statements_of(run: Interpreter) -> tuple[ast.stmt, ...]:
    """The statements of a program and of its own modules."""
    program = run.program
    return (*program.statements, *chain.from_iterable(program.modules.values()))
