"""Arithmetic on arrays. Every engine answers to one door and to one definition.

The door, the same in reference.py (slow on purpose), scatter.py (NumPy) and engine.py (Numba):

    transposed_convolution(x, w, bias, axes, groups, threads=1) -> y
    prepare(w, bias, axes, groups, shape, threads, once=False) -> step,    step(x) -> y

bound.py judges a result without trusting the engine that made it; stream.py cuts a layer into
blocks. README.md explains the mathematics of engine.py, with a picture.
"""
