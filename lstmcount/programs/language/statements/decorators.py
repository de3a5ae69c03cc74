"""Decorators that are not known, as those of packages that are not there."""

from __future__ import annotations

import ast

from lstmcount.programs.language.run import Run
from lstmcount.programs.language.values.provided import words
from lstmcount.shapes import Unknown

# Last names of decorators that return what the function returns.
_HARMLESS = words("""
    add_arg_scope arg_scope autojit beartype cache cache_data cache_model cache_resource cached
    command deprecated
    do_not_convert experimental_memo experimental_singleton export final fixture get jit
    keras_export logged measure_time memoize memory_profile njit no_type_check override post profile
    profiler register register_class register_layer register_model register_module retry route
    runtime_checkable singleton synchronized task tf_export time_it timed timeit timer timing
    typechecked vectorize with_name_scope
""")
_OF_KERAS = ("tensorflow.", "tf.", "keras.", "tf_keras.", "absl.")


def unknown_decorator(run: Run, wrapper: Unknown, decorator: ast.expr) -> str | None:
    """The source text of a decorator that may change what a function does."""
    plain = decorator.func if isinstance(decorator, ast.Call) else decorator
    source = run.source_of(plain)
    is_harmless = source.rpartition(".")[2].lower() in _HARMLESS
    is_of_keras = source.startswith(_OF_KERAS) or str(wrapper).startswith(_OF_KERAS)
    return None if is_harmless or is_of_keras else run.source_of(decorator)
