"""Keeps what functions and queues set aside."""
