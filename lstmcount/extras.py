"""How to install what this copy of the package lacks."""

from __future__ import annotations

import os
import sys
from typing import Any


def install(extra: str) -> str:
    """The command that installs an extra for this copy, by the way in which it was installed."""
    import json
    from importlib import metadata

    try:
        distribution = metadata.distribution("lstmcount")
    except metadata.PackageNotFoundError:
        return f"{_pip()} {_quoted(f'lstmcount[{extra}]')}"
    direct = json.loads(distribution.read_text("direct_url.json") or "{}")
    libraries = [
        name
        for name, _, marker in (line.partition(";") for line in distribution.requires or ())
        if extra in marker
    ]
    return f"{_pip()} {requirement(direct, extra, libraries)}"


def requirement(direct: dict[str, Any], extra: str, libraries: list[str]) -> str:
    """The requirement to install, in pip's notation; only the libraries if the origin is gone.

    >>> requirement({}, "hdf5", [])
    "'lstmcount[hdf5]'"
    >>> requirement({"url": "file:///", "dir_info": {"editable": True}}, "hdf5", [])
    "-e '/[hdf5]'"
    >>> git = {"url": "https://host/repo.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}}
    >>> requirement(git, "hdf5", [])
    "'lstmcount[hdf5] @ git+https://host/repo.git@abc'"
    >>> requirement({"url": "file:///gone.whl", "archive_info": {}}, "hdf5", ["h5py>=3.10"])
    "'h5py>=3.10'"
    """
    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    url = direct.get("url", "")
    path = url2pathname(urlsplit(url).path) if url.startswith("file:") else None
    if path is not None and not os.path.exists(path):
        return " ".join(map(_quoted, libraries))
    if path is not None and "dir_info" in direct:
        option = "-e " if direct["dir_info"].get("editable") else ""
        return option + _quoted(f"{path}[{extra}]")
    if "vcs_info" in direct:
        vcs = direct["vcs_info"]
        url = f"{vcs['vcs']}+{url}@{vcs.get('requested_revision') or vcs['commit_id']}"
    return _quoted(f"lstmcount[{extra}]" + (f" @ {url}" if url else ""))


def _pip() -> str:
    """The command of the installer that reaches the Python that is running."""
    import importlib.util
    import shutil

    python = _quoted(sys.executable)
    if importlib.util.find_spec("pip") is None:
        return f"uv pip install --python {python}"
    pip = shutil.which("pip")
    is_ours = pip is not None and os.path.dirname(pip) == os.path.dirname(sys.executable)
    return "pip install" if is_ours else f"{python} -m pip install"


def _quoted(text: str) -> str:
    import shlex

    return shlex.quote(text)
