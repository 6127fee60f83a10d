"""The plans: each a file that prices orders into tickets, and names its choices to the engine."""
