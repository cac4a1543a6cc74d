"""Files that cannot be read: what Python raises over them, and what is said of that."""

import struct
import zipfile
import zlib

try:
    from lzma import LZMAError
except ImportError:  # as in a Python that was built without it: then zipfile knows no such archives
    LZMAError = zlib.error

UNREADABLE: tuple[type[Exception], ...] = (
    OSError,
    EOFError,
    ValueError,
    LookupError,
    RuntimeError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
    LZMAError,
)
"""What zipfile raises over files that are damaged or no archives at all."""


def reason(trouble: Exception) -> str:
    """Return what went wrong, without what Python puts around a system's own words."""
    said = trouble.strerror if isinstance(trouble, OSError) else None
    return said or str(trouble) or "it ends too early"
