"""`python -m tests.formats`: write the form of editions that are new."""

from tests.formats import write_new_editions

for each in write_new_editions():
    print(f"tests/rows/{each}.json: add rows with what is new")
