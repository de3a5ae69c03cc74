"""The results of `check` as text and in the formats of CI systems; one file per format."""

from __future__ import annotations

from lstmcount.budgets.reports import github, gitlab, json, junit, markdown, sarif, text
from lstmcount.budgets.reports.base import Report

FORMATS: dict[str, type[Report]] = {
    "text": text.Report,
    "json": json.Report,
    "github": github.Report,
    "gitlab": gitlab.Report,
    "junit": junit.Report,
    "sarif": sarif.Report,
    "markdown": markdown.Report,
}
