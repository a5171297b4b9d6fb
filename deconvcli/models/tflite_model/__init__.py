"""Files of TensorFlow Lite: a reader of the wire format, and the operators in it."""
