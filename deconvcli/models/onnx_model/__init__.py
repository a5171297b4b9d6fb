"""Files of ONNX as data: fields of the wire format, and the graph that they hold."""
