"""What the use cases need from outside, as AWS gives it."""
