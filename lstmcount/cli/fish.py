"""Completion for fish, where words and their help may hold commas. click cuts them at the first."""

from __future__ import annotations

from click.shell_completion import FishComplete, add_completion_class


@add_completion_class
class Fish(FishComplete):
    source_template = FishComplete.source_template.replace('split ","', 'split -m 1 ","')
