"""Transposed convolution as a matrix product in register tiles.

lines.py, plan.py and calls.py turn a layer into lists of distances, recipe.py says how it may be
cut, cost.py what that costs, division.py what is a task, schedule.py makes the tables of the tasks,
and compute.py runs one task with what vectors makes of the machine.
"""
