"""Reading and writing .npy files; a damaged or hostile file ends in one clear line.

NumPy's own reader allocates what a header claims before it looks at the file, accepts trailing
bytes, and lets ten kinds of exception out. Here the header is held against the file's size first.
Files are read and written whole, or part by part where they are larger than memory.

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
