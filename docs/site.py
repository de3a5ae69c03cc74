"""What `mkdocs build` (mkdocs.yml) adds to the pages of this folder.

Files of the repository become pages, and so do the commands' help and the docstrings of the public
names, when the site is built: nothing of it can be out of date. Links that lead out of this folder
lead to those pages or to the repository.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any

import click
import msgspec

import lstmcount
import lstmcount.testing
from lstmcount.cli.commands import SECTIONS, cli

ROOT = Path(__file__).resolve().parent.parent
COPIED = {
    "README.md": "index.md",
    "SECURITY.md": "security.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}
PICTURE = re.compile(r"!\[[^\]]*\]\(([^()\s]+)\)")
CODE = re.compile(r"<code>[^<]*</code>")
OPTION = re.compile(r"(?<![\w-])--[\w-]+")
LINK = re.compile(r"\]\((?!\w+:|#)([^()\s#]+)(#[^()\s]*)?\)")


def on_files(files: Any, config: Any) -> Any:
    from mkdocs.structure.files import File

    for name, text in pages(config.repo_url):
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    if page.file.src_uri in COPIED.values():
        return markdown
    return relinked(markdown, "docs", config.repo_url)


def on_page_content(html: str, page: Any, config: Any, files: Any) -> str:
    """With options in the text marked, so that the style keeps `--set` from breaking after `--`."""
    return CODE.sub(lambda code: OPTION.sub(r'<span class="option">\g<0></span>', code[0]), html)


def on_post_page(output: str, page: Any, config: Any) -> str:
    """Without the mark by which the theme's script asks GitHub for the number of stars."""
    return output.replace(' data-md-component="source"', "")


def pages(repository: str) -> Iterator[tuple[str, str]]:
    for source, name in COPIED.items():
        yield name, relinked((ROOT / source).read_text(), "", repository)
    yield "commands.md", commands()
    yield "reference.md", api()


def relinked(markdown: str, folder: str, repository: str) -> str:
    """The text of a page in a folder of the repository, with its links as the site needs them.

    A picture is a link to itself, as GitHub shows it: a small screen has no room for a large one.
    """
    linked = PICTURE.sub(r"[\g<0>](\1)", markdown)
    return LINK.sub(partial(_relinked, folder, repository), linked)


def _relinked(folder: str, repository: str, link: re.Match[str]) -> str:
    path = posixpath.normpath(posixpath.join(folder, link[1]))
    if not (ROOT / path).exists():
        return link[0]
    target = COPIED.get(path) or (
        path.removeprefix("docs/") if path.startswith("docs/") else f"{repository}/blob/main/{path}"
    )
    return f"]({target}{link[2] or ''})"


def commands() -> str:
    """The command reference: what `--help` prints."""
    parts = ["# Commands\n", "`lstmcount COMMAND --help` prints the same.\n"]
    for section, examples in SECTIONS.items():
        parts.append(f"## {section}\n")
        for name, example in examples.items():
            command = cli.get_command(click.Context(cli), name)
            assert command is not None
            parent = click.Context(cli, info_name="lstmcount", **cli.context_settings)
            context = click.Context(command, parent, name, max_content_width=88, terminal_width=88)
            text = command.get_help(context)
            parts.append(f"### {name}\n\n```console\n$ {example}\n```\n\n```text\n{text}\n```\n")
    return "\n".join(parts)


def api() -> str:
    """The API reference: one entry for each public name."""
    parts = ["# Python reference\n", "`import lstmcount` loads what is used, when it is used.\n"]
    for name in (*lstmcount.__all__, "testing.assert_budget"):
        value = attrgetter(name)(lstmcount)
        is_record = isinstance(value, type) and issubclass(value, msgspec.Struct)
        fields = "    options: {show_if_no_docstring: true}\n" if is_record else ""
        parts.append(f"::: lstmcount.{name}\n{fields}")
    return "\n".join(parts)
