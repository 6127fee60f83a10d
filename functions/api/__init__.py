"""The HTTP API for members, operators and shops."""
