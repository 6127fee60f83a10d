"""Writes files of exports that operators asked for."""
