"""Atheris chooses what is changed in real models: `python -m tests.fuzz.fuzz_values`."""

from __future__ import annotations

import json
import sys

import atheris

with atheris.instrument_imports(include=["lstmcount"]):
    from tests.fuzz import mutations, seeds
    from tests.fuzz.exercise import exercise


def one_input(data: bytes) -> None:
    provider = atheris.FuzzedDataProvider(data)

    def choose(below: int) -> int:
        found: int = provider.ConsumeIntInRange(0, below - 1)
        return found

    texts = seeds.small_documents()
    model = json.loads(texts[choose(len(texts))])
    for _ in range(1 + choose(6)):
        model = mutations.change_json(model, choose, seeds.donors())
    exercise("model.json", json.dumps(model).encode())


if __name__ == "__main__":
    atheris.Setup([*sys.argv, "-len_control=0", "-max_len=512"], one_input)
    atheris.Fuzz()
