"""The hourly look at connected shops."""
