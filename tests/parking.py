"""Commands that cannot be carried out, until they are parked."""

from collections.abc import Sequence

import pytest

from functions.scheduled_sweep.handler import handler as sweep
from rebate.bootstrap import app
from rebate.domain.errors import Impossible
from rebate.domain.tickets import Ticket
from rebate.usecases.parking.park_command import TRIES_MAX
from rebate.usecases.storage.ports import Put, Write
from tests.functions.cloud import context


def sweep_in_vain(order: str) -> None:
    """Sweep as often as a command is tried, while the store refuses all tickets of an order."""
    commit = app().store.commit

    def refuse(writes: Sequence[Write]) -> None:
        rows = [write.row for write in writes if isinstance(write, Put)]
        if any(isinstance(row, Ticket) and row.order == order for row in rows):
            raise Impossible("Item size has exceeded")
        commit(writes)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app().store, "commit", refuse)
        for _ in range(TRIES_MAX):
            sweep({}, context("scheduled_sweep"))
