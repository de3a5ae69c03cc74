"""The versions of Keras and TensorFlow that a program is followed with."""

from __future__ import annotations

from typing import Any

from lstmcount.programs.language.run import MISSING
from lstmcount.programs.libraries.keras.session.session import Session

_OF_KERAS = ("3.15.1", "2.15.0", "2.3.1", "1.2.2")
_OF_TENSORFLOW = ("2.21.0", "2.15.0", "1.15.5", MISSING)  # one of many beside Keras 1


def version_of(session: Session, module: str) -> Any:
    """`module.__version__`; MISSING if it is not known.

    It is today's, or that of the last Keras for which the program is written.
    """
    if session.is_keras_1:
        at = 3
    elif session.is_before_tensorflow_2:
        at = 2
    else:
        at = 1 if session.is_keras_2 else 0
    versions = {"keras": _OF_KERAS, "tensorflow": _OF_TENSORFLOW}.get(module)
    return MISSING if versions is None else versions[at]
