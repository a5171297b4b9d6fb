"""A layer without framework words: axes, sizes, layouts, overlap."""
