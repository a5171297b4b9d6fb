"""Transposed convolution with vectors of output channels, for images too small to fill vectors.

Every tap is a matrix product of its weights and the inputs that meet an output there. So no product
is made that the definition does not have, whatever the crops.

meetings.py lists which input meets which output, plan.py divides that into tasks, and compute.py
runs a task of work.py with the vector instructions of vectors.py.
"""
