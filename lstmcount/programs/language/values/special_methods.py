"""Objects whose classes define special methods for operators, loops and builtins."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import islice
from typing import Any

from lstmcount.programs.language.run import MISSING, Catching, Run, Stop
from lstmcount.programs.language.values.elements import container_elements
from lstmcount.programs.language.values.elements import item as item_of
from lstmcount.programs.language.values.operators import binary, compare, truth_of
from lstmcount.programs.language.values.value import Value, inner_of
from lstmcount.shapes import Unknown

MAX_ROUNDS = 10_000  # for iterators whose class the program defines
_BINARY: dict[type[ast.operator], str] = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.FloorDiv: "floordiv",
    ast.Mod: "mod", ast.Pow: "pow", ast.MatMult: "matmul", ast.LShift: "lshift",
    ast.RShift: "rshift", ast.BitOr: "or", ast.BitXor: "xor", ast.BitAnd: "and",
}  # fmt: skip
_COMPARE: dict[type[ast.cmpop], tuple[str, str]] = {  # and the name for swapped operands
    ast.Eq: ("eq", "eq"), ast.NotEq: ("ne", "ne"), ast.Lt: ("lt", "gt"), ast.LtE: ("le", "ge"),
    ast.Gt: ("gt", "lt"), ast.GtE: ("ge", "le"),
}  # fmt: skip
_UNARY: dict[type[ast.unaryop], str] = {ast.USub: "neg", ast.UAdd: "pos", ast.Invert: "invert"}
_TEXTS = ("str", "repr", "format", "ascii")


class WithElements(Value):
    """An object whose class may define `for a in b`, `b[key]`, `len(b)`, `a in b` and `str(b)`.

    `inner` is the object's Python value, if its class derives from a Python type.
    """

    cls: Any

    def special(self, run: Run, name: str, args: list[Any], node: ast.AST) -> Any:
        """The result of a special method; MISSING if undefined or if it returns NotImplemented."""
        method = self.cls.find(name)
        if not isinstance(method, Value):
            return MISSING
        result = run.call(method, [self, *args], {}, node)
        is_none = isinstance(result, Unknown) and result.text == "NotImplemented"
        return MISSING if is_none else result

    def elements(self, run: Run, node: ast.AST) -> list[Any] | None:
        iterator = self.special(run, "__iter__", [], node)
        is_iterator = iterator is self
        if is_iterator:
            elements = list(islice(self._rounds(run, node), MAX_ROUNDS))
            return elements if len(elements) < MAX_ROUNDS else None
        if iterator is not MISSING:
            return container_elements(run, iterator, node)
        if self.inner is not MISSING:
            return container_elements(run, self.inner, node)
        length = self.length(run, node) if self.cls.find("__getitem__") else None
        if not isinstance(length, int) or length > MAX_ROUNDS:
            return None
        return [self.item(run, at, node) for at in range(length)]

    def rounds(self, run: Run, node: ast.AST) -> Iterator[Any] | None:
        is_iterator = self.special(run, "__iter__", [], node) is self
        return self._rounds(run, node) if is_iterator else super().rounds(run, node)

    def _rounds(self, run: Run, node: ast.AST) -> Iterator[Any]:
        while True:
            run.catching.append(Catching(run.depth, ["StopIteration"]))
            try:
                element = self.special(run, "__next__", [], node)
            except Stop:
                return
            finally:
                run.catching.pop()
            yield element

    def length(self, run: Run, node: ast.AST) -> Any:
        length = self.special(run, "__len__", [], node)
        is_sized = isinstance(self.inner, str | bytes | list | tuple | dict | set | frozenset)
        if length is MISSING and is_sized and run.is_open(self.inner):
            return run.unknown(run.source_of(node))
        return len(self.inner) if length is MISSING and is_sized else length

    def item(self, run: Run, key: Any, node: ast.AST) -> Any:
        element = self.special(run, "__getitem__", [key], node)
        if element is MISSING and self._lacks(run, key, node):
            element = self.special(run, "__missing__", [key], node)
        if element is MISSING and self.inner is not MISSING and isinstance(node, ast.Subscript):
            return item_of(run, self.inner, key, node)
        return super().item(run, key, node) if element is MISSING else element

    def _lacks(self, run: Run, key: Any, node: ast.AST) -> bool:
        """Whether the object is a dict without this key."""
        run.weigh(node, key)
        try:
            return isinstance(self.inner, dict) and key not in self.inner
        except TypeError:  # a key without a hash
            return False

    def contains(self, run: Run, value: Any, node: ast.AST) -> Any:
        truth = self.special(run, "__contains__", [value], node)
        return truth if truth is MISSING else truth_of(run, truth)

    def operation(self, run: Run, name: str, node: ast.AST) -> Any:
        result = self.special(run, f"__{name}__", [], node)
        if result is MISSING and name in _TEXTS:
            result = self.special(run, "__str__", [], node) if name == "format" else result
            result = self.special(run, "__repr__", [], node) if result is MISSING else result
        return super().operation(run, name, node) if result is MISSING else result


class WithSpecialMethods(WithElements):
    """An object whose class may define `a + b`, `a == b`, `with a` and so on, too."""

    attributes: dict[str, Any]
    defines_equality = True

    def set_some_attribute(self, run: Run, node: ast.AST) -> None:
        words = f"vars({run.source_of(node.args[0] if isinstance(node, ast.Call) else node)})"
        run.leave_open(self.attributes, words)
        for name in self.attributes:
            self.attributes[name] = run.unknown(f"{words}[{name!r}]")

    def truth(self, run: Run) -> Any:
        for name in ("__bool__", "__len__"):
            truth = self.special(run, name, [], self.cls.node)
            if truth is not MISSING:
                return truth_of(run, truth)
        return True if self.inner is MISSING else truth_of(run, self.inner)

    def set_item(self, run: Run, key: Any, new: Any, node: ast.AST) -> Any:
        if self.special(run, "__setitem__", [key, new], node) is MISSING:
            return self.inner
        return MISSING

    def delete_item(self, run: Run, key: Any, node: ast.AST) -> Any:
        return self.inner if self.special(run, "__delitem__", [key], node) is MISSING else MISSING

    def enter(self, run: Run) -> Any:
        entered = self.special(run, "__enter__", [], self.cls.node)
        if self._may_suppress:
            run.catching.append(Catching(run.depth, ["Exception"], is_decided=False))
        return self if entered is MISSING else entered

    def leave(self, run: Run, stop: Stop | None) -> bool:
        if self._may_suppress:
            run.catching.pop()
        raised: list[Any] = [None] * 3
        if stop is not None:
            raised = [stop.value, Unknown("exception"), Unknown("traceback")]
        ends = self.special(run, "__exit__", raised, self.cls.node)
        return ends is not MISSING and truth_of(run, ends) is True

    @property
    def _may_suppress(self) -> bool:
        """Whether an exception in the body of a `with` statement may end that body only."""
        method: ast.AST | None = getattr(self.cls.find("__exit__"), "node", None)
        parts = () if method is None else ast.walk(method)
        results = [part.value for part in parts if isinstance(part, ast.Return)]
        nothing = (None, False)
        return any(getattr(result, "value", result) not in nothing for result in results)

    def binary(self, run: Run, op: type[ast.operator], left: Any, right: Any, node: ast.AST) -> Any:
        name = _BINARY[op]
        for side, other, method in ((left, right, f"__{name}__"), (right, left, f"__r{name}__")):
            if isinstance(side, WithSpecialMethods):
                result = side.special(run, method, [other], node)
                if result is not MISSING:
                    return result
        if inner_of(left) is left and inner_of(right) is right:
            return NotImplemented
        return binary(run, op, inner_of(left), inner_of(right), node)

    def in_place(self, run: Run, op: type[ast.operator], value: Any, node: ast.AST) -> Any:
        return self.special(run, f"__i{_BINARY[op]}__", [value], node)

    def compare(self, run: Run, op: type[ast.cmpop], left: Any, right: Any, node: ast.AST) -> Any:
        name, mirrored = _COMPARE[op]
        for side, other, method in ((left, right, name), (right, left, mirrored)):
            if isinstance(side, WithSpecialMethods):
                result = side.special(run, f"__{method}__", [other], node)
                if result is MISSING and method == "ne":
                    result = _negated(truth_of(run, side.special(run, "__eq__", [other], node)))
                if result is not MISSING:
                    return truth_of(run, result)
        if inner_of(left) is left and inner_of(right) is right:
            return NotImplemented
        return compare(run, op, inner_of(left), inner_of(right), node)

    def unary(self, run: Run, op: type[ast.unaryop], node: ast.AST) -> Any:
        result = self.special(run, f"__{_UNARY[op]}__", [], node)
        return NotImplemented if result is MISSING else result


def _negated(truth: Any) -> Any:
    return (not truth) if isinstance(truth, bool) else truth
