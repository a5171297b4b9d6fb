"""Layers in Python source, found by its syntax tree and never executed.

`scopes` has the variables of a file, `frameworks` the layers that its imports mean, `values` the
arguments of a call for each way to reach it, `layers` what it says in its dialect, and `sequences`
what arrives at it in a network.
"""
