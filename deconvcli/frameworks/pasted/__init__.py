"""Readers of pasted calls, which are parsed and never executed."""
