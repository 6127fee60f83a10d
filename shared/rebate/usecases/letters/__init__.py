"""What was set aside: looked at, and replayed."""
