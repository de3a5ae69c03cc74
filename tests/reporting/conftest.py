"""Reports as the command writes them, and a browser to open them in."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lstmcount.cli import commands

GOLDEN = Path(__file__).parent.parent / "golden" / "applications"
Report = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, Any], str]:
    """A model written to a file; its name."""

    def written(name: str, model: Any) -> str:
        path = tmp_path / name
        path.write_text(json.dumps(model))
        return str(path)

    return written


@pytest.fixture
def report(tmp_path: Path, write: Callable[[str, Any], str]) -> Report:
    """The report of models (a path, or a spec as data) with these options."""

    def made(*models: Any, options: tuple[str, ...] = ()) -> Path:
        names = [
            model if isinstance(model, str) else write(f"model{i}.json", model)
            for i, model in enumerate(models)
        ]
        out = tmp_path / "report.html"
        commands.cli.main(["report", *names, "-o", str(out), *options], standalone_mode=False)
        return out

    return made


@pytest.fixture
def application(tmp_path: Path) -> Callable[[str], str]:
    """A model of keras.applications as a file."""

    def written(name: str) -> str:
        path = tmp_path / f"{name}.json"
        path.write_bytes(gzip.decompress((GOLDEN / f"{name}.json.gz").read_bytes()))
        return str(path)

    return written


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api")
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("Chromium is not installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Opens a report; fails if the browser reports an error, or the page loads anything else."""
    contexts, complaints = [], []

    def open_page(path: Path, **options: Any) -> Any:
        context = chromium.new_context(offline=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: complaints.append(request.url))
        page.goto(path.as_uri())
        assert complaints.pop(0) == path.as_uri()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
