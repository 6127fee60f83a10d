"""Invitations, teams, merchants and levels: who brought whom, and what follows (Rule 2)."""
