"""Answers to commands that somebody waits for; no money hangs on them, so they expire."""

from typing import Any

from pynamodb.attributes import NumberAttribute

from rebate.adapters.tables.base import Table
from rebate.usecases.rows import Answer


class AnswersTable(Table[Answer]):
    """See the module's text."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "answers"
    kind = Answer
    expires = "expires_at"

    expires_at = NumberAttribute()

    @classmethod
    def further(cls, row: Answer) -> dict[str, Any]:
        """Return when DynamoDB may remove the row."""
        return {"expires_at": row.expires_at}
