"""Variable names in generated programs, derived from layer names."""

from __future__ import annotations

import keyword
import re

_LONGEST = 80
_BUILTINS = """
    ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup
    BlockingIOError BrokenPipeError BufferError BytesWarning ChildProcessError
    ConnectionAbortedError ConnectionError ConnectionRefusedError ConnectionResetError
    DeprecationWarning EOFError Ellipsis EncodingWarning EnvironmentError Exception
    ExceptionGroup FileExistsError FileNotFoundError FloatingPointError FutureWarning
    GeneratorExit IOError ImportError ImportWarning IndentationError IndexError InterruptedError
    IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError ModuleNotFoundError
    NameError NotADirectoryError NotImplemented NotImplementedError OSError OverflowError
    PendingDeprecationWarning PermissionError ProcessLookupError PythonFinalizationError
    RecursionError ReferenceError ResourceWarning RuntimeError RuntimeWarning StopAsyncIteration
    StopIteration SyntaxError SyntaxWarning SystemError SystemExit TabError TimeoutError
    TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError
    UnicodeTranslateError UnicodeWarning UserWarning ValueError Warning ZeroDivisionError abs
    aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod
    compile complex copyright credits delattr dict dir divmod enumerate eval exec exit filter
    float format frozenset getattr globals hasattr hash help hex id input int isinstance
    issubclass iter len license list locals map max memoryview min next object oct open ord pow
    print property quit range repr reversed round set setattr slice sorted staticmethod str sum
    super tuple type vars zip _IncompleteInputError
"""
_TAKEN = {*_BUILTINS.split(), *keyword.kwlist, *keyword.softkwlist, "keras", "layers", "model"}


class Variables:
    """Returns each name once: ASCII, no keyword, and not used by Python or the program.

    >>> variables = Variables()
    >>> [variables.new(name) for name in ("lstm", "lstm", "max", "2nd layer", "größe", "__all__")]
    ['lstm', 'lstm_1', 'x_max', 'x_2nd_layer', 'gr__e', 'x___all__']
    """

    def __init__(self) -> None:
        self._used = set(_TAKEN)
        self._numbers: dict[str, int] = {}

    def new(self, name: str) -> str:
        base = re.sub(r"\W", "_", name[:_LONGEST], flags=re.ASCII) or "x"
        if base[0].isdigit() or base.startswith("__") or (base in _TAKEN and base != "model"):
            base = f"x_{base}"
        number = self._numbers.get(base, 0)
        variable = f"{base}_{number}" if number else base
        while variable in self._used:
            number += 1
            variable = f"{base}_{number}"
        self._numbers[base] = number + 1
        self._used.add(variable)
        return variable
