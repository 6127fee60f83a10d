"""Linking who signs in with who bought, one to one and for good (contracts, section 6)."""
