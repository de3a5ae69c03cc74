"""Configurations of OmegaConf, Hydra, EasyDict, Munch and ml_collections."""

from __future__ import annotations

import ast
import os
from functools import partial
from typing import Any

from lstmcount.programs.language.builtins.files import text_at
from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.language.run import Run
from lstmcount.programs.language.values.attribute_dicts import (
    AttributeDict,
    Config,
    as_config,
    entry,
    with_attributes,
    without_attributes,
)
from lstmcount.programs.language.values.natives import provides
from lstmcount.programs.language.values.provided import Module, Namespace, Native, Raw
from lstmcount.programs.libraries.data_files import load_yaml

TABLE: dict[str, Any] = {"ml_collections.config_dict": Module("ml_collections.config_dict")}
_provides = partial(provides, TABLE)


@_provides(
    "easydict.EasyDict",
    "munch.Munch",
    "munch.munchify",
    "ml_collections.ConfigDict",
    "ml_collections.FrozenConfigDict",
    "ml_collections.config_dict.ConfigDict",
)
def _attribute_dict(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    content = args[0] if args and args[0] is not None else {}
    if not isinstance(content, dict):
        return run.unknown(run.source_of(node))
    run.weigh(node, content, kwargs)
    return with_attributes({**content, **kwargs})


def _load(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return _read(run, args[0] if args else kwargs.get("file_"), node)


def _read(run: Run, path: Any, node: ast.AST) -> Any:
    """The configuration in a YAML file of the project."""
    text = text_at(run, path, node)
    return _create(run, [text], {}, node)


def _create(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    content = args[0] if args else {}
    value = load_yaml(run, [content], {}, node) if isinstance(content, str) else content
    if not isinstance(value, dict):
        return run.unknown(run.source_of(node))
    run.weigh(node, value)
    return as_config(value)


def _merge(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    if not all(isinstance(each, dict) for each in args):
        return run.unknown(run.source_of(node))
    run.weigh(node, args)
    merged: dict[Any, Any] = {}
    for each in args:
        merged = _merged(merged, each)
    return as_config(merged)


def _merged(first: dict[Any, Any], second: dict[Any, Any]) -> dict[Any, Any]:
    """The first dict with the items of the second, which win except for dicts in both."""
    both = {
        key: _merged(first[key], value)
        for key, value in second.items()
        if isinstance(value, dict) and isinstance(first.get(key), dict)
    }
    return {**first, **second, **both}


def _to_container(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    run.weigh(node, args)
    if not isinstance(args[0], dict | list):
        return run.unknown(run.source_of(node))
    return _resolved(run, args[0], node) if kwargs.get("resolve") else without_attributes(args[0])


def _resolved(run: Run, value: Any, node: ast.AST) -> Any:
    """The value without references, and without attributes."""
    if isinstance(value, AttributeDict):
        return {key: _resolved(run, entry(run, value, key, node), node) for key in value}
    return [_resolved(run, each, node) for each in value] if type(value) is list else value


def _set_struct(run: Run, args: Any, kwargs: Any, node: ast.AST) -> None:
    config, is_struct = args
    if isinstance(config, Config):
        config.is_struct = is_struct


_METHODS: dict[str, Raw] = {
    "set_struct": _set_struct,
    "load": _load,
    "create": _create,
    "merge": _merge,
    "to_container": _to_container,
    "from_cli": lambda run, args, kwargs, node: as_config({}),
}
TABLE["omegaconf.OmegaConf"] = Namespace(
    {name: Native(name, method, raw=True) for name, method in _METHODS.items()}
)


# -- Hydra --------------------------------------------------------------------------------------


@_provides("hydra.main")
def _hydra_main(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """A decorator: the function takes the configuration in the project's files by default."""
    passed = dict(zip(("config_path", "config_name"), args, strict=False)) | kwargs
    folder, name = passed.get("config_path"), passed.get("config_name")
    program = run.own_modules.files.main

    def decorate(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        function = args[0]
        parameters = function.node.args.args if isinstance(function, Function) else []
        if program is not None and len(parameters) == 1:
            path = os.path.join(os.path.dirname(program), str(folder or "."))
            composed = _composed(run, path, name, node)
            if composed is not None:
                function.defaults[parameters[0].arg] = composed
        return function

    return Native("decorator", decorate, raw=True)


def _composed(run: Run, folder: str, name: Any, node: ast.AST) -> Any:
    """The configuration of a name, and those that its defaults choose for groups; else None."""
    path = os.path.normpath(os.path.join(folder, f"{str(name).removesuffix('.yaml')}.yaml"))
    primary = _read(run, path, node)
    defaults = primary.pop("defaults", []) if isinstance(primary, dict) else None
    if not isinstance(defaults, list):
        return None
    before: dict[Any, Any] = {}
    after: dict[Any, Any] = {}
    for choice in [each for each in defaults if each != "_self_"]:
        if not isinstance(choice, dict) or len(choice) != 1:
            return None
        (group, option), *_ = choice.items()
        if not isinstance(group, str) or not group.isidentifier() or not isinstance(option, str):
            return None
        chosen = _read(run, os.path.join(os.path.dirname(path), group, f"{option}.yaml"), node)
        if not isinstance(chosen, dict) or "defaults" in chosen:
            return None
        is_after = "_self_" in defaults and defaults.index("_self_") < defaults.index(choice)
        target = after if is_after else before
        target.update(_merged(target, {group: chosen}))
    return as_config(_merged(_merged(before, primary), after))
