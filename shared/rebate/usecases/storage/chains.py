"""Chains of journal rows: each carries the fingerprint of the row before it in its source.

A queue keeps that of its last row in its own, which every commit writes anyway, and so do an
order's commissions and a dividend's run. What has few rows reads the row before.
"""

from rebate.domain.fingerprints import fingerprint
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.journal import Journal
from rebate.usecases.storage.rows.keys import journal_key


def previous_of(store: Store, source: str, number: int) -> str:
    """Return the fingerprint of the row before `number` of a source, empty where there is none."""
    row = store.get(Journal, journal_key(source, number - 1)) if number > 1 else None
    return fingerprint(row) if row else ""
