"""A task of a child process, and what belongs to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Guard = Callable[..., None]  # guard(scratch=0): bytes of a temporary file that it may still write
Task = Callable[..., Any]  # task(guard, *args)
Preparation = Callable[[], None]
