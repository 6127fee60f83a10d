"""Tickets and their entries against the journal, their own ratios and their queue's counts."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from rebate.domain.ledger import Reason
from rebate.domain.money import NOTHING, Amount, exchanged, sum_of
from rebate.domain.names import EntryId
from rebate.domain.queues import Queue
from rebate.domain.tickets import Entry, Status, Ticket, TicketLine
from rebate.usecases.audit.finding import AuditDifference, wrong
from rebate.usecases.audit.journal import GivenOfLine, Sums

_ENDS_AT_NOTHING = frozenset({Status.COMPLETED, Status.REFUNDED})


@dataclass(slots=True)
class Numbers:
    """Which numbers from 0 on were seen, a bit each."""

    seen: bytearray = field(default_factory=bytearray)
    count: int = 0

    def add(self, number: int) -> bool:
        """Note a number; False if it was seen before."""
        byte, bit = number >> 3, 1 << (number & 7)
        if byte >= len(self.seen):
            self.seen.extend(bytes(byte + 1 - len(self.seen)))
        new = not self.seen[byte] & bit
        self.seen[byte] |= bit
        self.count += new
        return new


@dataclass(slots=True)
class Has:
    """What an entry has, or all together that bear its name: the journal knows no more."""

    paid: Amount = NOTHING
    by_reason: Counter[Reason] = field(default_factory=Counter)
    converted: Amount = NOTHING

    def plus(self, other: "Has") -> "Has":
        """Return what both have."""
        by_reason = Counter(self.by_reason)
        by_reason.update(other.by_reason)
        return Has(self.paid + other.paid, by_reason, self.converted + other.converted)


@dataclass(slots=True)
class TicketAudit:
    """Checks the tickets of one queue as they come, in any order.

    `decimals` are those of the currency, by which money was exchanged (Rule 0.9.1). `alike` holds
    entries whose names several may bear: `a/b` + `c` is called as `a` + `b/c` (Rule 0.13), and what
    comes back to a queue as it was called there before (Rule 1.4.1).
    """

    queue: Queue
    decimals: int
    alike: dict[EntryId, Has] = field(default_factory=dict)
    places: Numbers = field(default_factory=Numbers)
    ordinals: Numbers = field(default_factory=Numbers)

    def check(self, ticket: Ticket, sums: Sums) -> Iterator[AuditDifference]:
        """Yield what is wrong with a ticket; take what the journal says of it out of the sums."""
        path = f"queues.{ticket.queue}.orders.{ticket.order}"
        joined = any(line.entry for line in ticket.lines)
        if (ticket.place is not None) != joined:
            yield AuditDifference(f"{path}.place", f"is {ticket.place}, with entries: {joined}")
        if ticket.place is not None:
            yield from _counted(f"{path}.place", ticket.place, self.queue.tickets, self.places)
        for index, line in enumerate(ticket.lines):
            yield from _line(ticket, index, line, sums)
            if line.entry:
                yield from self._entry(ticket, index, line, line.entry, sums)

    def rest(self, sums: Sums) -> Iterator[AuditDifference]:
        """Yield the places that no ticket holds, once all tickets were checked."""
        path = f"queues.{self.queue.id}"
        for name, has in self.alike.items():
            yield from self._as_journalled(name, has, sums)
        yield from wrong(path, "tickets", found=self.queue.tickets, expected=self.places.count)
        yield from wrong(path, "entries", found=self.queue.entries, expected=self.ordinals.count)

    def _as_journalled(self, name: EntryId, has: "Has", sums: Sums) -> Iterator[AuditDifference]:
        """Yield where what an entry has is not what the journal gave to its name."""
        path, key = f"queues.{self.queue.id}.entries.{name}", (self.queue.id, name)
        paid = {reason: sums.paid.pop((*key, reason), 0) for reason in (None, *Reason)}
        yield from wrong(path, "paid", found=has.paid, expected=sum(paid.values()))
        by_reason = {reason: amount for reason, amount in paid.items() if reason and amount}
        found = {reason: amount for reason, amount in has.by_reason.items() if amount}
        yield from wrong(path, "by_reason", found=_told(found), expected=_told(by_reason))
        said = sums.converted.pop(key, 0)
        yield from wrong(path, "conversion", found=has.converted, expected=said)

    def _entry(
        self, ticket: Ticket, index: int, line: TicketLine, entry: Entry, sums: Sums
    ) -> Iterator[AuditDifference]:
        name = ticket.entry_id(index)
        path = f"queues.{ticket.queue}.entries.{name}"
        converted = entry.conversion.amount if entry.conversion else NOTHING
        has = Has(entry.paid, Counter(entry.by_reason), converted)
        if name.count("/") > 1 or ticket.merged_from or line.is_merged:
            self.alike[name] = self.alike.get(name, Has()).plus(has)
        else:
            yield from self._as_journalled(name, has, sums)
        if self.queue.progress is None:
            yield from _rewards(path, entry)
        promised = line.entitlement()
        yield from wrong(path, "entitlement", found=entry.entitlement, expected=promised)
        yield from _counted(f"{path}.ordinal", entry.ordinal, self.queue.entries, self.ordinals)
        cleared = self.queue.has_cleared(ticket)
        yield from _standing(path, entry, cleared=cleared, decimals=self.decimals)


def _line(ticket: Ticket, index: int, line: TicketLine, sums: Sums) -> Iterator[AuditDifference]:
    path = f"queues.{ticket.queue}.orders.{ticket.order}.lines.{line.id or 'all'}"
    given = sums.given.pop((ticket.queue, ticket.order, line.id), GivenOfLine())
    settled = sum_of(amount or NOTHING for amount in line.settled)
    yield from wrong(path, "settled", found=settled, expected=given.net)
    for owed, amount in zip(ticket.gives(index), line.settled, strict=False):
        if amount is not None and not _may_be(amount, owed, len(line.settled)):
            yield from wrong(path, "gives", found=amount, expected=owed)
    if line.buyer_paid is not None:
        yield from wrong(path, "buyer_paid", found=line.buyer_paid, expected=given.own)
    yield from wrong(path, "retained", found=line.retained, expected=given.retained)


def _may_be(gave: Amount, owed: Amount, parts: int) -> bool:
    """Tell whether a part may have given so much, which no refund raises.

    One of several that a smaller amount would leave a unit over for gave one less before.
    """
    return gave in {owed, owed - (parts > 1)}


def _rewards(path: str, entry: Entry) -> Iterator[AuditDifference]:
    """Yield where an entry's counted rewards, if all were kept, are not what it was paid."""
    if entry.received and sum(each.times for each in entry.received) == entry.rewards:
        received = sum(each.paid * each.times for each in entry.received)
        yield from wrong(path, "received", found=received, expected=entry.paid)


def _standing(
    path: str, entry: Entry, *, cleared: bool, decimals: int
) -> Iterator[AuditDifference]:
    """Yield where status and amounts of an entry contradict each other."""
    if entry.entitlement is None:
        return
    if entry.outstanding < 0:
        yield AuditDifference(f"{path}.paid", f"is {entry.paid}, beyond {entry.entitlement}")
    if entry.conversion:
        due = exchanged(entry.outstanding, entry.conversion.ratio_bps, decimals)
        yield from wrong(path, "conversion", found=entry.conversion.amount, expected=due)
    elif entry.waits and not entry.outstanding and not cleared:
        yield AuditDifference(f"{path}.status", "is waiting for nothing")
    elif entry.outstanding and entry.status in _ENDS_AT_NOTHING:
        yield AuditDifference(f"{path}.status", f"is {entry.status} and lacks {entry.outstanding}")


def _counted(path: str, number: int, end: int, seen: Numbers) -> Iterator[AuditDifference]:
    if not 0 <= number < end:
        yield AuditDifference(path, f"is {number}, of {end}")
    elif not seen.add(number):
        yield AuditDifference(path, f"{number} is held twice")


def orphans(sums: Sums) -> Iterator[AuditDifference]:
    """Yield what the journal says of lines and entries that no ticket has."""
    for (queue, order, line), given in sums.given.items():
        if given.net or given.retained:
            path = f"queues.{queue}.orders.{order}.lines.{line or 'all'}"
            yield AuditDifference(path, f"is not stored, and gave {given.net}")
    got = Counter(sums.converted)
    for (queue, entry, _), amount in sums.paid.items():
        got[queue, entry] += amount
    for (queue, entry), amount in got.items():
        if amount:
            path = f"queues.{queue}.entries.{entry}"
            yield AuditDifference(path, f"is not stored, and was given {amount}")


def _told(by_reason: Mapping[Reason, int]) -> str:
    return ", ".join(f"{reason} {by_reason[reason]}" for reason in sorted(by_reason)) or "nothing"
