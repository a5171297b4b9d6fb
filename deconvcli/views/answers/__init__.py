"""Answers: the report that a command makes, and its forms on a terminal and in files."""
