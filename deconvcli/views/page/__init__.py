"""The interactive page: one file that gives the program's answers without a network."""
