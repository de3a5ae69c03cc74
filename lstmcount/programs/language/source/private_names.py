"""Private names of classes: in a class `A`, `self.__size` is `self._A__size`."""

from __future__ import annotations

import ast
import re
from functools import lru_cache

_NAME = r"\b__[A-Za-z]\w*"


@lru_cache(64)
def has_private_names(text: str) -> bool:
    """
    >>> has_private_names("self.__size = 3"), has_private_names("def __init__(self): pass")
    (True, False)
    """
    return any(not name.endswith("__") for name in re.findall(_NAME, text))


def mangle(cls: ast.ClassDef) -> None:
    """Change the private names in a class, except in classes inside it, as Python does.

    >>> cls = ast.parse("class _A:\\n def __f(self, n): return self.__g(__n=self.__m__)").body[0]
    >>> mangle(cls)
    >>> ast.unparse(cls.body)
    'def _A__f(self, n):\\n    return self._A__g(_A__n=self.__m__)'
    """
    prefix = f"_{cls.name.lstrip('_')}"
    todo: list[ast.AST] = [] if prefix == "_" else [*cls.body]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.ClassDef):
            continue
        if isinstance(node, ast.Name):
            node.id = _mangled(prefix, node.id)
        elif isinstance(node, ast.Attribute):
            node.attr = _mangled(prefix, node.attr)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.name = _mangled(prefix, node.name)
        elif isinstance(node, ast.arg | ast.keyword) and node.arg is not None:
            node.arg = _mangled(prefix, node.arg)
        todo += ast.iter_child_nodes(node)


def _mangled(prefix: str, name: str) -> str:
    is_private = name.startswith("__") and not name.endswith("__")
    return f"{prefix}{name}" if is_private else name
