"""Orders that were paid, from the bus."""
