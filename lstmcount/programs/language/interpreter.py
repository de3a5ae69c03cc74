"""The interpreter: it runs a program's statements on plain values, within bounds.

Nothing is imported. Unknown values become an `Unknown` with the program's source text. So does code
that the reader does not understand: one strange line must not hide the model after it.
"""

from __future__ import annotations

import ast
from typing import Any

import msgspec

from lstmcount.errors import LstmcountError
from lstmcount.programs.language.bounds import SLICE, LimitError
from lstmcount.programs.language.builtins.builtin_functions import BUILTINS
from lstmcount.programs.language.builtins.files import note_unknown_call
from lstmcount.programs.language.flow import LOOPS_OVER_ELEMENTS, way_out
from lstmcount.programs.language.module_files import ModuleFiles
from lstmcount.programs.language.modules.imports import OwnModules
from lstmcount.programs.language.objects import binding, classes, exceptions
from lstmcount.programs.language.objects.own_classes import Class
from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.language.run import (
    MISSING,
    Libraries,
    PassOver,
    Run,
    Stop,
    UnknownRest,
    WrongCall,
)
from lstmcount.programs.language.scope import Scope
from lstmcount.programs.language.source.repair import LOST
from lstmcount.programs.language.source.setting_names import Settings, is_stable_name
from lstmcount.programs.language.source.source import Program
from lstmcount.programs.language.statements import calls
from lstmcount.programs.language.statements.expressions import EXPRESSIONS
from lstmcount.programs.language.statements.own_words import (
    note_changed,
    own_condition,
    own_unknown,
    with_told_apart,
)
from lstmcount.programs.language.statements.statements import STATEMENTS
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.language.values.unknown_elements import (
    UnknownElement,
    UnknownKey,
    may_be_called,
    may_change_first,
    result_of,
    taken_from,
)
from lstmcount.programs.language.values.unknowns import UnknownRepetition, UnknownText
from lstmcount.programs.language.values.value import Value, inner_of
from lstmcount.shapes import FREE_SIZE, Unknown

MAX_DEPTH = 45  # depth of nested calls
MAX_WAITED = 20_000  # steps for which a program goes on without files that will be added
MODEL_NAMES = ("model", "net", "network")  # that stand for the model that a program trains
MAX_FORCED = 4  # rounds of a `while` statement that go another way
MAX_TOUCHED = 10_000  # containers that unknown code may change
_MADE = (ast.Call, ast.Attribute)  # what gives an unknown that may be another each time
_DATA = (bool, int, float, str, bytes, list, tuple, dict, set, type(None))


def _keeps_text(unknown: Unknown) -> bool:
    """Whether an unknown keeps its text when it is bound to a name."""
    is_kept = isinstance(unknown, UnknownElement | UnknownText)
    is_kept = is_kept or unknown.text in (None, FREE_SIZE)
    return is_kept or is_stable_name(unknown.text)


def _fill(container: Any, elements: Any) -> None:
    """Give a container other elements, if they are of its type."""
    if isinstance(container, list) and isinstance(elements, list | tuple):
        container[:] = elements
    elif isinstance(container, dict) and isinstance(elements, dict):
        container.clear()
        container.update(elements)


class Decision(msgspec.Struct):
    """An unknown condition or number of rounds, and the value that was assumed for it."""

    words: str
    test: str  # the source text of the condition, or of the loop's iterable
    taken: int  # True or False, or a number of rounds
    node: ast.AST
    attempt: str  # the function that was called to find its model; "" for none
    is_in_try: bool  # so that the program may go on after an exception
    is_list: bool | None  # whether `words` are a list, or the number of times that one is repeated
    times: int = 0  # how often it was taken
    example: Any = None  # a key of a container, or the program's default of an environment variable


class OnlyAt(int):
    """The time, counted from 0, at which a condition holds: it does not hold at any other time."""


class Interpreter(Run):
    """One run of a program. `libraries` provides its imports, `files` holds its own modules."""

    def __init__(
        self,
        program: Program,
        settings: Settings,
        libraries: Libraries,
        forced: dict[str, int] | None = None,
        files: ModuleFiles | None = None,
        passed_over: dict[ast.AST, ast.AST] | None = None,
    ) -> None:
        super().__init__(program, settings, libraries)
        self.passed_over = passed_over or {}
        self.own_modules = OwnModules(self, files or ModuleFiles())
        self.touched: dict[int, Any] = {}  # containers that unknown code may change, by identity
        self.forced = forced or {}
        self.decisions: dict[tuple[int, int, str, str], Decision] = {}
        self.waited = 0  # steps since the program looked for files that may be added
        self.ended: LimitError | None = None
        self.wrong_call: LstmcountError | None = None  # that ended the program before any model
        self.unknown_results: dict[str, Unknown] = {}  # of functions called for their models
        self.untried: list[str] = []  # functions that there was no time to call for their models

    def source_of(self, node: ast.AST, scope: Scope | None = None) -> str:
        text = super().source_of(node)
        return with_told_apart(self, node, text, scope) if self.told_apart else text

    # -- running --------------------------------------------------------------------------------

    def run(self) -> None:
        """Execute the program's statements. After an exception, the next statement is executed.

        After models, a `raise` outside of any function or branch ends the program, and `exit()` and
        a call with wrong arguments wherever they are certain.
        """
        for statement in self.program.statements:
            guesses = self.guesses
            try:
                self.execute([statement], self.module)
            except Stop as stop:
                is_exit = isinstance(stop, WrongCall) or exceptions.is_exit(stop.value)
                is_exit = is_exit and self.guesses == guesses
                if isinstance(stop, WrongCall):
                    self.refused.append(binding.error_of(self, stop, statement))
                    if is_exit and not self.bindings and not self._is_cell(statement):
                        self.wrong_call = self.refused[-1]
                        return
                self.uncaught += 1
                self._note_unbound(statement, stop)
                if self.bindings and self._ends(statement, is_exit=is_exit):
                    return
            except LimitError as error:
                self.ended = error
                return
            except RecursionError:
                self.ended = self.limit(statement, "nested too deeply to be followed")
                return

    def _is_cell(self, statement: ast.stmt) -> bool:
        return self.program.place(statement.lineno)[0] is not None

    def _ends(self, statement: ast.stmt, *, is_exit: bool) -> bool:
        """Whether the program ends at a statement that has raised; a cell ends no notebook."""
        if self._is_cell(statement) or not (is_exit or way_out([statement]) == "raise"):
            return False
        if statement is not self.program.statements[-1]:
            self.libraries.note_end(self, statement)
        return True

    def _note_unbound(self, statement: ast.stmt, stop: Stop) -> None:
        """Note why a statement that a `raise` ended binds no names."""
        for target in statement.targets if isinstance(statement, ast.Assign) else ():
            if isinstance(target, ast.Name) and target.id not in self.module.names and stop.node:
                self.failed_imports.note(target.id, stop.node, f"{stop.name} is raised here")

    def refill(self, node: ast.AST | None) -> None:
        """Go on after a slice of steps, unless the program waits for files for too long."""
        super().refill(node)
        files = self.own_modules.files
        files.steps += SLICE
        self.waited += SLICE if files.asked else 0
        if self.waited > MAX_WAITED:
            files.require_all()

    def execute(self, body: list[ast.stmt], scope: Scope) -> Any:
        """Execute statements. Return BREAK, CONTINUE or a `Return` if one ends them, else None."""
        for statement in body:
            self.steps -= 1
            if self.steps < 0:
                self.refill(statement)
            handler = STATEMENTS.get(type(statement))
            if handler is not None:
                signal = handler(self, statement, scope)
                if signal is not None:
                    return signal
        return None

    def evaluate(self, node: ast.expr, scope: Scope) -> Any:
        self.steps -= 1
        if self.steps < 0:
            self.refill(node)
        handler = EXPRESSIONS.get(type(node))
        if handler is None:
            return Unknown(self.source_of(node))
        try:
            value = handler(self, node, scope)
        except UnknownRest as rest:  # the expression takes elements that turn out to be unknown
            value = taken_from(self, rest.selection, node)
        if type(value) is Unknown and type(node) in _MADE:
            value = own_unknown(self, node, value, scope)
        if self.settings and isinstance(value, Unknown) and value.text in self.settings:
            words = self.source_of(node)
            return self.settings.use(words) if words == value.text else value
        return value

    # -- calls ----------------------------------------------------------------------------------

    def call(self, function: Any, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        if not isinstance(function, Value) or function.weighs_arguments:
            self.weigh(node, *args, *kwargs.values())
        result = calls.call(self, function, args, kwargs, node)
        if isinstance(result, Unknown):
            self.failed_imports.derive([*args, *kwargs.values()], result)
            if isinstance(function, UnknownElement):
                may_be_called(self, function, args, kwargs, node)
                result = result_of(self, function, result)
            if isinstance(function, Unknown | Native):
                may_change_first(self, function, args, node)
            if isinstance(function, Unknown):
                self.touch([*args, *kwargs.values()])
                note_unknown_call(self, [*args, *kwargs.values()], node)
                note_changed(self, node)
                for part in (*args, *kwargs.values()) if self.parts_set else ():
                    if isinstance(part, Unknown):
                        self.forget_parts(str(part))
                exceptions.decide_unknown_call(self, node)
            elif isinstance(function, Native):
                self.may_fail(node, "TypeError", "ValueError", "LookupError")
            self.libraries.note_unknown_call(self, [*args, *kwargs.values()])
        return result

    def call_function(
        self, function: Function, args: list[Any], kwargs: dict[str, Any], node: ast.AST
    ) -> Any:
        return calls.call_function(self, function, args, kwargs, node)

    def instantiate(
        self, cls: Class, args: list[Any], kwargs: dict[str, Any], node: ast.AST
    ) -> Any:
        return classes.instantiate(self, cls, args, kwargs, node)

    def create_class(
        self, metaclass: Class | None, args: list[Any], kwargs: dict[str, Any], node: ast.AST
    ) -> Any:
        return classes.create(self, metaclass, args, kwargs, node)

    # -- failures -------------------------------------------------------------------------------

    def fail(self, error: BaseException, container: Any = None) -> None:
        """Raise Python's exception in the program, if the program catches it and it is certain."""
        if id(container) not in self.touched and not isinstance(error, RecursionError):
            exceptions.fail(self, error)

    def may_fail(self, node: ast.AST, *kinds: str, words: str = "") -> None:
        if self.catching:
            exceptions.decide_failure(self, node, kinds, words or self.source_of(node))

    def touch(self, values: list[Any]) -> None:
        """Note that unknown code may change the containers among these values."""
        todo = list(values)
        while todo and len(self.touched) < MAX_TOUCHED:
            value = inner_of(todo.pop())
            if isinstance(value, list | dict) and id(value) not in self.touched:
                self.touched[id(value)] = value
                self.spend(len(value))
                todo += value.values() if isinstance(value, dict) else value

    def spoil(self, container: Any, node: ast.AST) -> None:
        """Make the elements of a container unknown, after a method with an unknown argument."""
        if any(container is each.names for each in (self.module, *self.own_modules.scopes())):
            self.forget_data(container, "", node)
            return
        self.spoil_as(container, self.owner_of(node), node)

    def spoil_as(self, container: Any, words: str, node: ast.AST) -> None:
        name, words = words, self.words_at(words, node)
        if words in self.settings:
            _fill(container, self.settings.use(words))
            return
        self.opened_at[id(container)] = name, node
        self.leave_open(container, words)
        self.spend(8 * len(container), node)
        for key in container if isinstance(container, dict) else ():
            container[key] = self.unknown(f"{words}[{key!r}]")

    def forget_data(
        self, names: dict[str, Any], owner: str, node: ast.AST, only: str | None = None
    ) -> None:
        self.spend(8 * len(names), node)
        for name, value in names.items() if only is None else [(only, names[only])]:
            if isinstance(value, _DATA) and not str(name).startswith("__"):
                names[name] = self.unknown(f"{owner}{name}")
                self.failed_imports.note(
                    f"{owner}{name}", node, f"`{self.source_of(node)}` may set it"
                )

    def leave_open(self, container: Any, words: str) -> None:
        self.touch([container])
        self.touched[id(container)] = container
        self.spoiled[id(container)] = words

    # -- names and choices -----------------------------------------------------------------------

    def builtin(self, name: str, scope: Scope) -> Any:
        """A name that no scope binds: from a star import, or a Python builtin."""
        at: Scope | None = scope
        while at is not None:
            value = self.starred(at, name)
            if value is not MISSING:
                return value
            at = at.parent
        return BUILTINS.get(name, MISSING)

    def bind(self, scope: Scope, name: str, value: Any, node: ast.AST) -> None:
        words = name
        is_set = name in self.settings or name in self.settings.names_with_places
        if isinstance(value, Unknown) or is_set or name in self.set_apart:
            words = self.words_at(name, node)
        if words in self.settings:
            if isinstance(value, Unknown):
                self.replaced_at.add(node)
                value = self.settings.use(words)
            elif scope.parent is None and node not in self.replaced_at:
                value = self.settings.use(words)
        elif isinstance(value, Unknown):
            self.noted.note_text(name, node, value.text)
            if name in MODEL_NAMES and not self.attempt:
                self.lost_models[name] = (value, node, len(self.bindings))
            places = self.noted.places
            is_again = words != name and node in places.bound_again
            is_again = is_again or (bool(self.set_apart) and node in places.made_again)
            if not (is_again or _keeps_text(value) or self._is_named(value.text, scope)):
                self.rename(value.text, words)
                if value.text == LOST and getattr(node, "lineno", 0) in self.program.lost:
                    self.failed_imports.note(words, node, "this line is not Python 3")
                value = Unknown(words)
            if value.text in self.told_apart:
                self.names_apart.add(name)
        elif isinstance(value, Value) and value.is_model:
            self.bindings.append((name, value, getattr(node, "lineno", 0)))
            self.lost_models.pop(name, None)
        self.noted.note_place(name, words, value, scope)
        if self.parts_set:
            self.forget_parts(name)
        scope.bind(name, value)

    def _is_named(self, text: str | None, scope: Scope) -> bool:
        """Whether settings name what follows from a value by this text, or may do so because it is
        one of several that a function gets."""
        assert text is not None
        is_drawn = scope.parent is not None and "#" in text
        return is_drawn or (bool(self.settings) and self.settings.has_more_of(text))

    def keep_decisions_of(self, attempt: str) -> None:
        """Forget the decisions of functions that were called to find other models."""
        kept = ("", attempt)
        self.decisions = {k: d for k, d in self.decisions.items() if d.attempt in kept}

    def decide(
        self,
        unknown: Unknown,
        node: ast.AST,
        test: ast.expr | str,
        default: int,
        scope: Scope | None = None,
    ) -> int:
        """The branch or the number of rounds to follow for an unknown condition.

        A value that is set or forced wins over `default`.
        """
        text = test if isinstance(test, str) else self.source_of(test, scope)
        if isinstance(test, ast.expr):
            text = own_condition(self, test, text, scope)
        if text in self.settings and not isinstance(node, LOOPS_OVER_ELEMENTS):
            return bool(self.settings.use(text))
        if node in self.passed_over:
            raise PassOver(self.passed_over[node])
        if isinstance(unknown, UnknownElement) and isinstance(node, LOOPS_OVER_ELEMENTS):
            unknown = unknown.key
        forced = self.forced.get(text, default)
        self.guesses += 1
        line, column = getattr(node, "lineno", 0), getattr(node, "col_offset", 0)
        words = text if str(unknown) == "?" else str(unknown)
        is_list = False if isinstance(unknown, UnknownRepetition) else None
        is_list = True if words in self.unknown_lists else is_list
        is_in_try = bool(self.catching)
        key = (line, column, text, self.attempt)
        times = self.decisions[key].times if key in self.decisions else 0
        if self.whiles and times >= MAX_FORCED:
            forced = default  # the loop may have no other end
        taken = forced == times if isinstance(forced, OnlyAt) else forced
        decision = Decision(words, text, taken, node, self.attempt, is_in_try, is_list)
        if isinstance(unknown, UnknownKey):
            decision.example = unknown.example
        decision = self.decisions.setdefault(key, decision)
        decision.times += 1
        decision.is_in_try |= is_in_try
        return taken
