"""Rewrites the golden files from real Keras: regenerate.py [PART] [NAME…]."""

from __future__ import annotations

import os
import sys

if os.environ.get("PYTHONHASHSEED") != "0":  # some of Keras's errors print a set
    os.environ["PYTHONHASHSEED"] = "0"
    os.execv(sys.executable, [sys.executable, "-W", "ignore", *sys.argv])
os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["XLA_FLAGS"] = "--xla_backend_optimization_level=0"  # compiling is most of the time
os.environ["COLUMNS"] = "500"  # rich crops the summary at the width of its console

import keras
from _files import HERE

PARTS = ("signatures", "layers", "models", "applications")


def main(arguments: list[str]) -> None:
    """Regenerates one part (or some of its names), or everything."""
    if arguments and arguments[0] not in PARTS:
        raise SystemExit(f"expected one of {', '.join(PARTS)}, got {arguments[0]!r}")
    (HERE / "keras_version.txt").write_text(f"{keras.__version__}\n")
    for part in arguments[:1] or PARTS:
        __import__(f"_{part}").regenerate(arguments[1:])


if __name__ == "__main__":
    main(sys.argv[1:])
