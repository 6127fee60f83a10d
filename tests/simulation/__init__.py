"""A deterministic simulation: workers over one store, interleaved and disturbed by a seed."""
