"""Orders that were refunded, from the bus."""
