"""What is to be told or fetched of orders of connected shops."""
