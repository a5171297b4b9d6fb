"""Models of ncnn: the text of their layers, and the sizes that these give."""
