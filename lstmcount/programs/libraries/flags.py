"""Flags of `absl`, with the values that they have without a command line."""

from __future__ import annotations

import ast
from functools import partial
from typing import Any

from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.values.natives import arguments_by_name, provides
from lstmcount.programs.language.values.provided import Module, Namespace
from lstmcount.programs.language.values.value import Value

_KINDS = (
    "DEFINE", "DEFINE_alias", "DEFINE_bool", "DEFINE_boolean", "DEFINE_enum", "DEFINE_enum_class",
    "DEFINE_flag", "DEFINE_float", "DEFINE_integer", "DEFINE_list", "DEFINE_multi_enum",
    "DEFINE_multi_float", "DEFINE_multi_integer", "DEFINE_multi_string", "DEFINE_spaceseplist",
    "DEFINE_string",
)  # fmt: skip


class _Flags(Value):
    """`FLAGS`, the values of all flags."""

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        values: Namespace = run.library_state["flags"]
        return values.attribute(run, name, node)

    def set_attribute(self, run: Run, name: str, new: Any, node: ast.AST) -> None:
        run.library_state["flags"].set_attribute(run, name, new, node)

    def item(self, run: Run, key: Any, node: ast.AST) -> Any:
        """`FLAGS['name']`: the flag, whose value is its attribute `value`."""
        value = self.attribute(run, key, node) if isinstance(key, str) else MISSING
        return super().item(run, key, node) if value is MISSING else Namespace({"value": value})


TABLE: dict[str, Any] = {
    "absl.flags": Module("absl.flags"),
    "absl.app": Module("absl.app"),
    "absl.app.flags": Module("absl.flags"),
    "absl.flags.FLAGS": _Flags(),
}


_provides = partial(provides, TABLE)


@_provides(*[f"absl.flags.{kind}" for kind in _KINDS])
def _define(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    passed = arguments_by_name(("name", "default"), args, kwargs)
    name = passed.get("name", passed.get("flag_name"))
    value = passed.get("default", passed.get("default_value"))
    if not isinstance(name, str):
        return run.unknown(run.source_of(node))
    function = node.func if isinstance(node, ast.Call) else None
    if isinstance(value, str) and getattr(function, "attr", "") == "DEFINE_list":
        run.spend(len(value), node)
        value = value.split(",")
    key = f"FLAGS.{name}"
    values = run.library_state["flags"].attributes
    values[name] = run.settings.use(key) if key in run.settings else value
    return Namespace({"value": values[name], "name": name})


@_provides("absl.app.run")
def _run(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """Call `main`, a parameter or the program's function of that name."""
    main = args[0] if args else kwargs.get("main", run.module.names.get("main"))
    return run.call(main, [["program"]], {}, node)
