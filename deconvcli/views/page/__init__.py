"""A page to try numbers on: one file that answers, without a network, what the program answers."""
