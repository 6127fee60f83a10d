"""Brings back what webhooks are due to be told again."""
