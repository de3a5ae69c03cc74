"""Keras's global settings: the format of image data, the float dtype and the dtype policy."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.values.provided import Native, Raw
from lstmcount.programs.libraries.keras.session.session import fixed_policy, session_of
from lstmcount.programs.libraries.keras.values.layer_classes import KerasObject
from lstmcount.shapes import Unknown

POLICY_SETTERS = ("set_dtype_policy", "set_global_policy", "set_policy")
POLICY_GETTERS = ("dtype_policy", "global_policy")
_ORDERINGS = {"channels_last": "tf", "channels_first": "th"}


def _set_data_format(run: Run, args: Any, kwargs: Any, node: ast.AST) -> None:
    first = args[0] if args else next(iter(kwargs.values()), None)
    if not isinstance(first, Unknown):
        first = "channels_first" if first in ("th", "channels_first") else "channels_last"
    session_of(run).data_format = first


def _ordering(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    data_format = session_of(run).data_format
    return data_format if isinstance(data_format, Unknown) else _ORDERINGS[data_format]


def _set_floatx(run: Run, args: Any, kwargs: Any, node: ast.AST) -> None:
    dtype = args[0] if args else kwargs.get("value")
    if isinstance(dtype, str | Unknown):
        session_of(run).floatx = dtype


def _set_policy(run: Run, args: Any, kwargs: Any, node: ast.AST) -> None:
    policy = args[0] if args else next(iter(kwargs.values()), None)
    if isinstance(policy, KerasObject):
        policy = policy.arguments.get("name")
    if isinstance(policy, str | Unknown):
        session_of(run).dtype_policy = policy


def _policy(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return KerasObject("DTypePolicy", {"name": fixed_policy(session_of(run))}, "dtype_policies")


def _returning(value: Any) -> Raw:
    return lambda run, args, kwargs, node: value


SETTINGS: dict[str, Raw] = {
    "image_data_format": lambda run, args, kwargs, node: session_of(run).data_format,
    "image_dim_ordering": _ordering,
    "backend": _returning("tensorflow"),
    "floatx": lambda run, args, kwargs, node: session_of(run).floatx,
    **dict.fromkeys(POLICY_SETTERS, _set_policy),
    **dict.fromkeys(POLICY_GETTERS, _policy),
    "epsilon": _returning(1e-7),
    "clear_session": _returning(None),
    "set_image_data_format": _set_data_format,
    "set_image_dim_ordering": _set_data_format,
    "set_learning_phase": _returning(None),
    "set_session": _returning(None),
    "set_floatx": _set_floatx,
}


def setting(name: str) -> Any:
    """`keras.config.name`, which has the settings of `keras.backend`; MISSING if not known."""
    plain = SETTINGS.get(name)
    return MISSING if plain is None else Native(name, plain, raw=True)
