"""Settling many queues at once: what a batch of rings names is read together and stored together.

A request costs far more than what is in it, and most queues of most shops have one command at a
time. Each queue is decided by itself, as `settle_queue` does, in the order of their plans; one
transaction stores what was decided under the versions of all their queues. What does not go with
others, or is more than one commit, is settled alone, in its turn.

What waits for a queue is here what its rings name. Whatever else waits was rung for, too, or is
left to the sweep (Rule 0.11: as far as it is known when the queue is settled).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from zoneinfo import ZoneInfo

from rebate.domain.commands import Keyed
from rebate.domain.days import DayFigures
from rebate.domain.engine import tickets_of
from rebate.domain.errors import Conflict, Impossible, RebateError, Unavailable
from rebate.domain.invitations import TeamFigures
from rebate.domain.names import GUEST, QueueId, TicketKey
from rebate.domain.orders import Order
from rebate.domain.place_index import FANOUT, Node, NodeKey, nodes_above
from rebate.domain.plans import referral
from rebate.domain.plans.registry import PLANS
from rebate.domain.queues import Queue, Subtree
from rebate.domain.records import dataclass, replace
from rebate.domain.tickets import Ticket
from rebate.domain.times import day_of
from rebate.domain.wire import Unknown
from rebate.usecases.settings.save_settings import CURRENT_SETTINGS, InForce, SettingsAsRead
from rebate.usecases.settlement.day_sums import counted_in
from rebate.usecases.settlement.pending_commands import commands_of
from rebate.usecases.settlement.settle_queue import Settler
from rebate.usecases.settlement.settlement import Settled
from rebate.usecases.storage.ports import Place, inline
from rebate.usecases.storage.rows.commissions import Commission, Tally
from rebate.usecases.storage.rows.inbox import Inbox
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key, day_key, node_key, tally_of, ticket_key
from rebate.usecases.storage.shared_transaction import (
    Entangled,
    OneCommit,
    SharedTransaction,
    place_of,
)

COMMANDS_MAX = 10
"""Rows of an inbox that are rung for at once, above which a queue is worth a commit of its own."""

HEADS = 4
"""Tickets at the head of each line that are read along: most contributions end there."""

ENTANGLED_MAX = 5
"""Queues that had to be settled alone after which the rest of a batch is: reading ahead for it
would be in vain."""

Outcome = Settled | RebateError


@dataclass(slots=True)
class QueueBatch:
    """Settles the queues of a batch of rings, as `settler` would one after another."""

    settler: Settler

    def settle(self, rings: Mapping[QueueId, Sequence[Key]]) -> dict[QueueId, Outcome]:
        """Settle queues by the inbox rows that were rung for; return what came of each.

        They are taken in the order in which a day's cap gives them room (Rule 8.4). An error is of
        that queue alone: `Conflict` and `Unavailable` want it to be rung for again.
        """
        outcomes: dict[QueueId, Outcome] = {}
        batch = _Batch(self.settler, rings, outcomes)
        queues = sorted(rings, key=PLANS.rank)
        while queues:
            shared = len(queues) > 1 and batch.entangled < ENTANGLED_MAX
            queues = batch.settle_on(queues) if shared else batch.settle_alone(queues)
        batch.send()
        return outcomes


class _Batch:
    def __init__(
        self,
        settler: Settler,
        rings: Mapping[QueueId, Sequence[Key]],
        outcomes: dict[QueueId, Outcome],
    ) -> None:
        self.entangled = 0
        self._settler = settler
        self._rings = rings
        self._outcomes = outcomes
        self._shared = SharedTransaction(settler.store)
        self._held: list[Settled] = []

    def settle_on(self, queues: Sequence[QueueId]) -> list[QueueId]:
        """Settle queues together up to one that has to go alone; return those behind it."""
        self._shared = SharedTransaction(self._settler.store)
        try:
            in_force, inbox = self._read(queues)
        except Unavailable as unavailable:
            self._outcomes.update(dict.fromkeys(queues, unavailable))
            return []
        except RebateError:
            # What is wrong with one of them keeps no other waiting.
            return self.settle_alone(queues)
        together = replace(
            self._settler, settings=SettingsAsRead(in_force), aside=inline, pause=_at_once
        )
        for place, queue in enumerate(queues):
            try:
                self._settle(together, queue, inbox[queue])
            except Entangled:
                self.entangled += 1
                self.settle_alone([queue])
                return list(queues[place + 1 :])
        return []

    def _read(self, queues: Iterable[QueueId]) -> tuple[InForce, dict[QueueId, list[Inbox]]]:
        """Read the settings in force, what waits, and what settling is sure to ask for."""
        rings = {queue: self._rings[queue] for queue in queues}
        _read_lines(self._shared, rings)
        in_force = self._settler.settings.in_force(OneCommit(self._shared, Inbox, ()))
        return in_force, _read_ahead(self._shared, rings, in_force.terms.zone)

    def settle_alone(self, queues: Iterable[QueueId]) -> list[QueueId]:
        """Settle queues one by one, after what is held is stored; return that none are left."""
        self.send()
        for queue in queues:
            try:
                self._outcomes[queue] = self._settler.settle(queue)
            except RebateError as error:
                self._outcomes[queue] = error
        return []

    def send(self) -> None:
        """Store what is held; where that fails, settle each of its queues alone."""
        held, self._held = self._held, []
        try:
            self._shared.send()
        except (Conflict, Impossible):
            self.settle_alone(settled.queue for settled in held)
        except Unavailable as unavailable:
            self._outcomes.update({settled.queue: unavailable for settled in held})
        else:
            self._outcomes.update({settled.queue: settled for settled in held})

    def _settle(self, settler: Settler, queue: QueueId, rows: Sequence[Inbox]) -> None:
        """Decide a queue's commands, and hold back what comes of them.

        Raises:
            Entangled: it has to be settled alone.
        """
        if len(rows) > COMMANDS_MAX or _has_more_to_do(self._shared, queue):
            raise Entangled
        store = OneCommit(self._shared, Inbox, rows)
        payment = replace(settler.commissions, store=store, settings=settler.settings)
        alone = replace(settler, store=store, commissions=payment)
        try:
            settled = alone.settle(queue)
        except RebateError as error:
            raise Entangled from error
        written = [(place_of(write), write) for write in store.written]
        if not self._shared.takes(written):
            self.send()
        self._shared.hold(written)
        self._held.append(settled)


def _at_once(_conflicts: int) -> None:
    """Wait for nobody: what was read does not change."""


def _has_more_to_do(shared: SharedTransaction, queue: QueueId) -> bool:
    """Tell whether a queue may have to do what nobody rang for: begun, or due (Rule 1.6.5.1)."""
    order = referral.order_of(queue)
    if order is not None:
        known = shared.known.get((Order, Key(order)))
        return known is not None and queue in known.settle_after_days
    line = shared.known.get((Queue, Key(queue)))
    return line is not None and (line.progress is not None or line.due_until is not None)


def _read_lines(shared: SharedTransaction, queues: Iterable[QueueId]) -> None:
    """Read the queues, and which settings are in force.

    A queue is read before its inbox, so that what others have carried out meanwhile is either gone
    from the inbox or shows in the version that the commit insists on.
    """
    lines: list[Place] = [(Queue, Key(q)) for q in queues if referral.order_of(q) is None]
    shared.read([CURRENT_SETTINGS, *lines])


def _read_ahead(
    shared: SharedTransaction, rings: Mapping[QueueId, Sequence[Key]], zone: ZoneInfo
) -> dict[QueueId, list[Inbox]]:
    """Read what settling is sure to ask for, for all queues at once; return what waits for each."""
    rows = shared.read((Inbox, key) for keys in rings.values() for key in keys)
    inbox = {
        queue: sorted(
            (rows[Inbox, key] for key in keys if (Inbox, key) in rows), key=lambda row: row.sort
        )
        for queue, keys in rings.items()
    }
    wanted = (_around(shared, queue, found, zone) for queue, found in inbox.items())
    shared.read(chain.from_iterable(wanted))
    on_the_way: Iterable[QueueId] = rings
    while on_the_way:
        unknown = {queue: shared.unknown(_next(shared, queue)) for queue in on_the_way}
        shared.read(chain.from_iterable(unknown.values()))
        on_the_way = [queue for queue, places in unknown.items() if places]
    return inbox


def _around(
    shared: SharedTransaction, queue: QueueId, rows: Sequence[Inbox], zone: ZoneInfo
) -> Iterator[Place]:
    """Yield the rows that commands are about, and where they will change the index of places."""
    for row in rows:
        if row.gate:
            yield Order, Key(row.gate[0])
    waiting = [each for row in rows if not _is_unknown(row) for each in commands_of(row)]
    days = {day_of(each.command.at, zone).isoformat() for each in waiting}
    order = referral.order_of(queue)
    if order is not None:
        tally = tally_of(order)
        yield from ((Order, Key(order)), (Commission, Key(order)), (Tally, tally))
        for day in days:
            yield DayFigures, day_key(day, counted_in(tally.partition))
        return
    line = shared.known.get((Queue, Key(queue)))
    known = line.day.day if line is not None and line.day is not None else None
    for day in days - {known}:
        yield DayFigures, day_key(day, queue)
    keys = tickets_of(Keyed(each.sort, each.command) for each in waiting)
    keys |= {each.ticket.key for each in waiting if each.ticket}
    for key in keys:
        yield Ticket, ticket_key(queue, *key)
    if line is not None and rows:
        for node in nodes_above(line, line.tickets):
            yield Node, node_key(node)
        yield from _head(shared, queue)


def _next(shared: SharedTransaction, queue: QueueId) -> Iterator[Place]:
    """Yield what is asked for of a queue, by what is known of it now."""
    order = referral.order_of(queue)
    if order is None:
        yield from _head(shared, queue)
        return
    known = shared.known.get((Order, Key(order)))
    if known is None or known.given is None:
        return
    for reward in known.given.commissions.rewards:
        for member in {known.member or GUEST, GUEST}:
            yield TeamFigures, key_of(TeamFigures(reward.member, member))


def _head(shared: SharedTransaction, queue: QueueId) -> Iterator[Place]:
    """Yield the first rows on the way to the head of a line that are not known, if any are."""
    line = shared.known.get((Queue, Key(queue)))
    if line is None:
        return
    children, index = line.below, 0
    for level in range(line.height, 0, -1):
        at = _first_payable(children)
        if at is None:
            return
        index = index * FANOUT + at
        place: Place = (Node, node_key(NodeKey(queue, line.cleared_below, level - 1, index)))
        if place not in shared.known:
            yield place
            return
        node = shared.known[place]
        children = node.below if node else ()
    payable = [child for child in children if child.standing.payable(completed_only=False)]
    for child in payable[:HEADS]:
        if child.member is not None and child.order is not None:
            key = TicketKey(child.member, child.order, child.merged_from)
            yield Ticket, ticket_key(queue, *key)


def _first_payable(children: Sequence[Subtree]) -> int | None:
    found = (
        at for at, child in enumerate(children) if child.standing.payable(completed_only=False)
    )
    return next(found, None)


def _is_unknown(row: Inbox) -> bool:
    return isinstance(row.command, Unknown)
