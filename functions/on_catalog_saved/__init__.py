"""Members, products and stores as the shop saves them, from the bus."""
