"""What surrounds a program: names, attributes, items and calls of every kind of value."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from lstmcount.programs.language import attributes, calls, classes
from lstmcount.programs.language.builtin_functions import BUILTINS
from lstmcount.programs.language.operators import MAX_LENGTH
from lstmcount.programs.language.run import MISSING
from lstmcount.programs.language.scope import Scope
from lstmcount.programs.language.structures import effort, shown
from lstmcount.programs.language.values import Class, Function, Instance, Method, Namespace
from lstmcount.programs.libraries import modules
from lstmcount.programs.libraries.keras import tensors
from lstmcount.programs.libraries.keras.objects import LayerObject, ModelObject, Tensor
from lstmcount.programs.libraries.keras.tracer import Tracer
from lstmcount.programs.libraries.numpy import arrays
from lstmcount.shapes import Unknown

if TYPE_CHECKING:
    from lstmcount.programs.language.run import Run

MAX_UNPACKED = 1_000


def may_call_layers(values: list[Any]) -> bool:
    """Whether a function that is given these values may call a layer on tensors."""
    kinds = Tensor | LayerObject | Function | Method | Instance
    inner = [one for value in values if isinstance(value, list | tuple) for one in value]
    return any(isinstance(value, kinds) for value in (*values, *inner))


class World:
    def __init__(self, run: Run) -> None:
        self.run = run
        self.keras = Tracer(run)

    # -- names ----------------------------------------------------------------------------------

    def builtin(self, name: str, scope: Scope) -> Any:
        """A name that no scope binds: of a star import, or Python's own."""
        at: Scope | None = scope
        while at is not None:
            for path in at.stars:
                value = modules.starred(path, name)
                if value is not MISSING:
                    return value
            at = at.parent
        return BUILTINS.get(name, MISSING)

    def module(self, path: str, name: str) -> Any:
        found = modules.module(path)
        return self.run.unknown(name) if found is MISSING else found

    def imported(self, path: str, name: str, bound: str) -> Any:
        value = modules.imported(path, name)
        return self.run.unknown(bound) if value is MISSING else value

    def member(self, path: str, name: str) -> Any:
        return modules.imported(path, name)

    def is_model(self, value: Any) -> bool:
        return isinstance(value, ModelObject)

    # -- values ---------------------------------------------------------------------------------

    def truth(self, value: Any) -> Any:
        """True, False, or the unknown that it depends on."""
        if value is True or value is False:
            return value
        if isinstance(value, Unknown):
            return value if value.text is not None else Unknown("?")
        if isinstance(value, Tensor | arrays.Array):
            return Unknown(shown(value))
        try:
            return bool(value)
        except Exception:
            return Unknown(shown(value))

    def attribute(self, value: Any, name: str, node: ast.AST) -> Any:
        return attributes.get(self.run, value, name, node)

    def item(self, value: Any, key: Any, node: ast.Subscript) -> Any:
        if isinstance(value, Unknown):
            return self.run.unknown(f"{value}[{self._key_words(key, node)}]")
        if isinstance(value, Tensor):
            return tensors.item(self.run, value, key, node)
        if isinstance(value, arrays.Array):
            return arrays.item(self.run, value, key, node)
        if isinstance(key, Unknown):
            return self._alike(value, node) or Unknown(self.run.source_of(node))
        if isinstance(key, slice) and any(
            isinstance(part, Unknown) for part in (key.start, key.stop, key.step)
        ):
            return Unknown(self.run.source_of(node))
        if isinstance(value, dict):
            self.run.weigh(node, key)
        try:
            found = value[key]
            if isinstance(key, slice):
                self.run.spend(len(found), node)
            return found
        except KeyError:
            default = getattr(value, "default_factory", None)
            if default is not None:
                value[key] = calls.call(self.run, default, [], {}, node)
                return value[key]
            return self.run.unknown(self.run.source_of(node))
        except Exception:
            return self.run.unknown(self.run.source_of(node))

    def _alike(self, value: Any, node: ast.AST) -> Any:
        """The element at an unknown place, where all elements are the same."""
        if not isinstance(value, list | tuple) or not value:
            return None
        self.run.weigh(node, value)
        return value[0] if all(item == value[0] for item in value) else None

    def _key_words(self, key: Any, node: ast.Subscript) -> str:
        if isinstance(key, slice):
            parts = ["" if part is None else shown(part) for part in (key.start, key.stop)]
            return ":".join(parts) + (f":{shown(key.step)}" if key.step is not None else "")
        is_short = isinstance(key, Unknown | int | float | str) and effort([key], 20) <= 20
        return shown(key) if is_short else self.run.source_of(node.slice)

    def items(self, value: Any, node: ast.AST) -> list[Any] | None:
        """The elements of a value of a kind of its own; None where they are unknown."""
        if isinstance(value, arrays.Array):
            return arrays.elements(self.run, value, node)
        if isinstance(value, Namespace | Instance):
            inner = value.attributes.get("__items__")
            return list(inner) if isinstance(inner, list | tuple) else None
        if isinstance(value, Class):
            return list(value.attributes.get("__members__", {}).values()) or None
        if isinstance(value, list | tuple | set | frozenset | dict) or hasattr(value, "__next__"):
            self.run.spend(len(value) if hasattr(value, "__len__") else 0, node)
            return list(value)[:1_000_000]
        return None

    def entered(self, value: Any) -> Any:
        """What `with value as …` binds."""
        return value if isinstance(value, Instance) else self.run.unknown(shown(value))

    # -- operators ------------------------------------------------------------------------------

    def binary(self, op: type[ast.operator], left: Any, right: Any, node: ast.AST) -> Any:
        if isinstance(left, Tensor) or isinstance(right, Tensor):
            return tensors.binary(self.run, op, left, right, node)
        if isinstance(left, arrays.Array) or isinstance(right, arrays.Array):
            return arrays.binary(self.run, op, left, right, node)
        return NotImplemented

    def unary(self, op: type[ast.unaryop], value: Any, node: ast.AST) -> Any:
        if isinstance(value, Tensor):
            return tensors.unary(self.run, op, value, node)
        if isinstance(value, arrays.Array):
            return value
        return NotImplemented

    def compare(self, op: type[ast.cmpop], left: Any, right: Any, node: ast.AST) -> Any:
        if op in (ast.Is, ast.IsNot, ast.In, ast.NotIn):
            return NotImplemented
        if isinstance(left, Tensor) or isinstance(right, Tensor):
            return tensors.compare(self.run, op, left, right, node)
        if isinstance(left, arrays.Array) or isinstance(right, arrays.Array):
            return Unknown(self.run.source_of(node))
        return NotImplemented

    # -- assignment -----------------------------------------------------------------------------

    def assign(self, target: ast.expr, value: Any, scope: Scope) -> None:
        if isinstance(target, ast.Name):
            self.run.bind(scope, target.id, value, target)
        elif isinstance(target, ast.Tuple | ast.List):
            self._unpack(target, value, scope)
        elif isinstance(target, ast.Attribute):
            attributes.set(
                self.run, self.run.evaluate(target.value, scope), target.attr, value, target
            )
        elif isinstance(target, ast.Subscript):
            self._assign_item(target, value, scope)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, value, scope)

    def assign_unknown(self, target: ast.expr, scope: Scope) -> None:
        """Names bound by something unknown, each under its own name."""
        for node in ast.walk(target):
            if isinstance(node, ast.Name):
                scope.bind(node.id, self.run.unknown(node.id))

    def _unpack(self, target: ast.Tuple | ast.List, value: Any, scope: Scope) -> None:
        from lstmcount.programs.language.expressions import items

        targets = target.elts
        values = items(self.run, value, target)
        if values is None:
            lasting = isinstance(value, Unknown) and (value.text or "").endswith(".shape")
            for i, inner in enumerate(targets):
                if lasting and not isinstance(inner, ast.Starred):
                    self.assign(inner, self.run.unknown(f"{value}[{i}]"), scope)
                else:
                    self.assign_unknown(inner, scope)
            return
        star = next((i for i, t in enumerate(targets) if isinstance(t, ast.Starred)), None)
        if star is not None and len(values) >= len(targets) - 1:
            after = len(targets) - star - 1
            middle = values[star : len(values) - after]
            values = [*values[:star], middle, *values[len(values) - after :]]
        if len(values) != len(targets):
            for inner in targets:
                self.assign_unknown(inner, scope)
            return
        for inner, item in zip(targets, values, strict=True):
            self.assign(inner, item, scope)

    def _assign_item(self, target: ast.Subscript, value: Any, scope: Scope) -> None:
        container = self.run.evaluate(target.value, scope)
        key = self.run.evaluate(target.slice, scope)
        if isinstance(container, list | dict) and not isinstance(key, Unknown):
            self.run.weigh(target, key)
            if isinstance(key, slice):
                self._assign_slice(container, key, value, target)
                return
            try:
                container[key] = value
            except (TypeError, IndexError, ValueError, KeyError):
                return

    def _assign_slice(self, container: Any, key: slice, value: Any, target: ast.Subscript) -> None:
        from lstmcount.programs.language.expressions import items

        values = items(self.run, value, target)
        if values is None or not isinstance(container, list):
            return
        if len(container) + len(values) > MAX_LENGTH:
            words = self.run.source_of(target)
            raise self.run.limit(target, f"{words} makes more than the reader follows")
        try:
            container[key] = values
        except (TypeError, ValueError):
            return

    def note_unknown_call(self, values: list[Any]) -> None:
        """Keep in mind that an unknown function may have called layers of the layer it is in."""
        self.keras.unfollowed += bool(self.keras.depth) and may_call_layers(values)

    # -- functions and classes ------------------------------------------------------------------

    def function(self, node: Any, scope: Scope) -> Function:
        return calls.make_function(self.run, node, scope)

    def decorated(self, node: Any, scope: Scope) -> Any:
        return calls.decorated(self.run, node, scope)

    def make_class(self, node: ast.ClassDef, bases: list[Any], body: Scope) -> Class:
        return classes.make(self.run, node, bases, body)
