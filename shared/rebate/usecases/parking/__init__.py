"""Parked commands: what cannot be carried out stands beside its queue, which goes on."""
