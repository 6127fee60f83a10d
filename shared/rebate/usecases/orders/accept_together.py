"""Accepting orders that were paid, or completed, in one transaction: the outcome is the same."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rebate.contracts.events_in import OrderCompleted, OrderPaid
from rebate.domain.errors import Impossible, RebateError, Unavailable
from rebate.domain.orders import Order
from rebate.domain.records import dataclass, field, replace
from rebate.domain.senders import UNNAMED
from rebate.usecases.orders.accept_order import Accepted, OrderAcceptance
from rebate.usecases.settings.save_settings import CURRENT_SETTINGS, SettingsAsRead
from rebate.usecases.storage.buffered_store import BatchConflict, BufferedStore
from rebate.usecases.storage.ports import Place
from rebate.usecases.storage.rows.catalog import Member, Product
from rebate.usecases.storage.rows.keys import Key
from rebate.usecases.storage.rows.orders import KnownSender

BATCH_MAX = 30
"""Orders that a function is given at a time. Most write two or three rows, so that they fit into a
transaction of a hundred; what does not is written in several."""

LINES_MAX = 20
"""Lines of an order that may share a transaction, which has an end at 4 MB; others go alone."""


class ToldOrder(NamedTuple):
    """What was told of an order, who told it, and whether that is a replay."""

    event: OrderPaid | OrderCompleted
    sender: str = UNNAMED
    is_replay: bool = False


@dataclass(slots=True)
class OrderBatch:
    """Accepts orders as `desk` does; those of one batch together, when the first is asked for.

    If that fails, for whatever reason, each is accepted alone: none suffers from another.
    """

    desk: OrderAcceptance
    _expected: list[ToldOrder] = field(default_factory=list)
    _outcomes: dict[int, Accepted | RebateError] = field(default_factory=dict)

    def expect(self, orders: Iterable[ToldOrder]) -> None:
        """Tell which orders are to come."""
        self._expected = [each for each in orders if not _is_long(each.event)]

    def accept(
        self, event: OrderPaid | OrderCompleted, sender: str = UNNAMED, *, is_replay: bool = False
    ) -> Accepted:
        """Accept what was told of an order.

        Raises:
            Mismatch, Rejected, Unavailable: as `OrderAcceptance.accept`.
        """
        if self._expected:
            expected, self._expected = self._expected, []
            outcomes = accept_all(self.desk, expected)
            found = zip(expected, outcomes, strict=True)
            self._outcomes = {id(told.event): outcome for told, outcome in found}
        outcome = self._outcomes.pop(id(event), None)
        outcome = outcome or self.desk.accept(event, sender, is_replay=is_replay)
        if isinstance(outcome, RebateError):
            raise outcome
        return outcome


def accept_all(desk: OrderAcceptance, events: Sequence[ToldOrder]) -> list[Accepted | RebateError]:
    """Return for each event what `desk.accept` would return or raise, one after another."""
    gathered = BufferedStore(desk.store)
    try:
        gathered.get_all(_asked_for(events))
        in_force = desk.settings.in_force(gathered)
        quick = replace(desk, store=gathered, settings=SettingsAsRead(in_force))
        outcomes = [_outcome(quick, event) for event in events]
        gathered.send()
    except BatchConflict as scattered:
        if isinstance(scattered.__cause__, Unavailable):
            return [scattered.__cause__ for _ in events]
        return [_outcome(desk, event) for event in events]
    except Impossible:
        return [_outcome(desk, event) for event in events]
    except Unavailable as unavailable:
        return [unavailable for _ in events]
    return outcomes


def _is_long(event: OrderPaid | OrderCompleted) -> bool:
    return isinstance(event, OrderPaid) and len(event.lines) > LINES_MAX


def _outcome(desk: OrderAcceptance, told: ToldOrder) -> Accepted | RebateError:
    try:
        return desk.accept(told.event, told.sender, is_replay=told.is_replay)
    except RebateError as error:
        return error


def _asked_for(events: Iterable[ToldOrder]) -> Iterator[Place]:
    """Yield what acceptance will ask for one by one, so that it is read at once."""
    yield CURRENT_SETTINGS
    for event, sender, _ in events:
        yield Order, Key(event.order_id)
        if isinstance(event, OrderCompleted):
            continue
        yield KnownSender, Key(sender)
        if event.member:
            yield Member, Key(event.member.id)
        for line in event.lines:
            if line.product_id:
                yield Product, Key(line.product_id)
