"""Telling other services what happened (contracts, section 7)."""
