"""A second ring for queues whose first was lost, as scheduled."""
