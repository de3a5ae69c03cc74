"""A git repository in a temporary folder."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import msgspec


def spec(*layers: Any, **more: Any) -> str:
    """A spec as YAML (which JSON is) of a model that reads 5 steps of 8 features."""
    found = {"input_shape": [5, 8], "layers": list(layers), **more}
    return msgspec.json.format(msgspec.json.encode(found)).decode() + "\n"


class Repository:
    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main", *options)

    def git(self, *args: str) -> str:
        identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        return subprocess.run(
            ["git", *identity, *args],
            cwd=self.folder,
            env={**environment, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def commit(self, **files: str) -> None:
        for name, text in files.items():
            self.write(name, text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "x")
