"""The whole cloud on one machine: engine, bus, schedules, HTTP. Never shipped to Lambda."""
