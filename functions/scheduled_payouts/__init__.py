"""Payouts of what was collected, as scheduled."""
