"""Webhooks of shops on other platforms."""
