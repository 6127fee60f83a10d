"""Simulation: settings played over orders without storage, journal or records (Rule 8.3).

An exact kernel of the rules: what it comes to is what the engine would come to, to the unit. It
knows the settings' document and the events, and keeps whole numbers in plain objects; where nothing
but payments happens in a line it reckons with running sums (`fifo`).
"""
