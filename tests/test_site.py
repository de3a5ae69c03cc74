"""The site's pages that are made when it is built; .ci/run builds it."""

from __future__ import annotations

import importlib.util

import pytest
import yaml

import lstmcount
from lstmcount.cli.commands import SECTIONS
from tests.conftest import ROOT

SPEC = importlib.util.spec_from_file_location("site_pages", ROOT / "docs" / "site.py")
assert SPEC is not None
assert SPEC.loader is not None
site = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(site)


@pytest.mark.parametrize(
    ("link", "folder", "expected"),
    [
        ("[a](docs/ci.md#x)", "", "[a](ci.md#x)"),
        ("[a](SECURITY.md)", "", "[a](security.md)"),
        ("[a](LICENSE)", "", "[a](https://h/blob/main/LICENSE)"),
        ("[a](ci.md#x)", "docs", "[a](ci.md#x)"),
        ("[a](../configs)", "docs", "[a](https://h/blob/main/configs)"),
        ("[a](../CONTRIBUTING.md#add-a-layer)", "docs", "[a](contributing.md#add-a-layer)"),
        ("![a](docs/gallery/nested.svg)", "", "[![a](gallery/nested.svg)](gallery/nested.svg)"),
        ("[a](https://x/y) [b](#c) f[0](x)", "docs", "[a](https://x/y) [b](#c) f[0](x)"),
    ],
)
def test_links_of_a_page_lead_to_the_site_or_the_repository(
    link: str, folder: str, expected: str
) -> None:
    assert site.relinked(link, folder, "https://h") == expected


def test_options_in_the_text_are_marked_as_one_word() -> None:
    html = "<p>--a <code>x --no-b=1</code></p><pre><code><span>--c</span></code></pre>"
    marked = html.replace("--no-b", '<span class="option">--no-b</span>')
    assert site.on_page_content(html, None, None, None) == marked


def test_nothing_is_asked_of_github() -> None:
    page = '<a href="https://h" class="md-source" data-md-component="source">'
    assert site.on_post_page(page, None, None) == '<a href="https://h" class="md-source">'


def test_every_command_and_every_public_name_has_its_entry() -> None:
    names = [name for commands in SECTIONS.values() for name in commands]
    text = site.commands()
    assert all(f"### {name}\n" in text and f"Usage: lstmcount {name} " in text for name in names)
    assert all(f"::: lstmcount.{name}\n" in site.api() for name in lstmcount.__all__)


def test_every_page_is_in_the_navigation() -> None:
    text = (ROOT / "mkdocs.yml").read_text()
    written = {path.name for path in (ROOT / "docs").glob("*.md")}
    made = {name for name, _ in site.pages("https://h")}
    listed = str(yaml.safe_load(text)["nav"])
    assert written & made == set(), "one of the two would be lost"
    assert [name for name in written | made if f"'{name}'" not in listed] == []
