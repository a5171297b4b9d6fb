"""Arrays in .npy, .npz and .safetensors files, read and written as they are, bit by bit.

A file is opened first: the shape and the number type of each of its arrays are known before any of
them is read, so that a caller reads only what has the size that it needs.
"""

from deconvcli.compute.arrayfiles._choice import choose_array
from deconvcli.compute.arrayfiles._entry import ArrayFile, Entry
from deconvcli.compute.arrayfiles._formats import check_place, has_names, open_arrays, write_files
from deconvcli.compute.arrayfiles._place import Place, read_place

__all__ = [
    "ArrayFile",
    "Entry",
    "Place",
    "check_place",
    "choose_array",
    "has_names",
    "open_arrays",
    "read_place",
    "write_files",
]
