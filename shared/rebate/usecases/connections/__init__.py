"""Shops on other platforms: what is heard of them, and told on."""
