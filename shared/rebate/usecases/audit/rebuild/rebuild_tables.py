"""`rebate audit --full`: the tables, rebuilt from what was accepted, against those that are there.

What was accepted are orders, refunds, settings and the commands that the journal names. From them
every commit of every queue is decided again, under the settings and on the balances that it says it
rested on. Then queues, tickets, index nodes, days and pending money have to be what that comes to,
and so do the lists in which orders are found. It keeps the tickets of all queues in memory.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

from rebate.domain.commands import OfTicket
from rebate.domain.days import DayFigures
from rebate.domain.holds import Hold
from rebate.domain.ledger import BalanceType, parts_of
from rebate.domain.names import MemberId, OrderId, QueueId, TicketKey
from rebate.domain.orders import LINES_PER_ROW, Order
from rebate.domain.place_index import Node
from rebate.domain.plans.registry import PLANS
from rebate.domain.queues import Queue
from rebate.domain.records import dataclass, field, replace
from rebate.domain.terms import Terms
from rebate.domain.tickets import Ticket
from rebate.usecases.audit.finding import AuditDifference, Reading
from rebate.usecases.audit.rebuild.differing import differing
from rebate.usecases.audit.rebuild.first_tickets import check_ratios
from rebate.usecases.audit.rebuild.queue_replay import (
    AcceptedFacts,
    CannotRebuild,
    NotThereYet,
    QueueReplay,
)
from rebate.usecases.office.places import by_itself, placed
from rebate.usecases.orders.store_order import load_order
from rebate.usecases.parking.park_command import LASTING
from rebate.usecases.settings.save_settings import terms_of_version
from rebate.usecases.storage.office import OrderPlace
from rebate.usecases.storage.ports import Put, Store
from rebate.usecases.storage.rows.inbox import Inbox, Parked
from rebate.usecases.storage.rows.journal import Journal
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key
from rebate.usecases.storage.rows.orders import OrderRefund
from rebate.usecases.storage.rows.settings import SettingsVersion

_PASSING = frozenset(
    {"version", "lease", "progress", "walk", "head", "paused_for", "failing", "parked", "day"}
)
"""What of a queue's row is of settlers on their way, or of its last day, which is told of days."""

_KNOWN_THEN = frozenset({"first"})
"""What of an order's place rests on what was known as it was accepted, and is not kept."""

RELEASES = ("release#", "collect#")
"""With what the sources begin that let members have pending money."""


@dataclass(slots=True)
class Rebuilt:
    """What rebuilding the tables came to: commits decided again, and rows that were compared.

    `left_out` are the queues that could not be rebuilt to their end, and why.
    """

    commits: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    left_out: dict[QueueId, str] = field(default_factory=dict)


def rebuild_tables(
    store: Store, rebuilt: Rebuilt, tell: Callable[[int], None]
) -> Iterator[AuditDifference]:
    """Rebuild the tables; yield the rows that are not what they come to.

    `tell` is told how many commits were decided again. What came of it beside
    differences is noted in `rebuilt`.

    Raises:
        UnreadableRow: a row is not what rows of its kind are.
    """
    yield from _Rebuilding(Reading(store), rebuilt, tell).run()


class _Rebuilding:
    """One way through all that was accepted, and then through the tables."""

    def __init__(self, reading: Reading, rebuilt: Rebuilt, tell: Callable[[int], None]) -> None:
        self._reading = reading
        self._rebuilt = rebuilt
        self._tell = tell
        self._queues = {row.id: row for row in reading.scan(Queue)}
        self._journal: dict[QueueId, list[Journal]] = defaultdict(list)
        self._released: Counter[tuple[MemberId, OrderId]] = Counter()
        self._read_journal()
        self._accepted = self._read_accepted()
        self._replays = {
            name: QueueReplay(name, self._journal[name], self._accepted)
            for name in sorted({*self._queues, *self._journal}, key=PLANS.rank)
            if self._is_line(name)
        }

    @staticmethod
    def _is_line(name: QueueId) -> bool:
        known = PLANS.queue(name)
        return known is not None and known.kind.has_line

    def run(self) -> Iterator[AuditDifference]:
        yield from self._prices()
        yield from self._commits()
        moved = {row.id: row.version for row in self._reading.store.scan(Queue)}
        for name, queue in self._queues.items():
            if moved.get(name) != queue.version:
                self._leave_out(name, "was settled while it was read: audit again")
        yield from self._lines()
        yield from self._nodes()
        yield from self._tickets()
        yield from self._days()
        yield from self._holds()
        yield from self._places()

    def _read_journal(self) -> None:
        """Read the commits of queues, and who was let have pending money."""
        for row in self._reading.scan(Journal):
            name = QueueId(row.source)
            queue = self._queues.get(name)
            if queue is None and row.source.startswith(RELEASES):
                self._note_release(row)
            elif self._is_line(name) and (queue is None or row.number <= queue.version):
                self._journal[name].append(row)
        for rows in self._journal.values():
            rows.sort(key=lambda row: row.number)

    def _note_release(self, row: Journal) -> None:
        for entry in row.entries:
            for posting in entry.postings:
                kind, pocket, owner = parts_of(posting.account)
                if (kind, pocket) == ("wallet", BalanceType.PENDING) and entry.order:
                    self._released[MemberId(owner), entry.order] -= posting.amount

    def _read_accepted(self) -> AcceptedFacts:
        store, scan = self._reading.store, self._reading.scan
        terms: dict[int, Terms] = {}
        for row in scan(SettingsVersion):
            meant = terms_of_version(row)
            if meant is not None:
                terms[row.number] = meant
        orders = {
            order.id: load_order(store, order.id) if len(order.lines) >= LINES_PER_ROW else order
            for order in scan(Order)
        }
        return AcceptedFacts(
            terms,
            orders,
            {(row.order, row.name): row for row in scan(OrderRefund)},
            {(ticket.queue, ticket.key): ticket for ticket in scan(Ticket)},
            {row.id: row for row in scan(Parked)},
        )

    def _prices(self) -> Iterator[AuditDifference]:
        """Rule 0.15: an order's ratios are those of the settings under which it was accepted."""
        for order in self._accepted.orders.values():
            terms = self._accepted.terms.get(order.settings)
            if terms is not None and order.digest is not None and order.repurchase_of is None:
                yield from check_ratios(order, terms)

    def _commits(self) -> Iterator[AuditDifference]:
        """Decide all commits again, queue by queue, as far as none waits for another."""
        waiting = dict(self._replays)
        while waiting:
            before = self._rebuilt.commits
            for name, replay in list(waiting.items()):
                try:
                    while not replay.is_over:
                        yield from self._step(replay)
                except NotThereYet:
                    continue
                except CannotRebuild as why:
                    self._leave_out(name, str(why))
                except LASTING as error:
                    number = self._journal[name][replay.at].number
                    message = f"cannot be decided again: {type(error).__name__}: {error}"
                    yield AuditDifference(f"journal.{name}.{number}", message)
                    self._leave_out(name, f"row {number} {message}")
                del waiting[name]
            if waiting and self._rebuilt.commits == before:
                for name in waiting:
                    self._leave_out(name, "rests on what a queue that is left out handed over")
                waiting.clear()

    def _step(self, replay: QueueReplay) -> Iterator[AuditDifference]:
        at = replay.at
        try:
            yield from replay.step()
        finally:
            self._rebuilt.commits += replay.at - at
        self._tell(self._rebuilt.commits)

    def _leave_out(self, name: QueueId, why: str) -> None:
        self._rebuilt.left_out.setdefault(name, why)

    def _is_rebuilt(self, name: QueueId) -> bool:
        return name in self._replays and name not in self._rebuilt.left_out

    def _lines(self) -> Iterator[AuditDifference]:
        for name, replay in self._replays.items():
            if self._is_rebuilt(name):
                self._rebuilt.rows["Queue"] += 1
                found = _settled(self._queues.get(name) or Queue(name))
                yield from differing(f"queues.{name}", found, _settled(replay.queue), _PASSING)

    def _nodes(self) -> Iterator[AuditDifference]:
        for node in self._reading.scan(Node):
            if not self._is_rebuilt(node.key.queue):
                continue
            self._rebuilt.rows["Node"] += 1
            key = node.key
            path = f"queues.{key.queue}.nodes.{key.tree}.{key.level}.{key.index}"
            made = self._replays[key.queue].line.nodes([key]).get(key)
            if made is None:
                yield AuditDifference(path, "is stored, and no commit wrote it")
            else:
                yield from differing(path, node, made)

    def _tickets(self) -> Iterator[AuditDifference]:
        waiting = self._waiting()
        made = {
            (name, key): ticket
            for name, replay in self._replays.items()
            if self._is_rebuilt(name)
            for key, ticket in replay.tickets.items()
        }
        for (name, key), stored in self._accepted.stored.items():
            path = f"queues.{name}.orders.{key.order}"
            ticket = made.pop((name, key), None)
            if not self._is_rebuilt(name):
                continue
            self._rebuilt.rows["Ticket"] += 1
            if ticket is not None:
                yield from differing(path, stored, ticket)
            elif stored.joined and (name, key) not in waiting:
                yield AuditDifference(path, "joined, and no commit let it")
        for name, key in made:
            yield AuditDifference(f"queues.{name}.orders.{key.order}", "joined, and is not stored")

    def _waiting(self) -> set[tuple[QueueId, TicketKey]]:
        """Return the tickets of which commands are not carried out yet."""
        rows = [*self._reading.scan(Inbox), *(each.row for each in self._accepted.parked.values())]
        return {
            (row.queue, command.ticket)
            for row in rows
            for command in (row.command, *(each.command for each in row.others))
            if isinstance(command, OfTicket)
        }

    def _days(self) -> Iterator[AuditDifference]:
        made = {key: day for key, day in self._accepted.days.items() if self._is_rebuilt(key[1])}
        for row in self._reading.scan(DayFigures):
            if not self._is_rebuilt(row.queue):
                continue
            self._rebuilt.rows["DayFigures"] += 1
            day = made.pop((row.day, row.queue), None) or DayFigures(row.day, row.queue)
            last = self._queues[row.queue].day if row.open and row.queue in self._queues else None
            found = last if last is not None and last.day == row.day else row
            yield from differing(f"days.{row.day}.{row.queue}", found, day)
        for name, queue in made:
            yield AuditDifference(f"days.{name}.{queue}", "is not stored")

    def _holds(self) -> Iterator[AuditDifference]:
        """Pending money by order; not where a queue is left out, which may hold some of it."""
        if self._rebuilt.left_out:
            return
        made = self._accepted.holds
        made.subtract(self._released)
        for hold in self._reading.scan(Hold):
            self._rebuilt.rows["Hold"] += 1
            made[hold.member, hold.order] -= hold.amount
        for (member, order), off in sorted(made.items()):
            if off:
                yield AuditDifference(f"holds.{member}", f"of {order} are off by {-off}")

    def _places(self) -> Iterator[AuditDifference]:
        """The lists in which orders are found: those that are paid and no others.

        Orders of before there were such lists need not stand in them: their commits are of before
        what was carried out was kept, too.
        """
        places = {
            key_of(write.row): write.row
            for order in self._accepted.orders.values()
            if order.digest is not None and order.repurchase_of is None
            for write in placed(order)
            if isinstance(write, Put)
        }
        made: dict[Key, OrderPlace] = dict(places)
        rows = self._reading.scan(OrderPlace)
        for place in (by_itself(place) for row in rows for place in row.each()):
            self._rebuilt.rows["OrderPlace"] += 1
            path = f"lists.{place.list}.{place.order}"
            expected = made.pop(key_of(place), None)
            if expected is None:
                yield AuditDifference(path, "is stored, and no order says so")
            else:
                yield from differing(path, place, expected, _KNOWN_THEN)
        known = {
            key.order
            for name, replay in self._replays.items()
            if self._is_rebuilt(name)
            for key in replay.tickets
        }
        for place in made.values():
            if place.order in known:
                yield AuditDifference(f"lists.{place.list}.{place.order}", "is not stored")


def _settled(queue: Queue) -> Queue:
    """Return a queue's row without accounts that are empty again."""
    return replace(queue, tills={name: sum_ for name, sum_ in queue.tills.items() if sum_})
