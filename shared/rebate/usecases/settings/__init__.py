"""The settings document: saved, in force, and what it means."""
