"""Model files as people have them, read without the framework that wrote them."""
