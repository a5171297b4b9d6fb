"""Models as Keras 2 and 3 save them: the config, the graph in it, and a size rule of each layer."""
