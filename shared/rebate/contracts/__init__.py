"""What other programs see: events, settings and scenarios, as strict Pydantic models.

Whatever comes from outside is read here once and is typed and within its ranges from then on.
A document that cannot be read raises a subclass of `problems.Invalid` that lists every problem,
each in one line with the path of the field and, where a name is unknown, the nearest valid one.

This package holds no plan's logic: it says what may be written, never what is paid.
"""
