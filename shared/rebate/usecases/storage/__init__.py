"""How use cases see the store: rows and their keys, transactions, a buffer for batches."""
