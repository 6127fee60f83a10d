"""What the shop owes, and what its days came to: read from figures kept per day (Rule 8.8)."""
