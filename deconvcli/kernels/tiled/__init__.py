"""Transposed convolution as a matrix product in register tiles.

lines.py and plan.py turn a layer into lists of distances, choice.py picks how it is cut and
divided, schedule.py makes the tables of its tasks, and compute.py runs one task with what
vectors.py makes of the machine.
"""
