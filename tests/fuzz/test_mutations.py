"""Changed files of every kind, for which lstmcount raises no other errors than its own."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz import mutations, seeds
from tests.fuzz.exercise import exercise

bounded = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@bounded
@given(st.data())
def test_files_with_changed_values_are_read_or_refused(data: st.DataObject) -> None:
    texts = seeds.small_documents()
    model = json.loads(data.draw(st.sampled_from(texts)))
    for _ in range(data.draw(st.integers(1, 4))):
        model = mutations.change_json(model, chooser(data), seeds.donors())
    exercise("model.json", json.dumps(model).encode())


@bounded
@given(st.data())
def test_changed_texts_are_read_or_refused(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(seeds.texts()))
    text = path.read_text()
    donors = [donor.read_text() for donor in seeds.texts()]
    for _ in range(data.draw(st.integers(1, 4))):
        text = mutations.change_text(text, chooser(data), donors)
    exercise(path.name, text.encode("utf-8", "replace"))


@bounded
@given(st.data())
def test_files_with_changed_bytes_are_read_or_refused(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(seeds.binaries()))
    content = path.read_bytes()
    for _ in range(data.draw(st.integers(1, 4))):
        content = mutations.change_bytes(content, chooser(data))
    exercise(path.name, content)


def chooser(data: st.DataObject) -> mutations.Choose:
    def choose(below: int) -> int:
        found: Any = data.draw(st.integers(0, below - 1))
        assert isinstance(found, int)
        return found

    return choose
