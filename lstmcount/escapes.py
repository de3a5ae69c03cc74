"""Escape text for each output language: one function per language, for all names from a source.

Names of layers, models, weights, classes, activations, variables and files, and messages that
repeat them, come from the author of the source. What cannot stand in a language as it is gets
spelled as Python spells it (`\\x1b`, `\\u202e`), or as that language does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from keyword import iskeyword
from typing import Any

# Invisible characters, which control a terminal or change the order of the text.
_UNSEEN = (
    "\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e0fff"
)
# Text that a CI system obeys in any log: `::error::` at the start of a line, `##[error]` anywhere.
_LINE_COMMAND, _COMMAND = r"(?<!\S):(?=:[A-Za-z])", r"(?<=#)#(?=\[|vso\[)"
# Patterns are compiled on first use: a plain summary needs none of them.
_SPELLED_IN_STRINGS = f"[{_UNSEEN}]|{_COMMAND}"


def escape(text: str) -> str:
    """Text for a terminal or a log: control and reordering characters are spelled out.

    >>> escape("red \\x1b[31m"), escape("::error::x"), escape("schön 層")
    ('red \\\\x1b[31m', '\\\\x3a:error::x', 'schön 層')
    """
    if not text.isprintable():
        text = "".join(c if _is_text(c) else c.encode("unicode_escape").decode() for c in text)
    if "::" not in text and "##" not in text:
        return text
    spelled = f"{_LINE_COMMAND}|{_COMMAND}"
    return re.sub(spelled, lambda match: f"\\x{ord(match[0]):02x}", text)


def _is_text(character: str) -> bool:
    from unicodedata import category

    return character.isprintable() or category(character) == "Zs"


def for_json(document: str) -> str:
    """A JSON document with invisible characters escaped in its strings; it means the same.

    >>> for_json('{"a\\u202e": "é"}')
    '{"a\\\\u202e": "é"}'
    """
    if document.isascii() and "\x7f" not in document and "##" not in document:
        return document
    return re.sub(_SPELLED_IN_STRINGS, _utf16, document)


def _utf16(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be").hex()
    return "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))


def for_script(document: str) -> str:
    """A JSON document for a script element of HTML: nothing in it ends or opens an element.

    >>> for_script('"</script><!--"')
    '"\\\\u003c/script\\\\u003e\\\\u003c!--"'
    """
    return re.sub("[<>&]", _utf16, for_json(document))


def for_sarif(text: str) -> str:
    """The text of a message in SARIF, where brackets before parentheses would be a link.

    >>> for_sarif("[a](b)")
    '[a\\\\](b)'
    """
    return re.sub(r"\](?=\()", r"\\]", escape(text))


def for_yaml(text: str) -> str:
    """A YAML scalar in double quotes.

    >>> for_yaml('say "hi"\\u202e')
    '"say \\\\"hi\\\\"\\\\u202e"'
    """
    import json

    return re.sub(_SPELLED_IN_STRINGS, _code_point, json.dumps(text, ensure_ascii=False))


def _code_point(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def yaml_flow(value: Any) -> str:
    """A value as YAML on one line, quoted where it has to be; it reads back the same."""
    import yaml

    text: str = yaml.dump(
        value,
        Dumper=_yaml_dumper(),
        default_flow_style=True,
        sort_keys=False,
        width=10**6,
        allow_unicode=True,
    )
    text = re.sub(_SPELLED_IN_STRINGS, _code_point, text)
    return text.removesuffix("\n").removesuffix("\n...").strip()


@cache
def _yaml_dumper() -> Any:
    """A dumper that puts strings with characters to be escaped into double quotes."""
    import yaml

    class Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
        pass

    def represent(dumper: Any, text: str) -> Any:
        style = None if escape(text) == text else '"'
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    Dumper.add_representer(str, represent)
    return Dumper


def for_csv(text: str) -> str:
    """A text cell of CSV or TSV; what a spreadsheet would run as a formula gets a ' in front.

    >>> for_csv("=1+1"), for_csv("a-b")
    ("'=1+1", 'a-b')
    """
    text = escape(text)
    return f"'{text}" if text.lstrip().startswith(tuple("=+-@＝＋－＠")) else text


# -- Markdown ---------------------------------------------------------------------------------

# What GitHub, GitLab and so on turn into links, notifications, pictures or mathematics. Most of
# it works on the text that is displayed, so backslashes cannot stop it; a code span can.
_LIVE = r"""(?x)
    [@$&^] | [{\[][-+]                     # mentions, mathematics, entities, {+ inserted +}
    | [#!~%]\w | [~%]["']                 # #1, !1, ~label, %milestone
    | \b(?i:gh|gl)-\d | \b[A-Z][A-Z0-9_]+-\d  # GH-1, JIRA-1
    | :// | (?i:www\.) | \b(?i:mailto|xmpp|tel):
    | :(?:100|1234|[-+]?\w*[^\W\d][\w+-]*):  # emoji
    | (?<!\w)(?i:[0-9a-f]{7,40})(?!\w)    # commits
    | ^(?:[-+=#]|\d+[.)])(?=\s|$|[-+=#])  # lists, headings
    | ^\s | \s$ | \s\s | == | \+\+ | !\[
"""


def for_markdown(text: str) -> str:
    """Text for a line of Markdown, in a code span if it would become active outside of one.

    >>> for_markdown("a|b_c"), for_markdown("@octocat #1"), for_markdown("`@a|b`")
    ('a\\\\|b\\\\_c', '`@octocat #1`', '`` `@a|b` ``')
    """
    text = escape(text)
    if text and re.search(_LIVE, text):
        return code_span(text)
    return re.sub(r"[\\|`*_<>\[\]~]", r"\\\g<0>", text)


def for_markdown_cell(text: str) -> str:
    """Text for a table cell, in which a pipe ends the cell even inside code.

    >>> for_markdown_cell("a|b"), for_markdown_cell("@a|b")
    ('a\\\\|b', '`@a\\\\|b`')
    """
    written = for_markdown(text)
    return written.replace("|", "\\|") if written.startswith("`") else written


def code_span(text: str) -> str:
    """Text as an inline code span in Markdown."""
    text = escape(text)
    ticks = "`" * (_longest_run(text) + 1)
    pad = " " if text[:1] in ("`", " ") or text[-1:] in ("`", " ", "\\") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def code_block(lines: Iterable[str], language: str = "text") -> list[str]:
    """Lines as a code block in Markdown, with a fence longer than any in the lines.

    >>> code_block(["```"])
    ['````text', '```', '````']
    """
    escaped = [escape(line) for line in lines]
    fence = "`" * max(3, *(_longest_run(line) + 1 for line in escaped))
    return [f"{fence}{language}", *escaped, fence]


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


# -- XML, HTML, LaTeX -------------------------------------------------------------------------

_MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}


def for_xml(text: str) -> str:
    """Text for XML, SVG and HTML, in elements and in attributes with quotes.

    What XML 1.0 cannot hold, not even as a reference, is no printable character.

    >>> for_xml("a<b & \\x1b")
    'a&lt;b &amp; \\\\x1b'
    """
    return re.sub("[&<>\"']", lambda match: _MARKUP[match[0]], escape(text))


_LATEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "·": r"$\cdot$",
    "×": r"$\times$",
    "⌊": r"$\lfloor$",
    "⌋": r"$\rfloor$",
    "⌈": r"$\lceil$",
    "⌉": r"$\rceil$",
    "Δ": r"$\Delta$",
    "→": r"$\to$",
    "−": "-",
    **{char: f"\\{char}" for char in "&%$#_{}"},
    "\0": "{}",  # between characters that fonts join
}
_LIGATURES = r"(?<=([-`',<>]))(?=\1)|(?<=[!?])(?=`)"


def for_latex(text: str) -> str:
    r"""Text for LaTeX, also within \text{} in mathematics.

    >>> print(for_latex("\\input{50%}"))
    \textbackslash{}input\{50\%\}
    """
    text = re.sub(_LIGATURES, "\0", escape(text))
    return "".join(_LATEX.get(char, char) for char in text)


# -- Diagrams ---------------------------------------------------------------------------------


def for_dot(*lines: str) -> str:
    r"""Lines as one string of Graphviz's language, in its quotes.

    >>> print(for_dot('say "hi"', "a\\b", "&lt;"))
    "say \"hi\"\na\\b\n&amp;lt;"
    """
    texts = [escape(line).replace("\\", "\\\\").replace('"', '\\"') for line in lines]
    return '"' + re.sub(r"&(?=#?\w+;)", "&amp;", "\\n".join(texts)) + '"'


def for_mermaid(text: str) -> str:
    """Text for a label: characters of Mermaid, Markdown or HTML syntax become character codes.

    >>> for_mermaid("a<b>"), for_mermaid("conv2_1 (None, 64)"), for_mermaid("end")
    ('a#60;b#62;', 'conv2_1 (None, 64)', 'end')
    """
    return "".join(
        char if char.isalnum() or char in " _(),/…·×:?+=" else f"#{ord(char)};"
        for char in escape(text)
    )


# -- Workflow commands, shells, Python --------------------------------------------------------


def for_workflow(lines: Sequence[str]) -> str:
    """The message of a workflow command of GitHub Actions."""
    return "%0A".join(escape(line).replace("%", "%25") for line in lines)


def for_workflow_property(text: str) -> str:
    """The value of a property of a workflow command.

    >>> for_workflow_property("C:\\\\a,b%")
    'C%3A\\\\a%2Cb%25'
    """
    return for_workflow([text]).replace(":", "%3A").replace(",", "%2C")


# A word that bash, zsh and fish leave alone wherever it stands: what a shell completes goes into a
# command line as it is, and bash's own word splitting comes before that.
_SHELL_WORD = r"(?![-=~+%])[\w./:@%+=,-]*[\w./:@%+=-]"


def shell_words(candidates: Iterable[str]) -> list[str]:
    """The candidates that are safe for a shell to complete.

    >>> shell_words(["lstm_1", "a$(id)", "-h", "two words", "units="])
    ['lstm_1', 'units=']
    """
    return [word for word in candidates if re.fullmatch(_SHELL_WORD, word)]


def python_names(names: Iterable[str]) -> dict[str, str]:
    """A distinct Python identifier for each name.

    >>> python_names(["lstm.units", "lstm_units", "if", "a b"])
    {'lstm.units': 'lstm_units', 'lstm_units': 'lstm_units_', 'if': 'if_', 'a b': '_a_b'}
    """
    from unicodedata import normalize

    words: dict[str, str] = {}
    for name in names:
        word = normalize("NFKC", name.replace(".", "_"))
        if not word.isidentifier():
            word = re.sub(r"\W", "_", f"_{word}", flags=re.ASCII)
        while iskeyword(word) or word in ("math", "params") or word in words.values():
            word += "_"
        words[name] = word
    return words
