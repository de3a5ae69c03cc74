"""How the models of a run are named, as `--model` takes their names."""

from __future__ import annotations

import shlex
from collections import defaultdict
from functools import cached_property

from lstmcount.programs.discovery import all_candidates
from lstmcount.programs.language.interpreter import Interpreter
from lstmcount.programs.libraries.keras.values.objects import ModelObject

Entry = tuple[str, ModelObject, int]  # a model with its name and the line where it gets it


def bound_models(run: Interpreter) -> dict[str, ModelObject]:
    """The models by their last variable's name, or by their own name if no variable holds them."""
    unbound = {name: model for name, model, _ in all_candidates(run)}
    return unbound | {name: model for name, model, _ in run.bindings}


class ModelNames:
    """The names of the models that a run has made so far."""

    def __init__(self, run: Interpreter) -> None:
        self.run = run
        self.bound = bound_models(run)

    def argument(self, entry: Entry) -> str:
        """The argument of `--model`: the name, with its line if the name is not unique."""
        name, model, line = entry
        if self.bound.get(name) is model:
            return name
        if (element := self.element(entry)) is not None:
            return shlex.quote(element)
        return self.run.program.at_line(name, line)

    def element(self, entry: Entry) -> str | None:
        """The element of a list, tuple or dictionary that a model is, as in `models[0]`.

        None if there is none, or if its name and line belong to no other model, as in a loop.
        """
        name, model, line = entry
        if len(self._made[name, line]) < 2 or self.bound.get(name) is model:
            return None
        return self._elements.get(model.serial)

    @cached_property
    def _made(self) -> defaultdict[tuple[str, int], set[int]]:
        """The serial numbers of the models that get a name at a line."""
        made = defaultdict[tuple[str, int], set[int]](set)
        for name, model, line in self.run.bindings:
            made[name, line].add(model.serial)
        return made

    @cached_property
    def _elements(self) -> dict[int, str]:
        """The first element that each model is, by the model's serial number."""
        elements: dict[int, str] = {}
        for holder, values in self.run.module.names.items():
            keyed = values.items() if isinstance(values, dict) else ()
            for key, value in enumerate(values) if isinstance(values, list | tuple) else keyed:
                if isinstance(value, ModelObject) and isinstance(key, int | str):
                    elements.setdefault(value.serial, f"{holder}[{key!r}]")
        return elements
