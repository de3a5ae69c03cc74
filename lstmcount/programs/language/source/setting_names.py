"""The source text that names an unknown, and the values that a user sets for it."""

from __future__ import annotations

import ast
import copy
import re
from typing import Any

# Where a name gets its value, `n@12` or `n@3:12` in a cell of a notebook, and which call of several
# gives it: `input()#2`.
_MARK = re.compile(r"([@#])(\d+(?::\d+)?)(?!\w)")
_AS_ATTRIBUTE = re.compile(r"\._(at|number)_(\d+(?:_\d+)?)(?!\w)")  # in an expression
_MARKS = {"@": "at", "#": "number", "at": "@", "number": "#"}
WITH_LINE = re.compile(r"([A-Za-z_][\w.]*)@(\d+(?::\d+)?)")
_STABLE_NAME = r"(?:len\()?[A-Za-z_][\w.@:]*(?:\[[^\[\]()]{1,30}\])*(?:\.\w+)*\)?"


def is_stable_name(words: str | None) -> bool:
    """Whether this text identifies an unknown well, or a variable's name would be better.

    >>> is_stable_name("X_train.shape[1]"), is_stable_name("len(vocab)")
    (True, True)
    >>> is_stable_name("load('x.csv')")
    False
    >>> is_stable_name("sys.argv[1]")
    False
    """
    if words is not None and words.startswith(("sys.", "os.")):
        return False
    return words is not None and len(words) <= 60 and re.fullmatch(_STABLE_NAME, words) is not None


def without_marks(words: str) -> str:
    """The text without what tells the values of a name, or the results of a call, apart.

    >>> without_marks("len(words@12)"), without_marks("x@3:12.shape[1]"), without_marks("input()#2")
    ('len(words)', 'x.shape[1]', 'input()')
    """
    return _MARK.sub("", words)


def _as_expression(words: str) -> str:
    return _MARK.sub(lambda m: f"._{_MARKS[m[1]]}_{m[2].replace(':', '_')}", words)


def _with_marks(expression: str) -> str:
    return _AS_ATTRIBUTE.sub(lambda m: f"{_MARKS[m[1]]}{m[2].replace('_', ':')}", expression)


def is_expression(words: str) -> bool:
    """Whether this text is a Python expression, so that `--set` can name it.

    >>> is_expression("len(vocab)"), is_expression("the shape of the input")
    (True, False)
    >>> is_expression("len(vocab@12)"), is_expression("int(input()#2)")
    (True, True)
    """
    try:
        return bool(ast.parse(_as_expression(words), mode="eval"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def normalized(words: str) -> str:
    """The text in the form that `ast.unparse` writes.

    >>> normalized('config["units"]')
    "config['units']"
    >>> normalized('x@3:12["units"].shape')
    "x@3:12['units'].shape"
    """
    try:
        expression = ast.parse(_as_expression(words.strip()), mode="eval").body
        return _with_marks(ast.unparse(expression))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return words.strip()


class Settings(dict[str, Any]):
    """Values that the user sets for expressions of the program: `{"actions.shape[0]": 3}`."""

    def __init__(self, values: dict[str, Any] | None = None) -> None:
        super().__init__(
            {normalized(key): _value(key, value) for key, value in (values or {}).items()}
        )
        self.used: set[str] = set()
        # names with the lines of values that have settings of their own: `n@4`
        self.places = {f"{n}@{line}" for key in self for n, line in WITH_LINE.findall(key)}
        self.names_with_places = {place.partition("@")[0] for place in self.places}
        self.given = dict[int, Any]()  # lists and dicts that were used
        self.inner = {id(each) for value in self.values() for each in _inside(value)}
        self.all_words = "\n".join(self)
        self.last_parts = {_last_part(key) for key in self}
        self._last_characters = {key[-1:] for key in self}

    def may_name(self, last: str) -> bool:
        """Whether a key may be source text that ends with this character, or was shortened."""
        return not self._last_characters.isdisjoint((last, "."))

    def has_more_of(self, words: str) -> bool:
        """Whether a key has a part or a function of these words: `load('b').shape` of `load('b')`.

        >>> settings = Settings({"len(load('b').names)": 3})
        >>> settings.has_more_of("load('b')"), settings.has_more_of("load('a')")
        (True, False)
        """
        at = self.all_words.find(words)
        return at >= 0 and self.all_words[at + len(words) :][:1] in tuple(".[),")

    def use(self, words: str) -> Any:
        self.used.add(words)
        value = copy.copy(self[words])
        if isinstance(value, list | dict):
            self.given[id(value)] = value
        return value

    def has_elements_of(self, container: Any, key: ast.expr) -> bool:
        """Whether elements of a container come from a setting, also those by the name of a key."""
        is_named = not isinstance(key, ast.Constant)
        return id(container) in self.inner or (is_named and id(container) in self.given)


def _inside(value: Any) -> list[Any]:
    """The lists and dicts in a value, at any depth."""
    elements = value.values() if isinstance(value, dict) else value
    found = []
    for each in elements if isinstance(value, list | tuple | dict) else ():
        if isinstance(each, list | tuple | dict):
            found += [each, *_inside(each)]
    return found


def _value(key: str, value: Any) -> Any:
    """Convert a list to a tuple if it is a shape: programs write shapes as tuples."""
    if isinstance(value, list) and "shape" in key:
        return tuple(_value(key, item) for item in value)
    return value


def _last_part(words: str) -> str:
    return words.rpartition(".")[2]
