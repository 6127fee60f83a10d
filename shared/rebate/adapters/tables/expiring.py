"""Tables on whose rows no money hangs, so that DynamoDB may remove them after a while."""

from typing import Any

from pynamodb.attributes import NumberAttribute

from rebate.adapters.tables.base import SortedTable, Table
from rebate.domain.exports import ExportJob
from rebate.domain.invitations import Tries
from rebate.domain.letters import DeadLetter
from rebate.domain.times import SECOND
from rebate.domain.webhooks import WebhookDelivery
from rebate.usecases.storage.rows import Answer, Notice

NOTICES_KEPT = 400 * 86_400
"""Seconds for which a notice is kept: a year, and the time to look back on it."""


class AnswersTable(Table[Answer]):
    """Answers to commands that somebody waits for."""

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


class NoticesTable(SortedTable[Notice]):
    """What members were told (Rule 1.7)."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "notices"
    kind = Notice
    expires = "expires_at"

    expires_at = NumberAttribute()

    @classmethod
    def further(cls, row: Notice) -> dict[str, Any]:
        """Return when DynamoDB may remove the row."""
        return {"expires_at": row.at // SECOND + NOTICES_KEPT}


class TriesTable(SortedTable[Tries]):
    """How often somebody tried invite codes that there are not (Rule 2.5.1)."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "tries"
    kind = Tries
    expires = "expires_at"

    expires_at = NumberAttribute()

    @classmethod
    def further(cls, row: Tries) -> dict[str, Any]:
        """Return when DynamoDB may remove the row."""
        return {"expires_at": row.expires_at}


class WebhookDeliveriesTable(SortedTable[WebhookDelivery]):
    """What endpoints of webhooks were told, kept for a month."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "webhook_deliveries"
    kind = WebhookDelivery
    expires = "expires_at"

    expires_at = NumberAttribute()

    @classmethod
    def further(cls, row: WebhookDelivery) -> dict[str, Any]:
        """Return when DynamoDB may remove the row."""
        return {"expires_at": row.expires_at}


class DeadLettersTable(SortedTable[DeadLetter]):
    """What was set aside, and what of it was replayed."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "dead_letters"
    kind = DeadLetter
    expires = "expires_at"

    expires_at = NumberAttribute()

    @classmethod
    def further(cls, row: DeadLetter) -> dict[str, Any]:
        """Return when DynamoDB may remove the row."""
        return {"expires_at": row.expires_at}


class ExportJobsTable(SortedTable[ExportJob]):
    """Exports that were asked for, and how far they are."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "exports"
    kind = ExportJob
    expires = "removed_at"

    removed_at = NumberAttribute()

    @classmethod
    def further(cls, row: ExportJob) -> dict[str, Any]:
        """Return when DynamoDB may remove the row."""
        return {"removed_at": row.removed_at}
