"""Save what matplotlib draws, in fonts that have its characters."""

from __future__ import annotations

import io
import logging
import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from lstmcount.escapes import escape

FONT = "DejaVu Sans"  # which matplotlib contains
FALLBACKS = (
    "Noto Sans CJK JP", "Noto Sans CJK SC", "Noto Sans CJK KR", "Source Han Sans SC",
    "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Droid Sans Fallback", "Microsoft YaHei",
    "Yu Gothic", "Malgun Gothic", "SimHei", "Hiragino Sans", "PingFang SC", "Apple SD Gothic Neo",
    "Arial Unicode MS", "Noto Sans Devanagari", "Noto Sans Thai", "Noto Emoji", "Symbola",
)  # fmt: skip
_MISSING = re.compile(r"Glyph (\d+) .*missing")
_NAMED = 10  # characters that a note names


class Saved(msgspec.Struct, frozen=True):
    """A picture as a file, and notes on it."""

    data: bytes
    notes: tuple[str, ...] = ()


def families() -> list[str]:
    """The fonts to look for a character in; matplotlib warns about those that are not installed."""
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    return [FONT, *(name for name in FALLBACKS if name in installed)]


def saved(figure: Any, fmt: str, **options: Any) -> Saved:
    stream = io.BytesIO()
    with _without_log(), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        figure.savefig(stream, format=fmt, **options)
    matches = (_MISSING.match(str(warning.message)) for warning in caught)
    missing = dict.fromkeys(chr(int(match[1])) for match in matches if match)
    return Saved(stream.getvalue(), tuple(_notes(missing)))


def _notes(missing: Iterable[str]) -> Iterator[str]:
    characters = escape("".join(missing))
    if characters:
        shown = characters[:_NAMED] + ("…" if len(characters) > _NAMED else "")
        yield (
            f"no font here has the characters {shown}: install one, such as Noto Sans CJK "
            "(Debian: fonts-noto-cjk), or write .svg"
        )


@contextmanager
def _without_log() -> Iterator[None]:
    log = logging.getLogger("matplotlib")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(level)
