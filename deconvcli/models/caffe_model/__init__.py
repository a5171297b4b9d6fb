"""Networks of Caffe: the text of their layers, and the sizes that these give."""
