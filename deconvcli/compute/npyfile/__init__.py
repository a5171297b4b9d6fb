"""Reading and writing .npy files; a damaged or hostile file ends in one clear error.

NumPy's own reader allocates the size that a header claims before it looks at the file, accepts
trailing bytes, and raises ten kinds of exceptions. Here the header is first compared with the
file's size. Files are read and written whole, or part by part if they are larger than memory.

Source: numpy.lib.format, "Format Version 1.0" to "3.0" (NumPy enhancement proposal 1).
"""

from deconvcli.common.files import StrPath, format_path
from deconvcli.compute.npyfile._header import (
    HEAD_BYTES,
    Header,
    open_regular,
    parse_header,
    read_header,
)
from deconvcli.compute.npyfile._read import read, read_data
from deconvcli.compute.npyfile._shared import refuse_unreadable
from deconvcli.compute.npyfile._stored import Stored, open_stored, reserve
from deconvcli.compute.npyfile._write import write, write_array

__all__ = [
    "HEAD_BYTES",
    "Header",
    "Stored",
    "StrPath",
    "format_path",
    "open_regular",
    "open_stored",
    "parse_header",
    "read",
    "read_data",
    "read_header",
    "refuse_unreadable",
    "reserve",
    "write",
    "write_array",
]
