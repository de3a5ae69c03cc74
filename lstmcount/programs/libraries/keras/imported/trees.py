"""Functions of `keras.tree` and `tf.nest` on structures of lists, tuples and dicts."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial
from typing import Any

from lstmcount.programs.language.objects.classes import is_named_tuple, tuple_like
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.values.callbacks import give_to_unknown
from lstmcount.programs.language.values.natives import arguments_by_name, provides
from lstmcount.programs.language.values.value import inner_of
from lstmcount.shapes import Unknown

_FUNCTIONS: dict[str, Any] = {}
_provides = partial(provides, _FUNCTIONS)
_Path = tuple[Any, ...]


def member(name: str) -> Any:
    """A function by its name; MISSING if it is not known."""
    return _FUNCTIONS.get(name, MISSING)


@_provides("is_nested", "is_sequence", "is_nested_or_composite")
def _is_nested(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    structure = [*args, *kwargs.values()][0]
    return structure if isinstance(structure, Unknown) else _is_structure(structure)


@_provides("flatten")
def _flatten(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    structure = [*args, *kwargs.values()][0]
    leaves = [leaf for _, leaf in _leaves(run, structure, node)]
    if any(isinstance(leaf, Unknown) for leaf in leaves):
        return run.unknown(run.source_of(node))  # each may be a structure
    return leaves


@_provides("map_structure")
def _map_structure(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    options = dict(kwargs)
    function, *structures = [options.pop("func"), *args] if "func" in options else args
    structures += [options.pop("structure")] if "structure" in options else []
    if not structures:
        raise run.error(node, "map_structure takes a structure besides its function")
    flat = [dict(_leaves(run, structure, node)) for structure in structures]
    if any(isinstance(leaf, Unknown) for leaves in flat for leaf in leaves.values()):
        give_to_unknown(run, [function], {}, node)
        return run.unknown(run.source_of(node))
    if any([*leaves] != [*flat[0]] for leaves in flat):
        raise run.error(node, "the structures of map_structure are not alike")
    mapped = [run.call(function, [leaves[path] for leaves in flat], {}, node) for path in flat[0]]
    return _packed(structures[0], iter(mapped))


@_provides("pack_sequence_as")
def _pack(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    passed = arguments_by_name(("structure", "flat_sequence"), args, kwargs)
    structure, flat = passed.get("structure"), passed.get("flat_sequence")
    places = [leaf for _, leaf in _leaves(run, structure, node)]
    if not isinstance(flat, list | tuple) or any(isinstance(leaf, Unknown) for leaf in places):
        return run.unknown(run.source_of(node))
    if len(flat) != len(places):
        message = f"the structure of pack_sequence_as has {len(places)} places, not {len(flat)}"
        raise run.error(node, message)
    return _packed(structure, iter(flat))


@_provides("assert_same_structure", "assert_same_paths")
def _assert_same(run: Run, args: Any, kwargs: Any, node: ast.AST) -> None:
    return None


@_provides("lists_to_tuples")
def _lists_to_tuples(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return _with_tuples([*args, *kwargs.values()][0])


def _with_tuples(structure: Any) -> Any:
    if isinstance(structure, dict):
        return {key: _with_tuples(part) for key, part in structure.items()}
    is_sequence = isinstance(structure, list | tuple)
    return tuple(map(_with_tuples, structure)) if is_sequence else structure


def _is_structure(value: Any) -> bool:
    return is_named_tuple(value) or isinstance(value, list | tuple | dict)


def _leaves(
    run: Run, structure: Any, node: ast.AST, path: _Path = ()
) -> Iterator[tuple[_Path, Any]]:
    """The leaves of a structure with their paths, those of dicts in the order of their keys."""
    if is_named_tuple(structure):
        structure = inner_of(structure)
    if run.is_open(structure) or _is_of_other_order(run, structure):
        yield path, run.unknown(run.source_of(node))
        return
    if isinstance(structure, dict):
        parts = [(key, structure[key]) for key in _in_order(structure)]
    elif isinstance(structure, list | tuple):
        parts = [*enumerate(structure)]
    else:
        run.spend(1, node)
        yield path, structure
        return
    for key, part in parts:
        yield from _leaves(run, part, node, (*path, key))


def _in_order(structure: dict[Any, Any]) -> list[Any]:
    try:
        return sorted(structure)
    except TypeError:
        return [*structure]


def _is_of_other_order(run: Run, structure: Any) -> bool:
    """Whether this may be an OrderedDict with another order, which Keras keeps."""
    is_dict = isinstance(structure, dict) and "OrderedDict" in run.program.text
    return is_dict and [*structure] != _in_order(structure)


def _packed(structure: Any, leaves: Iterator[Any]) -> Any:
    """A structure alike with other leaves."""
    if is_named_tuple(structure):
        return tuple_like(structure, [_packed(part, leaves) for part in inner_of(structure)])
    if isinstance(structure, dict):
        packed = {key: _packed(structure[key], leaves) for key in _in_order(structure)}
        return {key: packed[key] for key in structure}
    if isinstance(structure, list | tuple):
        parts = [_packed(part, leaves) for part in structure]
        return parts if isinstance(structure, list) else tuple(parts)
    return next(leaves)
