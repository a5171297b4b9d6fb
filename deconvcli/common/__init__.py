"""Tools for every room: errors, findings, files, memory."""
