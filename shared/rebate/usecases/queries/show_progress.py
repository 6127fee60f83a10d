"""A queue's line as a member in it sees it (Rules 1.8 and 1.4, 19 to 23)."""

from collections.abc import Mapping, Sequence

from rebate.contracts import api
from rebate.domain.errors import Code, Rejected
from rebate.domain.money import sum_of
from rebate.domain.names import EntryId, MemberId, QueueId
from rebate.domain.plans.plan_type import DisplayTerms
from rebate.domain.queues import Queue
from rebate.domain.terms import Terms
from rebate.domain.tickets import Ticket
from rebate.usecases.queries.show_entries import rewards_by_kind
from rebate.usecases.settlement.plan_of import display_of
from rebate.usecases.settlement.queue_reader import QueueReader
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.catalog import Member
from rebate.usecases.storage.rows.keys import Key, joined

NEIGHBOURS = 5
"""Tickets before an entry, and after it, that are shown as the line around it."""


def show_progress(
    store: Store,
    terms: Terms,
    member: MemberId,
    queue: QueueId,
    after: str | None = None,
    around: EntryId | None = None,
) -> api.ProgressShown:
    """Return a page of a queue's line, and what the member got of the queue and waits for.

    `around` is an entry of the member's: the page is then the `NEIGHBOURS` before it, it, and as
    many after it.

    Raises:
        Rejected: `unknown_entry`: the member never had an entry there, or none `around`.
    """
    mine = store.query(Ticket, member, prefix=f"{joined(queue)}#")
    row = store.get(Queue, Key(queue))
    if row is None or not mine:
        raise Rejected(Code.UNKNOWN_ENTRY, f"you have no entry in queue {queue}")
    display = display_of(queue, terms)
    entries = [(ticket, line.entry) for ticket in mine for line in ticket.lines if line.entry]
    earned = [entry for _, entry in entries]
    waiting = (e.outstanding for t, e in entries if e.waits and not row.has_cleared(t))
    most = api.PAGE_SIZE
    if around is not None:
        after, most = _before(store, row, mine, around), 2 * NEIGHBOURS + 1
    line, end = _page(store, row, display, member, after, most) if display.progress else ((), None)
    return api.ProgressShown(
        queue=queue,
        earned=sum_of(entry.paid for entry in earned) if display.earned else None,
        earned_by_reason=rewards_by_kind(earned) if display.earned else None,
        waiting=sum_of(waiting) if display.waiting else None,
        line=line,
        next=end,
    )


def _before(store: Store, queue: Queue, mine: Sequence[Ticket], around: EntryId) -> str | None:
    """Return after which place the line around an entry begins; None: at its head."""
    places = (
        ticket.place
        for ticket in mine
        for index, line in enumerate(ticket.lines)
        if line.entry and ticket.entry_id(index) == around
    )
    place = next((each for each in places if each is not None), None)
    if place is None:
        raise Rejected(Code.UNKNOWN_ENTRY, f"you have no entry {around} in queue {queue.id}")
    line = QueueReader(store, queue.id)
    first = line.place_behind(queue, line.ahead(queue, place).waiting - NEIGHBOURS)
    return str(first - 1) if first else None


def line_page(
    store: Store, queue: Queue, after: str | None, most: int
) -> tuple[list[Ticket], str | None]:
    """Return a page of the tickets that wait, in order of place, and where the next begins."""
    start = max(queue.cleared_below, int(after) + 1 if after else 0)
    line = QueueReader(store, queue.id)
    tickets, end = line.payable(queue, start=start, count=most, completed_only=False)
    tickets.sort(key=lambda ticket: ticket.place or 0)
    return tickets, None if end is None else str(end)


def _page(
    store: Store,
    queue: Queue,
    display: DisplayTerms,
    member: MemberId,
    after: str | None,
    most: int,
) -> tuple[tuple[api.LineEntry, ...], str | None]:
    tickets, end = line_page(store, queue, after, most)
    if not tickets:
        return (), end
    people = {person.id: person for person in _people(store, tickets).values()}
    first = QueueReader(store, queue.id).ahead(queue, tickets[0].place or 0).waiting + 1
    waiting = [
        (ticket.member, line.entry)
        for ticket in tickets
        for line in ticket.lines
        if line.entry and line.entry.waits
    ]
    shown = tuple(
        api.LineEntry(
            place=place,
            mine=owner == member,
            person=_person(people.get(owner)) if display.member else None,
            waiting=entry.outstanding if display.waiting_amount else None,
        )
        for place, (owner, entry) in enumerate(waiting, first)
    )
    return shown, end


def _people(store: Store, tickets: Sequence[Ticket]) -> Mapping[Key, Member]:
    return store.get_many(Member, {Key(ticket.member) for ticket in tickets})


def _person(member: Member | None) -> api.Person:
    if member is None:
        return api.Person(nickname=None, avatar_url=None)
    return api.Person(nickname=member.nickname, avatar_url=member.avatar_url)
