"""What the system can be asked to do: one verb a module."""
