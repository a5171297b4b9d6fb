"""Layers in Python source, found by its syntax tree and never executed.

`scopes` has the variables of a file, `frameworks` the layers that its imports mean, `layers` what a
call says in its dialect.
"""
