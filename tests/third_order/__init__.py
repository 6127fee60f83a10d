"""A sixth plan that lives in the tests alone: every third order pays the first in line.

It is what docs/how-to/add-a-plan.md asks for: a file for the domain, one for its settings, texts.
"""
