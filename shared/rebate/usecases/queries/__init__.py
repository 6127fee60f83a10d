"""What members and operators look at."""
