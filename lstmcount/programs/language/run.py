"""Interfaces between a run of a program, the libraries that it imports, and its values."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from lstmcount.errors import LstmcountError
from lstmcount.programs.language.bounds import Bounds
from lstmcount.programs.language.choices import Choices
from lstmcount.programs.language.failed_imports import FailedImports
from lstmcount.programs.language.noted import Noted
from lstmcount.programs.language.own_modules import OwnModules
from lstmcount.programs.language.scope import Scope
from lstmcount.programs.language.source.node_text import MAX_WORDS
from lstmcount.programs.language.source.setting_names import Settings, without_marks
from lstmcount.programs.language.source.source import Program
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


class WrongCall(Stop):
    """The program passes arguments to one of its functions which that does not take."""


class PassOver(Exception):  # noqa: N818 (not an error: the program goes on)
    """Code that only processes data is not followed further: a function or statement."""

    def __init__(self, code: ast.AST) -> None:
        super().__init__()
        self.code = code


class UnknownRest(Exception):  # noqa: N818 (not an error: the program goes on)
    """The elements that follow in an iterator are unknown: some of `selection`, if it is given."""

    def __init__(self, selection: Unknown | None = None) -> None:
        super().__init__()
        self.selection = selection


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

    def surely_lacks(self, path: str, name: str) -> bool:
        """Whether a module that is known lacks a name that only older versions have."""

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


class Run(Bounds, ABC):
    """One run of a program: its names, its limits, and the source text of unknowns."""

    own_modules: OwnModules  # the program's own modules
    decisions: dict[Any, Any]  # the conditions on which the way through the program depends

    def __init__(self, program: Program, settings: Settings, libraries: Libraries) -> None:
        super().__init__(program)
        self.settings = settings
        self.libraries = libraries
        self.is_python2 = program.is_python2
        self.module = Scope(names={"__name__": "__main__", "__file__": "model.py"})
        self.choices = Choices()
        self.failed_imports = FailedImports(program)
        self.depth = 0  # of nested calls
        self.called: Any = None  # what the latest call expression calls
        self.frames: list[tuple[Any, Any] | None] = []  # (self, class) of the running methods
        self.scopes: list[Scope] = []  # the names of the running functions
        self.catching: list[Catching] = []  # the running `try` statements
        self.handled: list[Any] = []  # the exceptions whose handlers are running
        # source text of containers with unknown elements, by identity
        self.spoiled: dict[int, str] = {}
        # by identity: their names, and the code that made elements of them unknown
        self.opened_at: dict[int, tuple[str, ast.AST]] = {}
        self.unknown_lists: set[str] = set()  # source text of those that known lists are added to
        self.uncaught = 0  # number of exceptions that ended a statement of the program or a module
        self.unfollowed = 0  # number of parts of the program that could not be followed
        self.effects = 0  # layers created, called or changed: a loop that does so is not cut short
        # effects that a loop may have again and again: what it sets of layers, which are the keys
        self.sets, self.set_values = 0, dict[Any, Any]()
        self.set_at: set[ast.AST] = set()  # the statements that set it
        self.replaced_at: set[ast.AST] = set()  # targets where a setting replaced an unknown
        self.guesses = 0  # number of times that an unknown condition has been decided
        self.refused: list[LstmcountError] = []  # of functions that build models, not followed
        self.bindings: list[tuple[str, Any, int]] = []  # (name, model, line) in order
        # by assignment: what the names in it were when it first gave an unknown
        self.first_results = dict[ast.AST, Any]()
        self.parts_set = dict[str, Any]()  # known parts that the program sets of unknowns
        self.told_apart: set[str] = set()  # the words of those that later calls of it gave
        self.names_apart: set[str] = set()  # names that stand for one of these
        self.set_apart = set[str]()  # words of which each value has words of its own
        self.noted = Noted()  # about texts that may stand for several values
        self.whiles = 0  # the running `while` statements
        # by their words: the objects with an unknown attribute `self.name`, by identity
        self.with_unknown = dict[str, dict[int, Any]]()
        # by name: unknown values that the program names like its model, where, and after how many
        # bindings
        self.lost_models: dict[str, tuple[Unknown, ast.AST, int]] = {}
        # the code to pass over where an unknown condition or loop is found, by its node
        self.passed_over: dict[ast.AST, ast.AST] = {}
        self.attempt = ""  # the function or class that is called to find its model; "" for none
        # by identity: containers that a library keeps as a type of its own, that type, and what
        # the library does before the program changes one
        self.library_types: dict[int, tuple[Any, Any, Callable[..., list[Any]]]] = {}
        self.library_state: dict[str, Any] = libraries.begin(self)  # by library name

    def note_set(self, key: Any, value: Any, node: ast.AST) -> None:
        """Note that the program sets what a layer has under this key."""
        self.effects += 1
        self.sets += 1
        self.set_values[key] = value
        self.set_at.add(node)

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

    def note_change(
        self, container: Any, method: str, args: list[Any], kwargs: dict[str, Any], node: ast.AST
    ) -> list[Any]:
        """Tell the library that keeps a container, if one does, that a method will change it.

        Return the arguments that the method gets instead.
        """
        kept = self.library_types.get(id(container))
        return args if kept is None else kept[2](method, args, kwargs, node)

    def is_open(self, container: Any) -> bool:
        """Whether a container has unknown elements."""
        return id(container) in self.spoiled

    def note_change_of_open(self, container: Any, node: ast.AST) -> None:
        """Note that a container with unknown elements may be changed again, at another place."""
        name, opened = self.opened_at.get(id(container), ("", node))
        if node not in (opened, getattr(opened, "func", None)):
            self.noted.places.changed_later.add(name)

    # -- words, names and choices

    def rename(self, words: str | None, name: str) -> None:
        """Note that an unknown has a new name, or that another unknown comes from it."""
        self.failed_imports.rename(words, name)
        self.choices.rename(words, name)

    def set_part(self, whole: Unknown, part: str, value: Any) -> None:
        """Keep what the program sets of an unknown, `.units` or `['units']`, if it is known."""
        if isinstance(value, (int, float, str)):
            self.parts_set[f"{whole}{part}"] = value
        else:
            self.parts_set.pop(f"{whole}{part}", None)

    def forget_parts(self, words: str) -> None:
        """Forget what was set of an unknown, which is another now or may be changed."""
        for key in [key for key in self.parts_set if key.startswith((f"{words}.", f"{words}["))]:
            del self.parts_set[key]

    def source_of(self, node: ast.AST, scope: Scope | None = None) -> str:
        """The source text of a node, with words of their own for unknowns that are told apart.

        `scope` has the names in the node; without it, the running function has them.
        """
        return super().source_of(node)

    def path_of(self, node: ast.AST, scope: Scope | None = None) -> str:
        """The source text of a name or attribute, whichever of its values it stands for."""
        return without_marks(self.source_of(node, scope))

    def owner_of(self, node: ast.AST) -> str:
        """The path of what a method or an assignment changes: `sizes` of `sizes.sort()`."""
        part = node.func if isinstance(node, ast.Call) else node
        if isinstance(part, ast.Attribute | ast.Subscript):
            return self.path_of(part.value)
        return self.path_of(node)

    def words_at(self, name: str, node: ast.AST) -> str:
        """The words of the value that a name or an attribute gets at a node: `n`, or `n@4` where
        each of its values has its own."""
        self.noted.places.bound_at[name].add(node)
        is_apart = name in self.set_apart
        if not is_apart and name not in self.settings.names_with_places:
            return name
        words = self.program.at_line(name, getattr(node, "lineno", 1))
        if not is_apart and words not in self.settings.places:
            return name
        self.told_apart.add(words)
        self.names_apart.add(name)
        return words

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
    def decide(
        self,
        unknown: Unknown,
        node: ast.AST,
        test: ast.expr | str,
        default: int,
        scope: Scope | None = None,
    ) -> int:
        """The branch or the number of rounds to follow for an unknown condition, or its text.

        `scope` has the names in the condition, as in `source_of`.
        """
