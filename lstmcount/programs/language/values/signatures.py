"""The parameters of functions and classes, and why they do not take some arguments."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any

import msgspec


class Signature(msgspec.Struct, frozen=True):
    """What a function or class takes, by the names of its parameters."""

    by_place: tuple[str, ...]
    by_name: tuple[str, ...]
    rest: str | None = None  # the name of `*rest`
    options: str | None = None  # the name of `**options`

    @property
    def only_by_name(self) -> tuple[str, ...]:
        return tuple([name for name in self.by_name if name not in self.by_place])

    @property
    def names(self) -> tuple[str, ...]:
        """All parameters that take one argument each."""
        return self.by_place + self.only_by_name

    def without_receiver(self) -> Signature:
        """The same without `self`, as a method is called."""
        by_name = tuple([name for name in self.by_name if name not in self.by_place[:1]])
        return msgspec.structs.replace(self, by_place=self.by_place[1:], by_name=by_name)

    def passed(self, args: list[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
        """The arguments by the names of the parameters, without those of `*rest` and `**options`.

        >>> Signature(("units", "name"), ("units", "name")).passed([4], {"name": "a", "x": 1})
        {'units': 4, 'name': 'a'}
        """
        named = {key: value for key, value in kwargs.items() if key in self.by_name}
        return dict(zip(self.by_place, args, strict=False)) | named

    def misfit(
        self,
        taker: str,
        number: int,
        keys: Collection[str],
        optional: Collection[str],
        receivers: int = 0,
    ) -> str | None:
        """Why it does not take this `number` of arguments by place, and these by name; or None.

        `receivers` of the arguments are not written in the call: `self`.

        >>> Signature(("units",), ("units",)).misfit("Wide", 1, ["unit"], ())
        "Wide takes no argument 'unit'"
        """
        passed = self.by_place[:number]
        if number > len(self.by_place) and self.rest is None:
            taken = _positional(len(self.by_place) - receivers)
            return f"{taker} takes {taken}, and this passes {number - receivers}"
        for key in keys:
            if key in passed and key in self.by_name:
                return f"this passes the argument {key!r} of {taker} twice"
            if key not in self.by_name and self.options is None:
                return f"{taker} takes no argument {key!r}"
        for name in (*self.by_place[number:], *self.only_by_name):
            if name not in optional and not (name in self.by_name and name in keys):
                return f"{taker} needs the argument {name!r}"
        return None


def _positional(number: int) -> str:
    words = "positional argument" if number == 1 else "positional arguments"
    return f"{number or 'no'} {words}"


@lru_cache(4096)  # functions are called often, and programs are followed several times
def signature_of(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Signature:
    """The signature of a function of the program.

    >>> function = ast.parse("lambda a, /, b, *rows, c=1: a", mode="eval").body
    >>> signature_of(function)
    Signature(by_place=('a', 'b'), by_name=('b', 'c'), rest='rows', options=None)
    """
    arguments = function.args
    return Signature(
        _names(arguments.posonlyargs) + _names(arguments.args),
        _names(arguments.args) + _names(arguments.kwonlyargs),
        None if arguments.vararg is None else arguments.vararg.arg,
        None if arguments.kwarg is None else arguments.kwarg.arg,
    )


def _names(arguments: Iterable[ast.arg]) -> tuple[str, ...]:
    return tuple([argument.arg for argument in arguments])
