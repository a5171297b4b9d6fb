"""Our kernel beside the installed frameworks, in one run."""
