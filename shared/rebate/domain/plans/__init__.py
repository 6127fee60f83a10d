"""The plans: each a file that prices orders into tickets, and names its choices to the engine.

`plan_type` says what a plan has to tell, `registry` names them all.
"""
