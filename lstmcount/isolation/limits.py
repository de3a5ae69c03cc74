"""Limits of a child process: processor time, memory, answer size, and waiting time."""

from __future__ import annotations

CPU_SECONDS = 4
MEMORY = 384 * 2**20  # bytes of address space, in addition to those in use at the start
WAIT_SECONDS = 60.0  # elapsed time: on a busy machine it exceeds processor time
ANSWER = 80 * 2**20  # bytes
# The environment of a child: starting threads for arithmetic costs more than reading a file does.
ONE_THREAD = dict.fromkeys(["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"], "1")

TOO_LONG = f"reading it takes more than {CPU_SECONDS} seconds of processor time"
TOO_LATE = f"reading it takes more than {WAIT_SECONDS:.0f} seconds"
TOO_MUCH = f"reading it takes more than {MEMORY // 2**20} MiB of memory"
TOO_LARGE = f"the data read from it is larger than {ANSWER // 2**20} MiB"


def apply(scratch: int) -> None:
    """Limit this process, as far as the system supports limits.

    A file that it writes may have `scratch` bytes: without any, not even native code can write.
    """
    try:
        import resource
    except ImportError:  # on Windows, the parent's waiting time is the only limit
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime)
    _lower(resource.RLIMIT_CPU, spent + CPU_SECONDS, grace=1)
    _lower(resource.RLIMIT_FSIZE, scratch)
    _lower(resource.RLIMIT_NPROC, 0)  # root may start processes nevertheless
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
    except (OSError, ValueError):  # macOS defines RLIMIT_AS but refuses to set it
        return


def _address_space(page_size: int) -> int | None:
    """Bytes of address space in use; None if the system does not report it."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[0]) * page_size
    except (OSError, ValueError):
        return None
