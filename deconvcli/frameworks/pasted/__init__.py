"""Readers take apart what a person has (a pasted call, a file) without understanding it."""
