"""Rebuilding the tables from what was accepted: every commit of every queue is decided again."""
