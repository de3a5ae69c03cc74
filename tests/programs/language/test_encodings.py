"""Programs that declare another encoding than UTF-8, and those that do so wrongly."""

from __future__ import annotations

from pathlib import Path

import pytest

from lstmcount import LstmcountError, summarize

MODEL = """
from keras.models import Sequential
from keras.layers import Dense
model = Sequential([Dense(len(WORD), input_shape=(4,))])
"""

DECLARED = {
    "Chinese": ("gbk", "# -*- coding: gbk -*-\nWORD = '门控循环'" + MODEL, 20),
    "second line, after a comment": (
        "cp1252",
        "#!/usr/bin/env python\r\n# vim: set fileencoding=cp1252 :\r\nWORD = 'é€'" + MODEL,
        10,
    ),
    "second line, after a blank one": ("koi8-r", "\n# coding=koi8-r\nWORD = 'слово'" + MODEL, 25),
    "with more signs": ("utf-8", "# -*- coding:utf8-*-\nWORD = 'größe'" + MODEL, 25),
    "another than it has": ("utf-8", "# coding: latin-1\nWORD = 'é'" + MODEL, 10),
    "too late": ("utf-8", "import os\n# coding: latin-1\nWORD = 'é'" + MODEL, 5),
}


@pytest.mark.parametrize("case", DECLARED)
def test_the_text_is_what_python_reads(case: str, tmp_path: Path) -> None:
    encoding, text, params = DECLARED[case]
    path = tmp_path / "model.py"
    path.write_bytes(text.encode(encoding))
    assert summarize(path).total_params == params
    word: dict[str, str] = {}
    exec(compile(path.read_bytes().split(b"from keras")[0], "word.py", "exec"), word)
    assert params == 5 * len(word["WORD"])


def test_a_module_declares_its_own_encoding(tmp_path: Path) -> None:
    (tmp_path / "words.py").write_bytes("# coding: big5\nWORD = '記憶'\n".encode("big5"))
    path = tmp_path / "model.py"
    path.write_text("from words import WORD" + MODEL, encoding="utf-8")
    assert summarize(path).total_params == 10


REFUSED = {
    b"# coding: gbq": "the program declares the encoding 'gbq', which is not known",
    b"# coding: rot13": "the program declares the encoding 'rot13', which is not known",
    b"# coding: utf-16": "the program declares the encoding 'utf-16', which is not known",
    b"# coding: punycode": "the program declares the encoding 'punycode', which is not known",
    b"# coding: ascii\n# caf\xe9": "not ASCII text: ordinal not in range(128) at byte 21",
    b"# caf\xe9": "not UTF-8 text: invalid continuation byte at byte 5",
}


@pytest.mark.parametrize("start", REFUSED)
def test_other_texts_are_refused(start: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_bytes(start + b"\nWORD = 'word'" + MODEL.encode())
    with pytest.raises(LstmcountError, match=r"^[^\n]*$") as refused:
        summarize(path)
    assert refused.value.message == REFUSED[start]
