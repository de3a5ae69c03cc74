"""A task of a child process, and what belongs to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Guard = Callable[[], None]
Task = Callable[..., Any]  # task(guard, *args)
Preparation = Callable[[], None]
