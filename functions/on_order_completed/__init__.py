"""Orders that were completed, from the bus."""
