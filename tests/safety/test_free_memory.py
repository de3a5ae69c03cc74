"""The check for free memory, which takes no memory itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from lstmcount import memory


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="Linux says how much")
def test_no_page_is_written() -> None:
    peak = "VmHWM:"
    Path("/proc/self/clear_refs").write_text("5")
    before = _status(peak)
    assert not memory.is_short(2**28)
    assert _status(peak) - before < 2**14  # kibibytes


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


def test_more_memory_than_there_is_is_refused() -> None:
    with pytest.raises(MemoryError, match="more memory than there is"):
        memory.require(2**62)
