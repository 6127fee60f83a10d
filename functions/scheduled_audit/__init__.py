"""Seeds of the coming days, as scheduled."""
