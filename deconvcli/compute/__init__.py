"""Values: the kernels, and the arrays and files that they work on."""
