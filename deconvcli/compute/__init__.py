"""Computation: the kernels, the layers and arrays that they work on, and .npy files."""
