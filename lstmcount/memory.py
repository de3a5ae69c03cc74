"""Check available memory before an operation that cannot report a lack of it."""

from __future__ import annotations

TOO_LITTLE = "it takes more memory than there is"
TO_START = 2**25
FOR_NUMPY = 2**27  # with less, NumPy's OpenBLAS ends the process


def is_short(size: int) -> bool:
    """Whether `size` bytes cannot be allocated. Pages that are never written take no memory.

    `bytes` asks for zeroed pages; `bytearray` would write the zeros itself.
    """
    try:
        bytes(size)
    except MemoryError:
        return True
    return False


def require(size: int) -> None:
    """Raise `MemoryError` if `size` bytes cannot be allocated."""
    if is_short(size):
        raise MemoryError(TOO_LITTLE)
