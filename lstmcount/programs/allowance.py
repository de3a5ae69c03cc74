"""How much work following a program several times may take.

Work is measured in steps, so that the answer about a program is the same on every machine and
under every load. The processor time is limited, too, for programs whose steps take long.
"""

from __future__ import annotations

import time

from lstmcount.programs.language.bounds import Bounds
from lstmcount.programs.language.module_files import ModuleFiles

MAX_STEPS = 700_000  # of all runs
MAX_SECONDS = 1.45  # of processor time
STEPS_PER_SECOND = 300_000  # of most programs
STEPS_PER_RUN = 500  # for what a run takes besides its steps


class Meter:
    """Counts the steps of the runs of a program, which follow each other."""

    def __init__(self) -> None:
        self._before = 0
        self._run: Bounds | None = None

    def begin(self, run: Bounds) -> None:
        self._before = self.steps + STEPS_PER_RUN
        self._run = run

    @property
    def steps_of_run(self) -> int:
        """The steps of the last run, which the next is likely to take, too."""
        return self._run.total_steps if self._run is not None else 0

    @property
    def steps(self) -> int:
        return self._before + self.steps_of_run


class Allowance:
    """The steps, and the processor time, until which a program may be followed again."""

    def __init__(self, meter: Meter, until: int, latest: float) -> None:
        self._meter = meter
        self._until = until
        self.latest = latest

    @classmethod
    def whole(cls, meter: Meter, files: ModuleFiles | None = None) -> Allowance:
        """What all runs of a program may take, beside those with fewer of its files."""
        steps, seconds = (0, 0.0) if files is None else (files.steps, files.seconds)
        return cls(meter, MAX_STEPS - steps, time.process_time() + MAX_SECONDS - seconds)

    @property
    def left(self) -> int:
        """The steps that are left beside those of one more run; 0 if there are none, or no time."""
        if time.process_time() > self.latest:
            return 0
        return max(self._until - self._meter.steps - self._meter.steps_of_run, 0)

    @property
    def rest(self) -> int:
        """The steps that are left, of which a run may take fewer than the one before; 0 if there is
        no time."""
        return 0 if time.process_time() > self.latest else self._until - self._meter.steps

    @property
    def left_in_time(self) -> int:
        """The steps that are left, or those for which most programs have time if these are less."""
        seconds = max(self.latest - time.process_time(), 0)
        return min(self.left, int(seconds * STEPS_PER_SECOND))

    @property
    def runs_left(self) -> int:
        """How many more runs like the last there is time for."""
        return self.left_in_time // max(self._meter.steps_of_run, 1)

    @property
    def is_spent(self) -> bool:
        return not self.left

    @property
    def half(self) -> Allowance:
        """Half of what is left of the steps."""
        return Allowance(self._meter, self._until - self.left // 2, self.latest)
