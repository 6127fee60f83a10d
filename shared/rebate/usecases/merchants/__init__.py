"""Merchants: how they come in, what they may do in their stores, and what they see (Rule 2.7)."""
