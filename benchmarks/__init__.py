"""What the settlement costs, measured: `python -m benchmarks [name…] [--quick]`."""
