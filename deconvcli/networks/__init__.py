"""Networks as graphs: operations, shapes, valid input sizes, repairs."""
