"""Ask for the input shape of a model that says none, with an example that suits the model."""

from __future__ import annotations

import msgspec

from lstmcount.config import ModelConfig
from lstmcount.graph.inference import NO_INPUT_SHAPE
from lstmcount.programs.allowance import Allowance
from lstmcount.programs.libraries.keras.own_classes import first_call
from lstmcount.programs.libraries.keras.session.session import Session
from lstmcount.programs.libraries.keras.values.contents import all_inside
from lstmcount.programs.libraries.keras.values.objects import Custom, ModelObject
from lstmcount.programs.questions.checked_shapes import checked_shape
from lstmcount.programs.questions.needs import Try, explain_unknown, lost_message
from lstmcount.setting_text import set_option


def set_lost_reason(session: Session, model: ModelObject, config: ModelConfig) -> None:
    """Set the reason for layers without weights in a model that was followed on known inputs.

    It is the first output whose shape is not known.
    """
    if not (isinstance(model, Custom) and model.is_traced and session.lost_shapes):
        return
    place, words = next(iter(session.lost_shapes.items()))
    why = session.run.failed_imports.why_lost(words)
    explain_unknown(config, f"{place.locate()}: {lost_message(words, why)}")


def set_unknown_reason(
    model: ModelObject, config: ModelConfig, works: Try, allowance: Allowance
) -> None:
    """Set the reason and an example of `--set input_shape` for layers without an input shape.

    Examples are tried as long as anything is left of the allowance.
    """
    because = f"{model.class_name} has no `call`, so the inputs of its layers are not known"
    examples = first_call.examples(model, {layer.class_name for layer in all_inside(model)})
    checked = _checked(model)
    tried = (shape for shape in (*checked, *examples[:-1]) if not allowance.is_spent)
    if isinstance(model, Custom) and model.build_shape is not None:
        shape = msgspec.json.encode(model.build_shape, enc_hook=lambda _: 28).decode()
        text = f"`build` makes no weights of {model.class_name}'s layers; {first_call.NOT_BUILT}"
        because = f"{text}: {set_option('input_shape', shape)}"
    elif examples:
        last = [*checked, examples[-1]][0]
        shape = next((shape for shape in tried if works({"input_shape": shape})), last)
        example = set_option("input_shape", msgspec.json.encode(shape).decode())
        because = f"{NO_INPUT_SHAPE} {example}"
    explain_unknown(config, because)


def _checked(model: ModelObject) -> list[list[int | None]]:
    """The input shape that the code of the only argument of `call` tells, if it does."""
    names = first_call.input_names(model) if isinstance(model, Custom) else []
    dims = checked_shape(model, names[0]) if isinstance(model, Custom) and len(names) == 1 else None
    return [] if dims is None else [[None, *dims]]
