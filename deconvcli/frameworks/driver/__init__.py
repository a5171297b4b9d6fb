"""A framework in a process of its own: asked, compared, verified."""
