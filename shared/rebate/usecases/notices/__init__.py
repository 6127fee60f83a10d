"""What members are told, and how it is worded."""
