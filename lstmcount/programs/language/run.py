"""What the parts of the reader may ask of a run of a program, whichever object runs it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from lstmcount.errors import LstmcountError
    from lstmcount.programs.language.choices import Choices
    from lstmcount.programs.language.imports import OwnModules
    from lstmcount.programs.language.places import CodePlace
    from lstmcount.programs.language.scope import Scope
    from lstmcount.programs.language.setting_names import Settings
    from lstmcount.programs.language.source import Program
    from lstmcount.shapes import Unknown


class _Missing:
    def __bool__(self) -> bool:
        return False


MISSING: Any = _Missing()

# What Python raises for a wrong use of a function: its result is unknown then.
PYTHON_ERRORS = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError)


class Stop(Exception):  # noqa: N818 (not an error of ours)
    """The program's own way out: an exception that it raises, or `sys.exit()`."""

    def __init__(self, value: Any = None) -> None:
        super().__init__()
        self.value = value


class Libraries(Protocol):
    """What the imports of a program give, and what only libraries know."""

    def begin(self, run: Run) -> dict[str, Any]:
        """What each library keeps of a run, under its name."""

    def module(self, path: str) -> Any:
        """The module of that name; MISSING where nothing is known of it."""

    def imported(self, path: str, name: str) -> Any:
        """`from path import name`; MISSING where it is not known."""

    def starred(self, path: str, name: str) -> Any:
        """A name from `from path import *`."""

    def examples(self, path: str) -> tuple[str, ...]:
        """Names of the module that may be meant where a name is not known."""

    def declared(self, class_name: str) -> Any:
        """The class that the user declares under a name; MISSING without one."""

    def call_unknown(
        self, run: Run, function: Unknown, args: list[Any], kwargs: dict[str, Any], node: ast.AST
    ) -> Any:
        """What a call of something unknown makes; MISSING where no library knows."""

    def parameter(self, run: Run, function: Any, name: str) -> Any:
        """What a parameter must be that no call gives; MISSING where no library knows."""

    def many(self, run: Run, name: str, element: Any) -> Any:
        """Unknown in number, elements that are all like this one; MISSING if that says nothing."""

    def select(self, run: Run, value: Unknown, key: Any, length: int | None) -> Any:
        """`value[key]` of something unknown, of whose first axis so many elements are taken;
        MISSING where no library knows more."""

    def note_module(self, run: Run, data: bytes) -> None:
        """A module of the program is about to be followed, whose text these are."""

    def note_unknown_call(self, run: Run, values: list[Any]) -> None:
        """A function that is given these values has returned something unknown."""


class Run(Protocol):
    """One run of a program: its names, its bounds, and the words for what is unknown."""

    program: Program
    settings: Settings
    module: Scope
    libraries: Libraries
    own: OwnModules
    choices: Choices
    kept: dict[str, Any]  # what each library keeps of the run, under its name
    is_python2: bool
    depth: int  # of calls inside calls
    frames: list[tuple[Any, Any] | None]  # (self, class) of the methods that run
    unfollowed: int  # parts of the program of whose inside nothing is known
    effects: int  # layers made, called or changed
    bindings: list[tuple[str, Any, int]]  # (name, model, line) in order

    def execute(self, body: list[ast.stmt], scope: Scope) -> Any:
        """Follow statements: None, or what ends them early."""

    def evaluate(self, node: ast.expr, scope: Scope) -> Any:
        """The value of an expression."""

    # -- calls

    def call(self, function: Any, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        """`function(*args, **kwargs)`, whatever kind of value the function is."""

    def call_function(
        self, function: Any, args: list[Any], kwargs: dict[str, Any], node: ast.AST
    ) -> Any:
        """What a function of the program returns."""

    def instantiate(self, cls: Any, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        """An object of a class of the program."""

    # -- bounds

    def spend(self, amount: int, node: ast.AST | None = None) -> None:
        """Charge for `amount` elements made at once."""

    def weigh(self, node: ast.AST, *values: Any) -> None:
        """Charge for looking at all of some values, and refuse those that are endless."""

    @property
    def total_steps(self) -> int:
        """How many steps the program has taken."""

    # -- places and words

    def place(self, node: ast.AST) -> CodePlace:
        """Where the node stands in the program."""

    def error(self, node: ast.AST, message: str) -> LstmcountError:
        """An error at the node."""

    def limit(self, node: ast.AST | None, message: str) -> LstmcountError:
        """The error of a program that goes beyond what the reader follows."""

    def source_of(self, node: ast.AST) -> str:
        """The node in the program's words."""

    def unknown(self, words: str) -> Any:
        """The value that `words` was set to, or else an unknown that carries them."""

    # -- names and choices

    def builtin(self, name: str, scope: Scope) -> Any:
        """A name that no scope binds: of a star import, or Python's own."""

    def starred(self, scope: Scope, name: str) -> Any:
        """A name that one of the scope's own star imports brings."""

    def bind(self, scope: Scope, name: str, value: Any, node: ast.AST) -> None:
        """Give a name to a value."""

    def decide(self, unknown: Unknown, node: ast.AST, test: ast.expr, default: int) -> int:
        """Which way to go where the condition is unknown, or how often a loop runs."""


class Value:
    """What a program can hold besides Python's own values: each kind answers for itself."""

    __slots__ = ()
    is_callable = False
    is_model = False
    inner: Any = MISSING  # its value of Python's own type, if its class is derived from that
    tells_equality = False  # whether `==` asks its class
    strength = 0  # of two operands, the stronger one answers
    weighs_arguments = True  # before a call; a function of the program looks at its own

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        """`value.name`; MISSING where the reader knows none of that name."""
        return MISSING

    def missing(self, run: Run, name: str, node: ast.AST) -> Any:
        """The unknown that an attribute is which the reader does not know."""
        return run.unknown(run.source_of(node) if isinstance(node, ast.expr) else name)

    def set_attribute(self, run: Run, name: str, new: Any, node: ast.AST) -> None:
        """`value.name = new`."""

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        """`value(*args, **kwargs)`; unknown, in the program's words, where nothing can be told."""
        return run.unknown(run.source_of(node))

    def inherited(self, run: Run, name: str) -> Any:
        """`super().name` in a method, where no class of the program above has that name."""
        return MISSING

    def instance(self, run: Run, cls: Any, node: ast.AST) -> Any:
        """A new object of a class of the program that has this one among its bases, or None."""
        return None

    def of_subclass(self, run: Run, cls: Any, name: str) -> Any:
        """`cls.name` of a class of the program that has this one among its bases, or MISSING."""
        return MISSING

    def made(self, run: Run) -> None:
        """After the `__init__` of the program's class was followed for this object."""

    def enter(self, run: Run) -> Any:
        """What `with value as name` gives the name; MISSING where that is not known."""
        return MISSING

    def leave(self, run: Run) -> None:
        """After the body of a `with` statement."""

    # -- elements and numbers

    def elements(self, run: Run, node: ast.AST) -> list[Any] | None:
        """What a loop goes through; None where that is unknown."""
        return None

    def length(self, run: Run, node: ast.AST) -> Any:
        """`len(value)`; MISSING where it is the number of elements."""
        return MISSING

    def item(self, run: Run, key: Any, node: ast.AST) -> Any:
        """`value[key]`."""
        return run.unknown(run.source_of(node))

    def set_item(self, run: Run, key: Any, new: Any, node: ast.AST) -> Any:
        """`value[key] = new`; the list or dict in which to set it, if there is one."""
        return MISSING

    def delete_item(self, run: Run, key: Any, node: ast.AST) -> Any:
        """`del value[key]`, likewise."""
        return MISSING

    def contains(self, run: Run, value: Any, node: ast.AST) -> Any:
        """`value in self`; MISSING where its elements tell."""
        return MISSING

    def truth(self, run: Run) -> Any:
        """True, False, or the unknown that it depends on."""
        return True

    def operation(self, run: Run, name: str, node: ast.AST) -> Any:
        """What Python's own function of numbers, `abs` or `round`, makes of it; else MISSING."""
        return MISSING

    # -- operators: of two values, the one that is stronger answers

    def binary(self, run: Run, op: type[ast.operator], left: Any, right: Any, node: ast.AST) -> Any:
        """`left op right`, one of which this is."""
        return NotImplemented

    def in_place(self, run: Run, op: type[ast.operator], value: Any, node: ast.AST) -> Any:
        """`self op= value`; MISSING where it is `self = self op value`."""
        return MISSING

    def compare(self, run: Run, op: type[ast.cmpop], left: Any, right: Any, node: ast.AST) -> Any:
        """As `binary`, for comparisons by size."""
        return NotImplemented

    def unary(self, run: Run, op: type[ast.unaryop], node: ast.AST) -> Any:
        """`op value`, but for `not`."""
        return NotImplemented

    # -- types

    def type_of(self) -> Any:
        """`type(value)`; MISSING where it is not known."""
        return MISSING

    def has_instance(self, value: Any) -> Any:
        """`isinstance(value, self)`."""
        return False

    def is_subclass(self, kind: Any) -> Any:
        """`issubclass(self, kind)`, of a kind that is known."""
        return False


def inner_of(value: Any) -> Any:
    """The value of Python's own type that an object of a class derived from that type is."""
    return value.inner if isinstance(value, Value) and value.inner is not MISSING else value
