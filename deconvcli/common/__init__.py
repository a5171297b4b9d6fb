"""What every room may use: errors, findings, files, memory."""
