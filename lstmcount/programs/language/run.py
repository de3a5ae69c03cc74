"""Interfaces between a run of a program, the libraries that it imports, and its values."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

import msgspec

from lstmcount.errors import LstmcountError
from lstmcount.programs.language.bounds import Bounds
from lstmcount.programs.language.choices import Choices
from lstmcount.programs.language.failed_imports import FailedImports
from lstmcount.programs.language.node_text import MAX_WORDS
from lstmcount.programs.language.own_modules import OwnModules
from lstmcount.programs.language.scope import Scope
from lstmcount.programs.language.setting_names import Settings
from lstmcount.programs.language.source import Program
from lstmcount.shapes import Unknown


class _Missing:
    def __bool__(self) -> bool:
        return False


MISSING: Any = _Missing()

# Exceptions that Python raises for wrong arguments; the result of such a call is unknown.
PYTHON_ERRORS = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError)


class Stop(Exception):  # noqa: N818 (raised by the program, not an error of lstmcount)
    """The program raises an exception or calls `sys.exit()`."""

    def __init__(self, value: Any = None, node: ast.AST | None = None) -> None:
        super().__init__()
        self.value = value
        self.node = node  # the `raise` statement, if it is one

    @property
    def name(self) -> str:
        """The name of the exception's class."""
        kind = getattr(self.value, "kind", None) or getattr(self.value, "cls", None)
        return getattr(kind, "name", "an exception")


class UnknownRest(Exception):  # noqa: N818 (not an error: the program goes on)
    """The elements that follow in an iterator are unknown."""


class EnoughRounds(UnknownRest):
    """A loop did with some elements what it does with the others, whose number is unknown."""


class Catching:
    """A `try` statement whose body is running, in a function at a depth of calls."""

    __slots__ = ("decided", "depth", "names")

    def __init__(self, depth: int, names: Iterable[str], *, is_decided: bool = True) -> None:
        self.depth = depth
        self.names = frozenset(names)  # of the exceptions that it catches
        # those of which it is decided whether something that is not known raises them
        self.decided = self.names if is_decided else frozenset[str]()


class Libraries(Protocol):
    """The libraries that programs import, and the knowledge that only libraries have."""

    def begin(self, run: Run) -> dict[str, Any]:
        """The state that each library keeps for a run, by library name."""

    def module(self, path: str) -> Any:
        """The module with that name; MISSING if it is not known."""

    def imported(self, path: str, name: str) -> Any:
        """`from path import name`; MISSING if it is not known."""

    def set_attribute(self, path: str, name: str, new: Any) -> None:
        """`module.name = new`."""

    def starred(self, path: str, name: str) -> Any:
        """A name from `from path import *`; MISSING if it is not known."""

    def why_missing(self, path: str, name: str) -> str | None:
        """Why a known module lacks a name, if that is known."""

    def surely_has(self, path: str, name: str) -> bool:
        """Whether `from path import name` works wherever the program runs; `name` may be ""."""

    def examples(self, path: str) -> tuple[str, ...]:
        """Names in the module that an unknown name may refer to."""

    def declared(self, class_name: str) -> Any:
        """The class that the user declares under a name; MISSING if there is none."""

    def call_unknown(
        self, run: Run, function: Unknown, args: list[Any], kwargs: dict[str, Any], node: ast.AST
    ) -> Any:
        """The result of calling an unknown function; MISSING if no library knows it."""

    def parameter(self, run: Run, function: Any, name: str) -> Any:
        """The value of a parameter that no call passes; MISSING if no library knows it."""

    def many(self, run: Run, name: str, element: Any) -> Any:
        """An unknown number of elements like this one; MISSING if the element tells nothing."""

    def select(self, run: Run, value: Unknown, key: Any, length: int | None) -> Any:
        """`value[key]` of an unknown, taking `length` elements of its first axis, or MISSING."""

    def note_module(self, run: Run, data: bytes) -> None:
        """Tell libraries that a module of the program with this text is about to be followed."""

    def note_unknown_call(self, run: Run, values: list[Any]) -> None:
        """Tell libraries that a function with these arguments has returned an unknown."""

    def note_unknown_set(self, run: Run, name: str, node: ast.AST) -> None:
        """Tell libraries that an attribute of an unknown has been set."""

    def note_end(self, run: Run, node: ast.AST) -> None:
        """Tell libraries that the program ends at a statement."""

    def note_decorator(self, run: Run, name: str, words: str, node: ast.AST) -> None:
        """Tell libraries that a function or class is followed without an unknown decorator."""

    def note_element_set(self, run: Run, container: list[Any], key: Any, new: Any) -> None:
        """Tell libraries that an element of a list will be replaced."""


class Run(Bounds, ABC):
    """One run of a program: its names, its limits, and the source text of unknowns."""

    own_modules: OwnModules  # the program's own modules

    def __init__(self, program: Program, settings: Settings, libraries: Libraries) -> None:
        super().__init__(program)
        self.settings = settings
        self.libraries = libraries
        self.is_python2 = program.is_python2
        self.module = Scope(names={"__name__": "__main__", "__file__": "model.py"})
        self.choices = Choices()
        self.failed_imports = FailedImports(program)
        self.depth = 0  # of nested calls
        self.frames: list[tuple[Any, Any] | None] = []  # (self, class) of the running methods
        self.scopes: list[Scope] = []  # the names of the running functions
        self.catching: list[Catching] = []  # the running `try` statements
        self.handled: list[Any] = []  # the exceptions whose handlers are running
        # source text of containers with unknown elements, by identity
        self.spoiled: dict[int, str] = {}
        self.unknown_lists: set[str] = set()  # source text of those that known lists are added to
        self.uncaught = 0  # number of exceptions that ended a statement of the program or a module
        self.unfollowed = 0  # number of parts of the program that could not be followed
        self.effects = 0  # layers created, called or changed: a loop that does so is not cut short
        self.guesses = 0  # number of times that an unknown condition has been decided
        self.refused: list[LstmcountError] = []  # of functions that build models, not followed
        self.bindings: list[tuple[str, Any, int]] = []  # (name, model, line) in order
        self.attempt = ""  # the function or class that is called to find its model; "" for none
        # containers that a library keeps as a type of its own, and that type, by identity
        self.library_types: dict[int, tuple[Any, Value]] = {}
        self.library_state: dict[str, Any] = libraries.begin(self)  # by library name

    @abstractmethod
    def execute(self, body: list[ast.stmt], scope: Scope) -> Any:
        """Execute statements. Return None, or the signal that ends them early."""

    @abstractmethod
    def evaluate(self, node: ast.expr, scope: Scope) -> Any:
        """The value of an expression."""

    # -- calls

    @abstractmethod
    def call(self, function: Any, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        """`function(*args, **kwargs)`, for any kind of value."""

    @abstractmethod
    def call_function(
        self, function: Any, args: list[Any], kwargs: dict[str, Any], node: ast.AST
    ) -> Any:
        """The return value of a function of the program."""

    @abstractmethod
    def instantiate(self, cls: Any, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        """A new object of a class of the program."""

    @abstractmethod
    def create_class(
        self, metaclass: Any, args: list[Any], kwargs: dict[str, Any], node: ast.AST
    ) -> Any:
        """`type(name, bases, names)`, or the same of a metaclass of the program."""

    # -- failures

    @abstractmethod
    def fail(self, error: BaseException, container: Any = None) -> None:
        """Raise Python's exception in the program, if the program catches it and it is certain."""

    @abstractmethod
    def may_fail(self, node: ast.AST, *kinds: str, words: str = "") -> None:
        """Follow both ways where the program catches exceptions that an unknown may raise."""

    @abstractmethod
    def spoil(self, container: Any, node: ast.AST) -> None:
        """Make the elements of a container unknown, after a method with an unknown argument."""

    @abstractmethod
    def spoil_as(self, container: Any, words: str, node: ast.AST) -> None:
        """Make the elements of the container with these words unknown."""

    @abstractmethod
    def forget_data(
        self, names: dict[str, Any], owner: str, node: ast.AST, only: str | None = None
    ) -> None:
        """Make the data under all names, or only one, unknown: unknown code at `node` may set it.

        `owner` stands before the names in the program: `""`, or `"config."`.
        """

    @abstractmethod
    def leave_open(self, container: Any, words: str) -> None:
        """Note that a container has more elements, which are unknown: those of `words`."""

    def is_open(self, container: Any) -> bool:
        """Whether a container has unknown elements."""
        return id(container) in self.spoiled

    # -- words, names and choices

    def rename(self, words: str | None, name: str) -> None:
        """Note that an unknown has a new name, or that another unknown comes from it."""
        self.failed_imports.rename(words, name)
        self.choices.rename(words, name)

    def unknown(self, words: str) -> Any:
        """The value that the user set for `words`, or an unknown with these words."""
        if self.settings and words in self.settings:
            return self.settings.use(words)
        if len(words) > MAX_WORDS:
            words = words[: MAX_WORDS - 3] + "..."
        return Unknown(words)

    def starred(self, scope: Scope, name: str) -> Any:
        """A name from the star imports of this scope; later imports win."""
        for path in reversed(scope.stars):
            value = self.libraries.starred(path, name)
            if value is not MISSING:
                return value
        return MISSING

    @abstractmethod
    def builtin(self, name: str, scope: Scope) -> Any:
        """A name that no scope binds: from a star import, or a Python builtin."""

    @abstractmethod
    def bind(self, scope: Scope, name: str, value: Any, node: ast.AST) -> None:
        """Bind a name to a value."""

    @abstractmethod
    def decide(self, unknown: Unknown, node: ast.AST, test: ast.expr | str, default: int) -> int:
        """The branch or the number of rounds to follow for an unknown condition, or its text."""


class UnknownIndex(msgspec.Struct, frozen=True):
    """The unknown key that may select a value, and the value's own words in the program."""

    key: Unknown
    words: str


class Value:
    """A value of a program that is not of a Python type. Each kind defines its behaviour."""

    __slots__ = ()
    is_callable = False
    is_model = False
    is_class = False
    inner: Any = MISSING  # the Python value of an object whose class derives from a Python type
    defines_equality = False  # whether its class defines `==`
    strength = 0  # the operand with the greater strength defines an operator's result
    weighs_arguments = True  # whether a call charges for traversing its arguments

    @property
    def builder(self) -> Any:
        """The function that may make a model: a function itself, or that of a hypermodel; None."""
        return None

    @property
    def made_model(self) -> Any:
        """The model that a tuner has made, or None."""
        return None

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        """`value.name`; MISSING if the reader does not know it."""
        return MISSING

    def missing(self, run: Run, name: str, node: ast.AST) -> Any:
        """The unknown that replaces an attribute which the reader does not know."""
        return run.unknown(run.source_of(node) if isinstance(node, ast.expr) else name)

    def has_unfollowed(self, run: Run, name: str) -> bool:
        """Whether it surely has an attribute of that name, which the reader does not follow."""
        return False

    def lacks_followed(self, run: Run, name: str) -> bool:
        """Whether it surely lacks an attribute of that name, although the reader may follow it."""
        return False

    def surely_lacks(self, name: str) -> bool:
        """Whether Python raises an AttributeError for an attribute that the reader lacks."""
        return False

    def set_attribute(self, run: Run, name: str, new: Any, node: ast.AST) -> None:
        """`value.name = new`."""

    def set_some_attribute(self, run: Run, node: ast.AST) -> None:
        """`setattr(value, name, new)` with an unknown name."""
        owner = node.args[0] if isinstance(node, ast.Call) else node
        run.forget_data(getattr(self, "attributes", {}), f"{run.source_of(owner)}.", node)

    def may_be_set(self, run: Run, name: str, new: Any, which: UnknownIndex, node: ast.AST) -> None:
        """`values[key].name = new`, where an unknown key may select this value."""
        attributes = getattr(self, "attributes", {})
        if name in attributes:
            attributes[name] = run.unknown(f"{which.words}.{name}")

    def set_directly(self, run: Run, name: str, new: Any, node: ast.AST) -> None:
        """`object.__setattr__(value, name, new)`, without the method of the value's class."""
        method = self.inherited(run, "__setattr__")
        if method is MISSING:
            self.set_attribute(run, name, new, node)
        else:
            run.call(method, [name, new], {}, node)

    def delete_attribute(self, run: Run, name: str, node: ast.AST) -> None:
        """`del value.name`."""

    # -- as an attribute of a class: what its objects have under the same name

    @property
    def is_property(self) -> bool:
        """Whether an attribute of the object itself does not hide it."""
        return False

    def bound(self, run: Run, receiver: Any, node: ast.AST) -> Any:
        """The attribute of the object `receiver`: for a function, a method."""
        return self

    def set_on(self, run: Run, receiver: Any, new: Any, node: ast.AST) -> bool:
        """Set the attribute of the object by a setter. Return whether there is one."""
        return False

    def delete_on(self, run: Run, receiver: Any, node: ast.AST) -> bool:
        """Delete the attribute of the object by a deleter. Return whether there is one."""
        return False

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        """`value(*args, **kwargs)`; an unknown with the call's source text if not determined."""
        return run.unknown(run.source_of(node))

    def call_with_rest(self, run: Run, rest: str, node: ast.AST) -> Any:
        """A call in which the unknown `rest` passes more arguments."""
        return run.unknown(run.source_of(node))

    def inherited(self, run: Run, name: str) -> Any:
        """`super().name` in a method, if no class of the program defines the name; else MISSING."""
        return MISSING

    def may_be_called(self, run: Run, node: ast.AST, seen: set[ast.AST]) -> None:
        """Make unknown what calls by unknown code may change. `seen` holds functions regarded."""

    def new_instance(self, run: Run, cls: Any, node: ast.AST) -> Any:
        """A new object of a program's class that derives from this value, or None."""
        return None

    def after_class(self, run: Run, cls: Any) -> None:
        """Called after a program's class that derives from this value is made."""

    def subclass_attribute(self, run: Run, cls: Any, name: str) -> Any:
        """`cls.name` for a program's class that derives from this value, or MISSING."""
        return MISSING

    def after_init(self, run: Run) -> None:
        """Called after the `__init__` of the program's class has run for this object."""

    def enter(self, run: Run) -> Any:
        """Begin `with value as name`: the value of `name`, or MISSING if it is not known."""
        return MISSING

    def leave(self, run: Run, stop: Stop | None) -> bool:
        """End a `with` statement. Return whether to ignore the exception that ended its body."""
        return False

    def copied(self, run: Run, node: ast.AST) -> Any:
        """A copy, which shares the values that it holds."""
        return self

    # -- elements and numbers

    def unpacked(self, run: Run, number: int, node: ast.AST) -> list[Any] | None:
        """What this number of targets gets of a value whose elements are not known, or None."""
        return None

    def elements(self, run: Run, node: ast.AST) -> list[Any] | None:
        """The elements that a loop over the value yields; None if they are unknown."""
        return None

    def entries(self) -> dict[Any, Any] | None:
        """What `dict(value)` makes of a mapping; None for other values."""
        return None

    def rounds(self, run: Run, node: ast.AST) -> Iterator[Any] | None:
        """The elements one by one, which an iterator computes as they are taken.

        It raises `UnknownRest` if it finds that the elements that follow are unknown.
        """
        elements = self.elements(run, node)
        return None if elements is None else iter(elements)

    def length(self, run: Run, node: ast.AST) -> Any:
        """`len(value)`; MISSING if it equals the number of elements."""
        return MISSING

    def item(self, run: Run, key: Any, node: ast.AST) -> Any:
        """`value[key]`."""
        run.may_fail(node, "KeyError", "IndexError", "TypeError")
        return run.unknown(run.source_of(node))

    def set_item(self, run: Run, key: Any, new: Any, node: ast.AST) -> Any:
        """Perform `value[key] = new`, or return the list or dict that must perform it."""
        return MISSING

    def delete_item(self, run: Run, key: Any, node: ast.AST) -> Any:
        """Perform `del value[key]`, or return the list or dict that must perform it."""
        return MISSING

    def contains(self, run: Run, value: Any, node: ast.AST) -> Any:
        """`value in self`; MISSING if the elements determine it."""
        return MISSING

    def truth(self, run: Run) -> Any:
        """True, False, or the unknown that the truth value depends on."""
        return True

    def operation(self, run: Run, name: str, node: ast.AST) -> Any:
        """The result of a Python function such as `abs` or `round`; MISSING if not defined."""
        return MISSING

    # -- operators: the operand with the greater strength defines the result

    def binary(self, run: Run, op: type[ast.operator], left: Any, right: Any, node: ast.AST) -> Any:
        """`left op right`, where this value is one of the operands."""
        return NotImplemented

    def in_place(self, run: Run, op: type[ast.operator], value: Any, node: ast.AST) -> Any:
        """`self op= value`; MISSING if it equals `self = self op value`."""
        return MISSING

    def compare(self, run: Run, op: type[ast.cmpop], left: Any, right: Any, node: ast.AST) -> Any:
        """Like `binary`, for comparisons."""
        return NotImplemented

    def unary(self, run: Run, op: type[ast.unaryop], node: ast.AST) -> Any:
        """`op value`, except for `not`."""
        return NotImplemented

    # -- types

    def type_of(self) -> Any:
        """`type(value)`; MISSING if it is not known."""
        return MISSING

    def is_same(self, other: Any) -> Any:
        """`self is other`; MISSING if it is so only for the value itself."""
        return MISSING

    def has_instance(self, value: Any) -> Any:
        """`isinstance(value, self)`."""
        return False

    def is_subclass(self, kind: Any) -> Any:
        """`issubclass(self, kind)`, for a known kind."""
        return False


def inner_of(value: Any) -> Any:
    """The Python value inside an object whose class derives from a Python type; else the value."""
    return value.inner if isinstance(value, Value) and value.inner is not MISSING else value
