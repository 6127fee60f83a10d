"""Delivers events to those who listen by webhooks."""
