"""One layer in several dialects: how each reads the same options, and how it writes the layer."""
