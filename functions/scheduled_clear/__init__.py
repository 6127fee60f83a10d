"""Clearings, as scheduled."""
