"""Pasted layers and networks of any kind, parsed and never executed.

A call becomes an operation and its keys (`calls`); several calls, or a printed model, become a
graph (`network`), and its layers a table of sizes (`answer`). A config needs the first at most.
"""
