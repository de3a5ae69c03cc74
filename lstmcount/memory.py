"""How much memory there is, asked before something that cannot say that it is too little."""

from __future__ import annotations

TOO_LITTLE = "it takes more memory than there is"
TO_START = 2**25
FOR_NUMPY = 2**27  # whose OpenBLAS ends the process where it gets less


def is_short(size: int) -> bool:
    """Whether `size` bytes cannot be had. Pages that nobody writes to take no memory.

    `bytes` asks for zeroed pages; `bytearray` would write the zeros itself.
    """
    try:
        bytes(size)
    except MemoryError:
        return True
    return False


def require(size: int) -> None:
    """Raise `MemoryError` where `size` bytes cannot be had."""
    if is_short(size):
        raise MemoryError(TOO_LITTLE)
