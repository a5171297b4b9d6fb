"""Transposed convolution by vectors of output channels: for images too small to fill vectors.

Every tap is a matrix product of the inputs that meet an output there, and of its weights. So no
product is made that the definition does not make, whatever the crops.

meetings.py says what meets what, plan.py how that is cut, compute.py runs a task of work.py with
what vectors.py makes of the machine.
"""
