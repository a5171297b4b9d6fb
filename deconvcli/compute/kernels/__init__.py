"""Arithmetic on arrays: three engines with one interface, tested against one definition.

reference.py (slow on purpose), scatter.py (NumPy) and engine.py (Numba) all offer

    transposed_convolution(x, w, bias, axes, groups, threads=1) -> y
    prepare(w, bias, axes, groups, shape, threads, once=False) -> step,    step(x) -> y

bound.py checks a result without trusting the engine that made it. stream.py cuts a layer into
blocks. README.md explains the mathematics of engine.py, with a picture.

Glossary. In the Numba engine each of these nouns has one meaning:

line      An axis of a layer, rewritten as one plain correlation for each phase of its outputs.
          A line of the processor's cache is always written "cache line".
row       Positions that differ in the last axis only. Two other rows carry a first name: a *tile
          row* is one output channel in one phase, whose sums a tile keeps in registers (a tile's
          `rows` are these); a *panel row* is a run of inputs along the last axis.
plane     One of several phases that one tile computes from the same loads: a bit of its masks.
slot      The tile row of one output channel, folded output and phase, counted over all calls of
          a unit.
part      Some output channels of one group, in all their phases. Weights are packed by parts.
unit      A part in one combination of the outer phases, with every phase of the last axis. Tiles
          of channels know no phases: there a unit is a part.
block     A region of outputs that is computed together, with a panel or a table of its own: rows
          and columns of positions (tiled), images or a run of outputs of one (channels), or a box
          of outputs with axes of its own (stream.py).
chunk     Some input channels that fit into a cache together. Between chunks the sums wait.
turn      Units that are computed one after the other at the positions of one tile, before the
          tile moves on to the next positions.
cover     The vectors that together hold all positions of a block, and their segments.
segment   A run of outputs of one row that comes from one vector.
piece     Some parts whose weights are converted to another number type at a time.

A *task* is some units on one block, and the smallest amount of work that a thread takes.
"""
