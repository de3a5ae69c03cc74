"""`<<` in a spec: an entry's own keys win over merged ones, as in all YAML."""

from pathlib import Path

import pytest

from lstmcount import summarize

BODIES = {
    "one": "{<<: *small, units: 4}",
    "a list of one": "{<<: [*small], units: 4}",
    "the first of two": "{<<: [{units: 4}, *small]}",
    "from a merged one": "{<<: {<<: *small, units: 4}}",
    "the key written first": "{units: 4, <<: *small}",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=list(BODIES))
def test_a_key_of_its_own_wins_over_merged_ones(tmp_path: Path, body: str) -> None:
    path = tmp_path / "model.yaml"
    path.write_text(
        "input_shape: [5, 3]\n"
        "layers:\n"
        "- LSTM: &small {units: 8, return_sequences: true}\n"
        f"- LSTM: {body}\n"
    )
    first, second = summarize(path).layers
    assert (first.params, second.params) == (4 * 8 * (3 + 8 + 1), 4 * 4 * (8 + 4 + 1))
    assert second.output_shape == (None, 5, 4)
