"""Notices to members, from the stream of the journal."""
