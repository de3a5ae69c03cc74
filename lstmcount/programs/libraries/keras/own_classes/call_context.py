"""The value of `training` that layers inherit from the call of the layer around them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.libraries.keras.models.derived import call_parameters
from lstmcount.programs.libraries.keras.session.session import Session
from lstmcount.programs.libraries.keras.values.objects import Custom, LayerObject


@contextmanager
def entered(session: Session, layer: LayerObject, kwargs: dict[str, Any]) -> Iterator[None]:
    """The context of a call with these arguments.

    In Keras 3 one context lasts for the outermost call, so that layers also inherit what an
    earlier call of another layer set. Keras 2 has a context for each call.
    """
    before = session.is_in_call, session.training
    session.training = _resolved(session, layer, kwargs)
    session.is_in_call = True
    try:
        yield
    finally:
        if session.is_keras_2 or not before[0]:
            session.is_in_call, session.training = before


@contextmanager
def left(session: Session) -> Iterator[None]:
    """A context in which a call is an outermost one, which inherits nothing."""
    before = session.is_in_call, session.training
    session.is_in_call, session.training = False, None
    try:
        yield
    finally:
        session.is_in_call, session.training = before


def takes_training(layer: LayerObject) -> bool:
    """Whether the class defines a `call` with the parameter `training`."""
    if not isinstance(layer, Custom) or not isinstance(layer.cls.find("call"), Function):
        return False
    return "training" in call_parameters(layer)


def with_training(session: Session, layer: Custom, kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments that `call` gets: Keras adds `training`, if the context knows it."""
    if session.training is None or not takes_training(layer):
        return kwargs
    return {**kwargs, "training": session.training}


def changes_training(session: Session, layer: Custom, kwargs: dict[str, Any]) -> bool:
    """Whether the context gives `call` another value of `training` than these arguments do."""
    given = kwargs.get("training", _default(layer))
    return takes_training(layer) and given != session.training


def _resolved(session: Session, layer: LayerObject, kwargs: dict[str, Any]) -> bool | None:
    """The value of a call's argument, of the call around it, or of the parameter's default."""
    value = kwargs.get("training", session.training)
    if value is None and "training" not in kwargs:
        value = _default(layer)
    return bool(value) if isinstance(value, bool | int) else None


def _default(layer: LayerObject) -> Any:
    method = layer.cls.find("call") if isinstance(layer, Custom) else None
    return method.defaults.get("training") if isinstance(method, Function) else None
