"""Transposed convolution as a matrix product in register tiles.

lines.py, plan.py and calls.py turn a layer into lists of distances. recipe.py lists the ways to cut
it and cost.py their costs, division.py divides it into tasks, schedule.py makes the tables of the
tasks, and compute.py runs one task with the vector instructions of the folder vectors.
"""
