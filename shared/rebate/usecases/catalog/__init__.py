"""Members, products and stores, as shops tell of them."""
