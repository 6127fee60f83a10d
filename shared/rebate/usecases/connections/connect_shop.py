"""Shops of other platforms: what is heard of their orders, and told of them on the bus.

What a delivery tells and what is to be told of it are stored together, under the version of that
order's row, before anything is put on the bus; so a crash anywhere tells the same again, and never
something else. A repetition changes nothing.
"""

import json
import zlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any, Protocol

from rebate.connectors.conversion import tell, why_too_large
from rebate.connectors.delivery import ConnectorRules, PlatformDelivery, UnreadableDelivery
from rebate.connectors.facts import HeardFacts, OutEvent, facts_document, read_facts
from rebate.connectors.heard import Heard, PrivacyRequest
from rebate.connectors.platforms import Platform
from rebate.domain.errors import Code, Conflict, Rejected, Unavailable
from rebate.domain.records import dataclass, replace
from rebate.domain.times import DAY, SECOND, Instant
from rebate.usecases.settings.save_settings import InForce
from rebate.usecases.storage.ports import Clock, Put, Store
from rebate.usecases.storage.rows.connections import ConnectedOrder, ConnectorState
from rebate.usecases.storage.rows.keys import Key

TRIES_MAX = 8
HEARD_EVERY = 600 * SECOND
"""How exactly it is known when a shop was heard of last."""
SILENT_AFTER = DAY
FACTS_BYTES_MAX = 350_000
"""What of an order's facts a row holds, which are compressed in it (400 KB with all that is beside
them)."""
FIRST_LOOK = 3600 * SECOND
"""How far back a connector looks that never looked before."""
OVERLAP = 300 * SECOND
"""How far a look reaches back behind the one before: clocks and commits of shops differ."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A connector in force: its key, what its orders' events come from, and how it converts.

    `member_prefix` stands before the ids of its shop's customers where they are kept (Rule 0.13).
    """

    key: str
    source: str
    platform: Platform
    rules: ConnectorRules
    member_prefix: str = ""


def connection_of(in_force: InForce, key: str, platform: Platform) -> Connection | None:
    """Return how a connector converts by the settings in force, None where they do not name it."""
    settings = in_force.settings
    connector = settings.connectors.get(key)
    if connector is None:
        return None
    rules = ConnectorRules(
        currency=settings.currency,
        guests=connector.guests,
        completed=connector.completed,
        waits=True,
        fetches=platform.hear_refunds is not None,
    )
    sender = in_force.terms.senders.of_source(connector.sender)
    prefix = "" if sender.members_shared else sender.prefix
    return Connection(key, connector.sender, platform, rules, prefix)


@dataclass(frozen=True, slots=True)
class HeardOrders:
    """What came of a delivery: the order that it is about, and why parts of it are left out."""

    order: str | None
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Looked:
    """How many orders a look has heard of, and whether that was all of them."""

    orders: int
    ended: bool


class Bus(Protocol):
    """Takes events as senders put them."""

    def send(self, source: str, event: OutEvent) -> None:
        """Put an event on the bus; raises Unavailable."""


class Work(Protocol):
    """Remembers orders of which something is to be told or fetched."""

    def add(self, connector: str, order: str) -> None:
        """Remember an order until `carry_on` did what is to be done; raises Unavailable."""


@dataclass(frozen=True, slots=True)
class ChangedPage:
    """Some of the orders that changed at a shop, as if they were sent.

    A look that ends with them `goes_on` there, in the words of the shop's API.
    """

    orders: Sequence[PlatformDelivery]
    goes_on: str


class ShopReader(Protocol):
    """Reads what a shop's own API says."""

    def refunds(self, order: str) -> Sequence[Any]:
        """Return the refunds of an order, as JSON; raises Unavailable."""

    def changed_since(self, instant: Instant, goes_on: str | None) -> Iterable[ChangedPage]:
        """Yield the orders that changed since then, from where another look ended on.

        Raises Unavailable.
        """


class DeadLettered(Protocol):
    """Keeps what can never be told, with its reason."""

    def __call__(self, body: dict[str, Any], reason: str, code: str) -> None:
        """Keep it; raises Unavailable."""


class ShopConnections:
    """Hears shops, tells the bus, and looks what was missed."""

    def __init__(
        self, store: Store, clock: Clock, work: Work, *, pause: Callable[[int], None]
    ) -> None:
        """`pause` waits between the n-th try to write an order's row and the next."""
        self._store = store
        self._clock = clock
        self._work = work
        self._pause = pause

    def take(
        self, connection: Connection, delivery: PlatformDelivery, set_aside: DeadLettered
    ) -> HeardOrders:
        """Keep what a shop has sent; what it asks in the name of a customer is for an operator.

        Raises:
            Unavailable: it is not kept; the shop has to send it again.
            UnreadableDelivery: it is not what the platform documents.
            Rejected: `over_limit`: no row holds so much of one order.
        """
        self._note_heard(connection.key)
        heard = connection.platform.hear(delivery, connection.rules)
        if heard.asks is not None:
            _put_before_operators(heard.asks, connection, set_aside)
        return HeardOrders(heard.order_id, self.hear(connection, heard))

    def hear(self, connection: Connection, heard: Heard) -> tuple[str, ...]:
        """Keep what a delivery tells of an order; return why of some of it nothing is told.

        Raises:
            Unavailable: it is not kept; the shop has to send it again.
            Rejected: `over_limit`: no row holds so much of one order.
        """
        if heard.order_id is None:
            return (heard.unconverted,) if heard.unconverted else ()
        row, reasons = self._kept(connection, heard.order_id, heard)
        if row is not None and (row.pending or read_facts(row.facts).awaited()):
            self._work.add(connection.key, heard.order_id)
        return (*reasons, *([heard.unconverted] if heard.unconverted else []))

    def carry_on(
        self,
        connection: Connection,
        order: str,
        *,
        bus: Bus,
        reader: Callable[[], ShopReader],
        set_aside: DeadLettered,
    ) -> int:
        """Tell what is pending of an order, fetch what is missing; return how many events it told.

        What is known is told first, whether or not the shop answers.

        Raises:
            Unavailable, Conflict: it has to be done again.
            UnreadableDelivery: what was fetched is not what the platform documents.
            Rejected: `over_limit`: no row holds so much of one order.
        """
        row = self._row(connection, order)
        if row is None:
            return 0
        told = self._told(row, connection, bus, set_aside)
        facts = read_facts(row.facts)
        hear_refunds = connection.platform.hear_refunds
        if hear_refunds and facts.bought and facts.awaited():
            heard = hear_refunds(order, facts.bought.currency, reader().refunds(order))
            row, _ = self._kept(connection, order, heard)
            told += self._told(row, connection, bus, set_aside) if row else 0
        return told

    def _told(
        self, row: ConnectedOrder, connection: Connection, bus: Bus, set_aside: DeadLettered
    ) -> int:
        """Tell what is pending of an order, and note that it is told; return how many events."""
        if not row.pending:
            return 0
        events = read_facts(row.facts).told
        for name in row.pending:
            _put(events[name], connection.source, bus, set_aside)
        self._store.commit(
            [Put(replace(row, pending=(), version=row.version + 1), expects=row.version)]
        )
        return len(row.pending)

    def look(
        self,
        connection: Connection,
        reader: ShopReader,
        set_aside: DeadLettered,
        goes_on: Callable[[], bool],
    ) -> Looked:
        """Hear what changed at a shop since the last look, page by page, as long as it `goes_on`.

        An order that cannot be read, or kept, is set aside, and holds up none behind it.

        Raises:
            Unavailable: the shop did not answer; the next look goes on behind what was heard.
        """
        key = connection.key
        state = self._state(key)
        begun = state.looking_since or self._clock.now()
        if state.looking_since is None:
            looked_at = state.looked_at or Instant(begun - FIRST_LOOK)
            state = self._note(key, looked_at=looked_at, looking_since=begun)
        since = Instant((state.looked_at or begun) - OVERLAP)
        number = 0
        for page in reader.changed_since(since, state.goes_on):
            for delivery in page.orders:
                self._hear_of(delivery, connection, set_aside)
            number += len(page.orders)
            self._note(key, goes_on=page.goes_on)
            if not goes_on():
                return Looked(number, ended=False)
        self._note(key, looked_at=begun, looking_since=None, goes_on=None)
        return Looked(number, ended=True)

    def _hear_of(
        self, delivery: PlatformDelivery, connection: Connection, set_aside: DeadLettered
    ) -> None:
        try:
            self.hear(connection, connection.platform.hear(delivery, connection.rules))
        except (UnreadableDelivery, Rejected) as refused:
            body = {"connector": connection.key, "id": delivery.named}
            set_aside(body, f"connector {connection.key}: {refused}", refused.code)

    def is_silent(self, key: str) -> bool:
        """Tell whether a shop was not heard of for a day; a new connector has a day to begin."""
        state, now = self._state(key), self._clock.now()
        if state.heard_at is None:
            self._note_heard(key)
            return False
        return now - state.heard_at > SILENT_AFTER

    def _note_heard(self, key: str) -> None:
        """Note that a shop was heard of just now; whoever does at the same time does it as well."""
        state, now = self._state(key), self._clock.now()
        if state.heard_at is None or now - state.heard_at > HEARD_EVERY:
            with suppress(Conflict):
                self._write(state, heard_at=now)

    def _kept(
        self, connection: Connection, order: str, heard: Heard
    ) -> tuple[ConnectedOrder | None, tuple[str, ...]]:
        """Store what was heard of an order beside what was known; return its row, and reasons."""
        for attempt in range(TRIES_MAX):
            row = self._row(connection, order)
            known = read_facts(row.facts) if row else HeardFacts(order)
            facts = known.hear(heard)
            telling = tell(facts, connection.rules)
            news = (*telling.events, *telling.too_large)
            facts = facts.tell(news)
            if facts == known:
                return row, telling.reasons
            pending = (*(row.pending if row else ()), *(event.key for event in news))
            version = row.version if row else 0
            document = facts_document(facts)
            _insist_on_size(order, document)
            new = ConnectedOrder(connection.key, order, document, pending, version + 1)
            try:
                self._store.commit([Put(new, expects=version)])
            except Conflict:
                self._pause(attempt)
            else:
                return new, telling.reasons
        raise Unavailable(f"order {order} of {connection.key} is being written by others")

    def _row(self, connection: Connection, order: str) -> ConnectedOrder | None:
        return self._store.get(ConnectedOrder, Key(connection.key, order))

    def _state(self, key: str) -> ConnectorState:
        found = self._store.get(ConnectorState, Key(key))
        return found or ConnectorState(key, version=0)

    def _note(self, key: str, **what: Any) -> ConnectorState:  # noqa: ANN401 - by field
        """Note how far a look has come, beside what others note; return the state of the shop.

        Raises:
            Unavailable: others wrote it all the time.
        """
        for attempt in range(TRIES_MAX):
            try:
                return self._write(self._state(key), **what)
            except Conflict:
                self._pause(attempt)
        raise Unavailable(f"the state of {key} is being written by others")

    def _write(self, before: ConnectorState, **what: Any) -> ConnectorState:  # noqa: ANN401
        """Write fields of a shop's state; return it so. Raises Conflict: others did meanwhile."""
        after = replace(before, **what, version=before.version + 1)
        self._store.commit([Put(after, expects=before.version)])
        return after


def _insist_on_size(order: str, facts: dict[str, Any]) -> None:
    text = json.dumps(facts, ensure_ascii=False).encode()
    if len(text) > FACTS_BYTES_MAX and len(zlib.compress(text)) > FACTS_BYTES_MAX:
        raise Rejected(Code.OVER_LIMIT, f"more is told of order {order} than can be kept of one")


def _put_before_operators(
    asks: PrivacyRequest, connection: Connection, set_aside: DeadLettered
) -> None:
    member = None if asks.member is None else f"{connection.member_prefix}{asks.member}"
    body = {"connector": connection.key} if member is None else {"member_id": member}
    set_aside(body, f"connector {connection.key}: {asks.reason}", asks.code)


def _put(event: OutEvent, source: str, bus: Bus, set_aside: DeadLettered) -> None:
    reason = why_too_large(event)
    if reason is None:
        bus.send(source, event)
        return
    short = {name: value for name, value in event.detail.items() if name != "lines"}
    set_aside({"detail-type": event.detail_type, "detail": short}, reason, "over_limit")
