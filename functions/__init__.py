"""One folder per trigger: each handler parses, calls one use case, and reports."""
