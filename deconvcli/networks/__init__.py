"""Networks as graphs: kinds of layers, the shapes through them, valid input sizes, and repairs."""
