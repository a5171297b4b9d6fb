"""The walk over whole tensors: their sizes, and the numbers that sizes are computed from."""
