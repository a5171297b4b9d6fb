"""A framework in a process of its own: started, asked for a layer, compared with our prediction."""
