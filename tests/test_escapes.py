"""Hostile names through every command and format, read back by a parser of each language."""

from __future__ import annotations

import ast
import csv
import glob
import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from click.testing import CliRunner

from lstmcount import escapes
from lstmcount.budgets.reports import FORMATS as REPORTS
from lstmcount.cli.commands import cli
from lstmcount.errors import LstmcountError
from lstmcount.renderers.records import FORMATS as RECORDS
from tests.conftest import ROOT

NAMES = {
    "orders to a terminal": "a\x1b[31m\x9b31m\x07\x7fb",
    "text in another order": "a\u202eb\u2066c\u200fd\u061ce",
    "lines": "a\r\nb\u2028c\u2029d\x85::error::e",
    "nothing to see": "a\u200b\u200d\ufeff\u2060\U000e0041b",
    "half a pair": "a\ud800b",
    "mentions": "@octocat @org/team #1 GH-1 org/repo#2 !3 %4",
    "references": "deadbeef1 JIRA-1 :tada: $x^2$ &#64;octocat ~bug",
    "links": "https://example.org www.example.org [a](b) ![c](d) <e:f> g@h.org",
    "markdown": "**a** _b_ ~~c~~ `d` ``` | - [ ] e [^1] \\| \\`",
    "a list": "- a",
    "a heading": "# a",
    "html": "</title></script><img src=x onerror=alert(1)>&amp;\"'<!--",
    "xml": "]]>\ufffe\uffff&#x202e;",
    "latex": r"\input{/etc/hostname} \write18{id} % $x$ ^^41 _ # ~ & { \end{align*}",
    "graphviz": '"];a [URL="x"];<b>\\N\\ &#8238;',
    "mermaid": 'a"]; click n0 call f(); end; %%{init: {}}%% #quot; #34;',
    "a formula": "=cmd|' /C calc'!A0",
    "a tab": "\t=1+1",
    "a workflow command": "::error file=x::y%0A::z",
    "an older command": "##[error]x ##vso[task]y",
    "a shell's": "$(touch marker)`touch marker`;touch marker 'a' \"b\" * ! -x",
    "yaml": "a: {b: !!python/name:os} # c & *d",
    "a fence": "```\n<img src=x>\n~~~",
    "letters": "schön 層 имя نام",
}
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb"
    "\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)


def model(name: str, **arguments: Any) -> str:
    layers = [
        {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [None, 5, 3]}},
        {
            "class_name": "LSTM",
            "config": {"name": name, "units": 2, "return_sequences": True, **arguments},
        },
    ]
    return json.dumps({"class_name": "Sequential", "config": {"name": name, "layers": layers}})


# -- parsers: each gives the strings that a reader of the language finds -----------------------


def as_text(text: str) -> list[str]:
    return [text]


def in_terminal(text: str) -> list[str]:
    return [re.sub(r"\s*│[^│\n]*│[^│\n]*│\n│ ", "", text), text]


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from strings(key)
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def as_json(text: str) -> list[str]:
    return list(strings(json.loads(text)))


def as_lines(text: str) -> list[str]:
    return [string for line in text.splitlines() for string in strings(json.loads(line))]


def as_yaml(text: str) -> list[str]:
    return list(strings(yaml.safe_load(text)))


def as_csv(text: str) -> list[str]:
    rows = list(csv.reader(io.StringIO(text)))
    assert len({len(row) for row in rows}) == 1
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if cell[:1] in tuple("=+-@\t\r") and not _number(cell)]
    return [re.sub(r"^'(?=\s*[=+@-])", "", cell) for cell in cells]


def _number(text: str) -> bool:
    return re.fullmatch(r"-?[\d.]+(e[-+]\d+)?", text) is not None


def as_tsv(text: str) -> list[str]:
    found = list(csv.reader(io.StringIO(text), delimiter="\t"))
    return [re.sub(r"^'(?=\s*[=+@-])", "", cell) for row in found for cell in row]


LIVE = re.compile(
    r"@\w|(?<!\w)[#!%~&]\w|\bGH-\d|[A-Z]+-\d|://|www\.|:[a-z]+:|\$"
    r"|\b(?<!\d\.)[0-9a-f]{7,40}\b|\^|^\s*[-#] "
)


def as_markdown(text: str) -> list[str]:
    """The code spans, and the text around them, in which nothing is active on GitHub."""
    markdown_it = pytest.importorskip("markdown_it")
    pytest.importorskip("linkify_it")
    found = []
    for token in markdown_it.MarkdownIt("gfm-like").parse(text):
        inline = token.children or []
        kinds = {token.type, *(child.type for child in inline)}
        assert not kinds & {"html_block", "html_inline", "image", "link_open", "s_open", "em_open"}
        found += [token.content] if token.type == "fence" else []
        found += ["".join(child.content for child in inline)]
        for child in inline:
            assert child.type != "text" or not LIVE.search(child.content), child.content
    return found


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.texts += [value or "" for _, value in attrs]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def as_html(text: str) -> list[str]:
    page = Page()
    page.feed(text)
    assert not page.tags & {"img", "iframe", "object", "e:f", "b"}
    assert not [name for name in page.attributes if name.startswith("on")]
    texts = [*page.texts, "".join(page.texts)]
    for data in page.texts:
        if data.startswith("{"):
            texts += as_json(data)
    return texts


def as_xml(text: str) -> list[str]:
    found = []
    for element in ElementTree.fromstring(text).iter():
        assert not {key for key in element.attrib if key.startswith("on") or "href" in key}
        assert element.tag.rpartition("}")[2] not in {"script", "a", "image", "foreignObject"}
        found += [*element.attrib.values(), "".join(element.itertext())]
    return found


COMMANDS_OF_LATEX = re.compile(
    "subsection|paragraph|text|textbackslash|textasciitilde|textasciicircum|mathbb|in|left|right|"
    r"odot|operatorname|toprule|midrule|bottomrule|Delta|to|times|cdot|top|[lr]floor|frac|tilde|[,&%$#_{}\\\\]"
)


def as_latex(text: str) -> list[str]:
    walker = pytest.importorskip("pylatexenc.latexwalker")
    text_of = pytest.importorskip("pylatexenc.latex2text")
    nodes, _, _ = walker.LatexWalker(text, tolerant_parsing=False).get_latex_nodes()
    pending = list(nodes)
    while pending:
        node = pending.pop()
        assert not isinstance(node, walker.LatexCommentNode)
        if isinstance(node, walker.LatexMacroNode):
            assert COMMANDS_OF_LATEX.fullmatch(node.macroname), node.macroname
            pending += [n for n in (node.nodeargd.argnlist if node.nodeargd else []) if n]
        elif isinstance(node, walker.LatexEnvironmentNode):
            assert node.environmentname in ("align*", "aligned", "tabular")
            pending += node.nodelist
        elif hasattr(node, "nodelist"):
            pending += node.nodelist
    text = text.replace(r"\textasciicircum{}", "˄")  # which pylatexenc does not know
    read = text_of.LatexNodes2Text(keep_comments=True).latex_to_text(text)
    return [read.translate(str.maketrans("‘’˄", "`'^"))]


def as_dot(text: str) -> list[str]:
    pydot = pytest.importorskip("pydot")
    (graph,) = pydot.graph_from_dot_data(text)
    found = [graph.get_name()]
    for node in graph.get_nodes():
        attributes = node.get_attributes()
        assert not set(attributes) & {"URL", "href", "target", "image", "tooltip"}
        label = attributes.get("label", '""')
        assert label.startswith('"')
        found.append(label[1:-1])
    texts = [re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], one) for one in found]
    return [text.replace("&amp;", "&") for text in texts]


MERMAID = re.compile(
    r'flowchart TB|  acc(Title|Descr): (?P<t>[^"<>\[\]{}`;%]|#\d+;)*'
    r'|  n\d+(\(\[|\[)"(?:[^"\[\]{}`%]|<b>|</b>|<br/>)*"(\]\)|\]):::c\d+'
    r"|  n\d+ --> n\d+|  classDef c\d+ [\w#:,. -]+"
)


def as_mermaid(text: str) -> list[str]:
    for line in text.splitlines():
        assert MERMAID.fullmatch(line), line
    return [re.sub(r"#(\d+);", lambda found: chr(int(found[1])), text)]


def as_mermaid_in_markdown(text: str) -> list[str]:
    lines = text.splitlines()
    assert (lines[0], lines[-1]) == ("```mermaid", "```")
    return as_mermaid("\n".join(lines[1:-1]))


def as_python(text: str) -> list[str]:
    tree = ast.parse(text)
    found = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return [value for value in found if isinstance(value, str)]


def as_workflow(text: str) -> list[str]:
    found = []
    for line in text.splitlines():
        command = re.fullmatch(r"::(error|notice) ([^:]*)::(.*)", line)
        assert command, line
        assert {pair.partition("=")[0] for pair in command[2].split(",")} <= {
            "file", "line", "col", "title",
        }  # fmt: skip
        found.append(command[3].replace("%0A", "\n").replace("%25", "%"))
    return found


# -- commands ---------------------------------------------------------------------------------

Reader = Callable[[str], list[str]]
FORMATS: dict[str, Reader] = {
    "summary": in_terminal,
    "summary --expand-nested --columns weights": in_terminal,
    "summary --format json": as_json,
    "summary --format jsonl": as_lines,
    "summary --format csv": as_csv,
    "summary --format tsv": as_tsv,
    "summary --format markdown": as_markdown,
    "summary --format html": as_html,
    "summary --format svg": as_xml,
    "explain": as_text,
    "explain --format json": as_json,
    "explain --format markdown": as_markdown,
    "explain --format latex": as_latex,
    "cost": as_text,
    "cost --format json": as_json,
    "cost --format csv": as_csv,
    "cost --format markdown": as_markdown,
    "convert --to yaml": as_yaml,
    "convert --to json": as_json,
    "convert --to keras-json": as_json,
    "convert --to python": as_python,
    "plot -o - --format svg": as_xml,
    "plot -o - --format dot": as_dot,
    "plot -o - --format mermaid": as_mermaid,
    "plot -o - --format markdown": as_mermaid_in_markdown,
    "plot -o - --format svg --cell": as_xml,
    "plot -o - --format svg --unroll 2": as_xml,
    "report -o -": as_html,
    "trace": as_text,
    "trace --format json": as_json,
    "trace --format csv": as_csv,
    "trace --format jsonl": as_lines,
    "trace --format tsv": as_tsv,
    "trace --format markdown": as_markdown,
    "trace --format latex": as_latex,
    "explain --format jsonl": as_lines,
    "explain --format csv": as_csv,
    "explain --format tsv": as_tsv,
    "check --max-params 1 --why": as_text,
    "check --max-params 1 --format json": as_json,
    "check --max-params 1 --format github": as_workflow,
    "check --max-params 1 --format gitlab": as_json,
    "check --max-params 1 --format junit": as_xml,
    "check --max-params 1 --format sarif": as_json,
    "check --max-params 1 --format markdown": as_markdown,
    "diff {other}": in_terminal,
    "diff {other} --format json": as_json,
    "diff {other} --format markdown": as_markdown,
    "diff {other} --format latex": as_latex,
    "diff {other} --format jsonl": as_lines,
    "diff {other} --format csv": as_csv,
    "diff {other} --format tsv": as_tsv,
    "summary --format latex": as_latex,
    "cost --format latex": as_latex,
}
NAMELESS = ("trace --format", "summary --format svg", "cost", "plot", "summary --expand-nested")


def test_every_format_is_tried() -> None:
    wanted = [f"summary --format {name}" for name in RECORDS]
    wanted += [f"check --max-params 1 --format {name}" for name in REPORTS if name != "text"]
    assert not {*wanted} - FORMATS.keys()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(args: list[str]) -> tuple[str, str]:
    """Standard output, and the error or the notes."""
    done = CliRunner().invoke(cli, args)
    if isinstance(done.exception, LstmcountError):
        return done.stdout, str(done.exception)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.stdout, done.stderr


@pytest.mark.parametrize("command", FORMATS)
@pytest.mark.parametrize("name", NAMES.values(), ids=list(NAMES))
def test_names_are_text(folder: Path, name: str, command: str) -> None:
    """Names read back as they were, or as the terminal shows them; nothing in them takes effect."""
    (folder / "m.json").write_text(model(name))
    (folder / "other.json").write_text(model(f"{name}2", units=3))
    first, *rest = command.format(other="other.json").split()
    text, errors = said([first, "m.json", *rest])
    assert not UNSEEN.search(text + errors)
    if "python" not in command:
        assert not re.search(r"##\[|##vso\[", text + errors)
    if "github" not in command:
        assert not re.search(r"^\s*::[a-z]", text + errors, re.MULTILINE)
    if not text:
        assert errors
        return
    found = FORMATS[command](text)
    is_refused = any("half of a character" in string for string in found)
    if not command.startswith(NAMELESS) and not is_refused:
        forms = {
            name,
            escapes.escape(name),
            escapes.for_sarif(name),
            name.replace("/", "_"),
            name.replace(":tada:", "🎉"),
        }
        assert any(form in string for string in found for form in forms)


@pytest.mark.parametrize("fmt", ["text", "json", "markdown", "latex"])
@pytest.mark.parametrize("name", NAMES.values(), ids=list(NAMES))
def test_activations_in_equations_are_text(folder: Path, name: str, fmt: str) -> None:
    (folder / "m.json").write_text(model("lstm", activation=name, recurrent_activation=name))
    text, errors = said(["explain", "m.json", "--format", fmt])
    assert not UNSEEN.search(text + errors)
    if text:
        FORMATS[f"explain --format {fmt}" if fmt != "text" else "explain"](text)


@pytest.mark.parametrize("fmt", ["text", "json", "markdown", "latex"])
@pytest.mark.parametrize("name", NAMES.values(), ids=list(NAMES))
def test_keys_in_equations_are_text(folder: Path, name: str, fmt: str) -> None:
    (folder / "m.py").write_text(
        f"import keras\nfrom sizes import n\nx = keras.layers.Dense(n[{name!a}])\n"
        "model = keras.Sequential([keras.Input((3,)), x])\n"
    )
    text, errors = said(["explain", "m.py", "--format", fmt])
    assert not UNSEEN.search(text + errors)
    if fmt == "latex":
        assert "\\input" not in text
    FORMATS[f"explain --format {fmt}" if fmt != "text" else "explain"](text)


@pytest.mark.parametrize("fmt", ["text", "json", "latex", "python"])
@pytest.mark.parametrize("name", NAMES.values(), ids=list(NAMES))
def test_formulas_of_layers_with_such_names(folder: Path, name: str, fmt: str) -> None:
    pytest.importorskip("sympy")
    entry = {"LSTM": {"units": 2, "return_sequences": True}, "name": name}
    spec = {"name": name, "variables": {"n": 3}, "input_shape": [5, 3]}
    spec["layers"] = [entry, {"Dense": "n", "name": f"{name}2"}]
    (folder / "m.json").write_text(json.dumps(spec))
    for wanted in ((), ("--for", f"{name}.units")):
        text, errors = said(["explain", "m.json", "--formula", *wanted, "--format", fmt])
        assert not UNSEEN.search(text + errors)
        if not text:
            continue
        if fmt == "latex":
            as_latex(text)
        if fmt == "python":
            names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
            (function,) = [n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef)]
            assert names <= {argument.arg for argument in function.args.args}


@pytest.mark.parametrize("name", NAMES.values(), ids=list(NAMES))
def test_errors_show_names(folder: Path, name: str) -> None:
    spec = {"input_shape": [3], "layers": [{name: {name: 1}}], name: name}
    (folder / "m.json").write_text(json.dumps(spec))
    for args in (["summary", "m.json"], ["count", "m.json", "--layer", name], [name]):
        text, errors = said([part.encode("utf-8", "replace").decode() for part in args])
        assert text == ""
        assert not UNSEEN.search(errors.replace("\n", "")) or args == [name]


@pytest.mark.parametrize("name", NAMES.values(), ids=list(NAMES))
def test_baselines_and_budgets_hold_names(folder: Path, name: str) -> None:
    name = name.replace("\ud800", "")
    file = name.replace("/", "_")[:60] + ".json"
    (folder / file).write_text(model(name))
    assert said(["check", f"./{file}", "--allow-no-budget", "--update-baseline"])[1] == ""
    lock = (folder / "lstmcount.lock").read_text()
    assert not UNSEEN.search(lock)
    ((path, recorded),) = json.loads(lock)["models"].items()
    assert (path, list(recorded["layers"])) == (file, [name])
    assert said(["init", f"./{file}"])[1] == ""
    budgets = (folder / "lstmcount.yaml").read_text()
    assert not UNSEEN.search(budgets)
    assert list(yaml.safe_load(budgets)["budgets"]) == [glob.escape(file)]


# -- shells -----------------------------------------------------------------------------------

TRAPS = [
    "a$(touch marker)",
    "a`touch marker`",
    "a;touch marker",
    "a\nplain,marker",
    "a\ndir,x",
    "a\\$(touch marker)",
    "a'$(touch marker)'",
    "a b",
    "a*",
    "a?[m]",
    "a!1",
    "a~",
    "a&touch marker",
    "a>marker",
    "a{b,c}",
    "a#b",
    "a,",
    "-a",
    "=a",
    "~a",
    "%a",
]


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_bash_is_offered_words_that_it_takes_as_they_are(tmp_path: Path) -> None:
    entries = [
        {"LSTM": {"units": 2, "return_sequences": True}, "name": name}
        for name in ["a_plain.one", "ä層", *TRAPS]
    ]
    (tmp_path / "m.json").write_text(json.dumps({"input_shape": [5, 3], "layers": entries}))
    program = tmp_path / "lstmcount"
    run = f'PYTHONPATH="{ROOT}" exec "{sys.executable}" -m lstmcount "$@"'
    program.write_text(f"#!/bin/sh\n{run}\n")
    program.chmod(0o755)
    script = """
        eval "$(_LSTMCOUNT_COMPLETE=bash_source ./lstmcount)"
        COMP_WORDS=(./lstmcount explain m.json "") COMP_CWORD=3
        _lstmcount_completion ./lstmcount
        for reply in "${COMPREPLY[@]}"; do eval "typed=($reply)"; printf '%s\\n' "${typed[@]}"; done
        COMPREPLY=() COMP_WORDS=(./lstmcount solve m.json --for "") COMP_CWORD=4
        _lstmcount_completion ./lstmcount
        for reply in "${COMPREPLY[@]}"; do eval "typed=($reply)"; printf '%s\\n' "${typed[@]}"; done
    """
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    words = done.stdout.split("\n")
    assert words == ["a_plain.one", "ä層", "a_plain.one.units", "ä層.units", ""]
    assert not (tmp_path / "marker").exists()


@pytest.mark.parametrize("word", TRAPS)
def test_no_shell_is_offered_what_it_would_obey(word: str) -> None:
    assert escapes.shell_words([word, "lstm"]) == ["lstm"]
