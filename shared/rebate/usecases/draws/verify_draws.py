"""Recomputing every draw of a day from its seed (Rules 1.3.3, 1.3.4, 1.6.2).

Tickets keep what their draws rested on: a lottery its odds and the day of its seed, random return
its luck and the places that were left in its group. So each draw is checked by itself, and groups
besides by whether each began where the one before it left off.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from rebate.domain.draws import Group, commitment, drawn_ratio, luck_of, takes_points
from rebate.domain.money import Bps
from rebate.domain.names import EntryId, LineId, QueueId
from rebate.domain.tickets import Entry, Status, Ticket, TicketLine
from rebate.domain.times import day_of
from rebate.usecases.draws.seeds import mixed
from rebate.usecases.orders.store_order import load_order
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.settings import Seed

DIFFERENCES_MAX = 20


@dataclass(frozen=True, slots=True)
class WrongDraw:
    """A draw that is not what the seed says."""

    queue: QueueId
    entry: EntryId
    message: str

    def __str__(self) -> str:
        """Render it on one line."""
        return f"{self.queue}, entry {self.entry}: {self.message}"


@dataclass(slots=True)
class Verified:
    """What was recomputed: how many draws of each kind, and the first that differ."""

    day: str
    commitment: str
    seed: str
    late: bool
    keeps_commitment: bool
    lottery: int = 0
    random_return: int = 0
    differences: list[WrongDraw] = field(default_factory=list)
    more: bool = False
    mixed_with: str = ""

    @property
    def holds(self) -> bool:
        """Whether all is as the published seed says."""
        return self.keeps_commitment and not self.differences


@dataclass(frozen=True, slots=True)
class _Seat:
    """An entry that took a place of a group of random return; `fresh` is a group untouched."""

    ordinal: int
    entry: EntryId
    group: Group
    fresh: Group
    points: bool
    is_of_day: bool

    @property
    def left(self) -> Group | None:
        """The group afterwards; None: it is full, and the next entry opens another."""
        left = Group(self.group.cash - (not self.points), self.group.points - self.points)
        return left if left.cash + left.points else None


def verify_draws(store: Store, seed: Seed, zone: ZoneInfo, archived: str | None = None) -> Verified:
    """Recompute all draws of the day of `seed`, and return the first that differ, by queue.

    `archived` is what was committed to outside the tables, where it was.
    """
    secret = bytes.fromhex(seed.secret)
    kept = commitment(secret) == seed.commitment and archived in {None, seed.commitment}
    result = Verified(seed.day, seed.commitment, seed.secret, seed.late, keeps_commitment=kept)
    result.mixed_with = seed.mix
    drawn_by = mixed(secret, seed.mix)
    found = _Verifier(store, drawn_by, seed.day, zone, result).differences()
    for difference in sorted(found, key=lambda each: (each.queue, each.entry)):
        if len(result.differences) == DIFFERENCES_MAX:
            result.more = True
            break
        result.differences.append(difference)
    return result


@dataclass(slots=True)
class _Verifier:
    store: Store
    secret: bytes
    day: str
    zone: ZoneInfo
    result: Verified
    seats: dict[QueueId, list[_Seat]] = field(default_factory=dict)

    def differences(self) -> Iterator[WrongDraw]:
        for ticket in self.store.scan(Ticket):
            paid_today = day_of(ticket.paid_at, self.zone).isoformat() == self.day
            for index, line in enumerate(ticket.lines):
                if line.entry:
                    name = ticket.entry_id(index)
                    yield from self._lottery(ticket, name, line, line.entry)
                    yield from self._place(ticket, name, line, line.entry, is_of_day=paid_today)
        yield from self._groups()

    def _lottery(
        self, ticket: Ticket, name: EntryId, line: TicketLine, entry: Entry
    ) -> Iterator[WrongDraw]:
        if entry.drawn_on != self.day:
            return
        self.result.lottery += 1
        if line.lottery is None:
            yield WrongDraw(ticket.queue, name, "was drawn, and no lottery decides it")
            return
        won = drawn_ratio(line.lottery, luck_of(self.secret, name))
        expected = self._ratio_before(ticket, line.id) if won is None else won
        if line.entitlement_bps != expected:
            drew = "a miss" if won is None else f"a ratio of {won}"
            message = (
                f"the seed draws {drew}, so its ratio is {expected}, not {line.entitlement_bps}"
            )
            yield WrongDraw(ticket.queue, name, message)

    def _ratio_before(self, ticket: Ticket, name: LineId) -> Bps | None:
        lines = load_order(self.store, ticket.order).lines
        return next((line.entitlement_bps for line in lines if line.id == name), None)

    def _place(
        self, ticket: Ticket, name: EntryId, line: TicketLine, entry: Entry, *, is_of_day: bool
    ) -> Iterator[WrongDraw]:
        makeup, points = line.random_return, entry.status is Status.CONVERTED
        if makeup is None or entry.group is None:
            if points and is_of_day:
                yield WrongDraw(ticket.queue, name, "was converted, and took no place of a group")
            return
        fresh = Group(makeup.cash, makeup.points)
        seat = _Seat(entry.ordinal, name, entry.group, fresh, points, is_of_day)
        self.seats.setdefault(ticket.queue, []).append(seat)
        if not is_of_day:
            return
        self.result.random_return += 1
        luck = luck_of(self.secret, name)
        if luck != makeup.luck:
            yield WrongDraw(ticket.queue, name, f"its luck is {luck}, not {makeup.luck}")
        if takes_points(entry.group, luck) != points:
            wrong, right = ("points", "cash") if points else ("cash", "points")
            message = f"the seed gives a {right} place of its group, not a {wrong} place"
            yield WrongDraw(ticket.queue, name, message)

    def _groups(self) -> Iterator[WrongDraw]:
        """Yield entries of the day whose group did not go on where it was left."""
        for queue, seats in self.seats.items():
            left: Group | None = None
            for seat in sorted(seats, key=lambda seat: seat.ordinal):
                expected = left or seat.fresh
                if seat.is_of_day and seat.group != expected:
                    message = f"its group had {_said(expected)} left, not {_said(seat.group)}"
                    yield WrongDraw(queue, seat.entry, message)
                left = seat.left


def _said(group: Group) -> str:
    return f"{group.cash} cash and {group.points} points places"
