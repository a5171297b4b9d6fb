"""What frameworks say: their words for a layer, and the frameworks themselves."""
