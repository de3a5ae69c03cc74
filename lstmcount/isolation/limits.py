"""What a child process may use: processor time, memory, and the time that anyone waits for it."""

from __future__ import annotations

CPU_SECONDS = 4
MEMORY = 384 * 2**20  # bytes of address space, beyond those that it begins with
WAIT_SECONDS = 60.0  # by the clock: a busy machine may take longer than the processor does
ANSWER = 80 * 2**20  # bytes of the answer
SCRATCH = 2**30  # bytes of a file that it has opened for itself before it is guarded

TOO_LONG = f"reading it takes more than {CPU_SECONDS} seconds of processor time"
TOO_LATE = f"reading it takes more than {WAIT_SECONDS:.0f} seconds"
TOO_MUCH = f"reading it takes more than {MEMORY // 2**20} MiB of memory"
TOO_LARGE = f"what was read of it is larger than {ANSWER // 2**20} MiB"


def apply() -> None:
    """Limit this process, where the system can."""
    try:
        import resource
    except ImportError:  # Windows: the parent's clock is the only limit
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime)
    _lower(resource.RLIMIT_CPU, spent + CPU_SECONDS, grace=1)
    _lower(resource.RLIMIT_FSIZE, SCRATCH)
    _lower(resource.RLIMIT_CORE, 0)
    size = _address_space(resource.getpagesize())
    if size is not None:
        _lower(resource.RLIMIT_AS, size + MEMORY)


def _lower(kind: int, limit: int, grace: int = 0) -> None:
    import resource

    hard = resource.getrlimit(kind)[1]
    most = limit + grace if hard == resource.RLIM_INFINITY else min(limit + grace, hard)
    try:
        resource.setrlimit(kind, (min(limit, most), most))
    except (OSError, ValueError):  # macOS knows RLIMIT_AS and refuses to set it
        return


def _address_space(page_size: int) -> int | None:
    """Bytes of address space in use, where the system says it."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * page_size
    except (OSError, ValueError):
        return None
