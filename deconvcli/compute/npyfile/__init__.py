"""Reading and writing .npy files; a damaged or hostile file ends in one clear error.

NumPy's own reader allocates the size that a header claims before it looks at the file, accepts
trailing bytes, and raises ten kinds of exceptions. Here the header is first compared with the
file's size. Files are read and written whole, or part by part if they are larger than memory.

Source: numpy.lib.format, "Format Version 1.0" to "3.0" (NumPy enhancement proposal 1).
"""

from deconvcli.common.files import StrPath, format_path
from deconvcli.compute.npyfile._header import Header, read_header
from deconvcli.compute.npyfile._read import read
from deconvcli.compute.npyfile._stored import Stored, open_stored, reserve
from deconvcli.compute.npyfile._write import write

__all__ = [
    "Header",
    "Stored",
    "StrPath",
    "format_path",
    "open_stored",
    "read",
    "read_header",
    "reserve",
    "write",
]
