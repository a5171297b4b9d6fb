"""The layers of a network as a picture: a column for each resolution, and arcs for skips."""
