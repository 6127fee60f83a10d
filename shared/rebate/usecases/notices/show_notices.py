"""A member's notices, worded as the operator words them now (Rule 1.7)."""

from collections.abc import Iterable, Iterator, Sequence

from rebate.contracts import api
from rebate.contracts import notices as said
from rebate.contracts.notice_texts import DEFAULTS, PLAN_TITLES, Locale
from rebate.contracts.notices import worded
from rebate.domain.money import sum_of
from rebate.domain.names import MemberId, QueueId
from rebate.domain.plans import queue_rebate
from rebate.domain.queues import Queue
from rebate.domain.records import dataclass
from rebate.domain.terms import Terms
from rebate.domain.tickets import Ticket
from rebate.domain.times import datetime_of
from rebate.usecases.notices.notify_members import EVERYBODY, to_member, to_queue
from rebate.usecases.notices.see_notices import seen_until
from rebate.usecases.queries.show_entries import moment_of
from rebate.usecases.settlement.plan_of import display_of
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key
from rebate.usecases.storage.rows.notices import Notice, Wording

_INTERNAL = frozenset({"from_place", "below"})


def show_notices(
    store: Store,
    terms: Terms,
    member: MemberId,
    locale: Locale,
    after: str | None = None,
) -> said.Notices:
    """Return a page of a member's notices, the newest first."""
    page = _page(store, member, after)
    texts = {**DEFAULTS[locale], **_changed(store, locale)}
    return said.Notices(
        notices=tuple(_shown(terms, texts[found.kind], locale, found) for found in page.notices),
        next=page.end,
        seen_until=moment_of(seen_until(store, member)),
    )


@dataclass(frozen=True, slots=True)
class _Page:
    notices: Sequence[Notice]
    end: str | None


def _page(store: Store, member: MemberId, after: str | None) -> _Page:
    """Merge what the member was told alone with what concerned the member among others.

    Each audience is read a page deep; where one has more, nothing older than what was read of it
    is shown yet.
    """
    tickets = store.query(Ticket, member)
    found: list[Notice] = []
    horizon = ""
    for audience in _audiences(store, member, tickets):
        rows = store.query(Notice, audience, after=after, limit=api.PAGE_SIZE, backwards=True)
        found += (each for row in rows for each in row.each() if not after or _sort(each) < after)
        if len(rows) == api.PAGE_SIZE:
            horizon = max(horizon, _sort(rows[-1]))
    concerned = [mine for row in found if (mine := _as_it_concerns(row, tickets))]
    concerned.sort(key=_sort, reverse=True)
    page = [row for row in concerned if _sort(row) >= horizon][: api.PAGE_SIZE]
    if len(page) == api.PAGE_SIZE:
        return _Page(page, _sort(page[-1]))
    return _Page(page, horizon or None)


def _sort(notice: Notice) -> str:
    return key_of(notice).sort


def _audiences(store: Store, member: MemberId, tickets: Iterable[Ticket]) -> Iterator[str]:
    """Yield the audiences that a member belongs to; a queue has notices once it was cleared."""
    yield to_member(member)
    yield EVERYBODY
    queues = store.get_many(Queue, {Key(ticket.queue) for ticket in tickets})
    yield from (to_queue(queue.id) for queue in queues.values() if queue.cleared_below)


def _as_it_concerns(row: Notice, tickets: Iterable[Ticket]) -> Notice | None:
    """Return what a notice is to the holder of these tickets; None: nothing."""
    if row.audience == EVERYBODY:
        base = queue_rebate.PLAN
        was_there = (t for t in tickets if base.queue(t.queue) and t.paid_at <= row.at)
        return row if any(was_there) else None
    if row.kind != "cleared":
        return row
    queue = QueueId(str(row.facts["queue"]))
    places = range(int(row.facts["from_place"]), int(row.facts["below"]))
    gone = [
        line.entry
        for ticket in tickets
        if ticket.queue == queue and ticket.place is not None and ticket.place in places
        for line in ticket.lines
        if line.entry and line.entry.waits
    ]
    if not gone:
        return None
    share: dict[str, str | int] = {
        "entries": len(gone),
        "owed": sum_of(e.outstanding for e in gone),
    }
    return Notice(row.audience, row.at, row.id, row.kind, row.facts | share)


def _changed(store: Store, locale: Locale) -> dict[str, str]:
    rows = store.query(Wording, locale)
    return {row.kind: row.text for row in rows if row.text is not None}


def _shown(terms: Terms, text: str, locale: Locale, row: Notice) -> said.NoticeShown:
    facts = dict(row.facts)
    queue = QueueId(str(facts.get("queue", "")))
    if not display_of(queue, terms).progress:
        facts.pop("queue", None)
    base = queue_rebate.PLAN.display(terms.of(queue_rebate.PLAN))
    named = facts | {"plan": base.plan or PLAN_TITLES[locale]}
    return said.NoticeShown(
        id=row.id,
        at=datetime_of(row.at),
        kind="completed" if row.kind == "converted" else row.kind,
        text=worded(text, locale, named, terms.currency),
        facts={name: value for name, value in facts.items() if name not in _INTERNAL},
    )
