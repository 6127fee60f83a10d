"""Telling members what happened to them (Rule 1.7): notices made of the journal's events.

A journal row never changes and a notice is named after the row and the event's place in it, so a
row that is brought again writes the same notices again. What concerns a whole queue or everybody
is written once, however many members it concerns; each member's share of it is worked out from the
member's own tickets when the notices are read (`rebate.usecases.notices.show_notices`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from rebate.domain.events import (
    CommissionPaid,
    EntriesCleared,
    EntryCompleted,
    EntryConverted,
    EntryDrawn,
    EntryExchanged,
    EntryJoined,
    EntryRefunded,
    Event,
    QueuePaused,
    QueueResumed,
    RebatePaid,
    RepurchaseMissed,
    RepurchasePlaced,
    WithdrawalDecided,
)
from rebate.domain.records import replace
from rebate.domain.wire import Unknown
from rebate.usecases.money.tell_members import told_of
from rebate.usecases.people.tell_people import people_told
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.journal import Journal
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import joined, number
from rebate.usecases.storage.rows.notices import FurtherNotice, Notice

EVERYBODY = "everybody"

NOTICES_A_ROW = 50
"""Notices of one audience that share a row: about 10 KB before it is packed."""

Facts: TypeAlias = dict[str, str | int]


def notify(store: Store, row: Journal) -> int:
    """Keep the notices of a journal row; return how many there are.

    Raises:
        Unavailable: the store did not answer; bring the row again.
    """
    notices = notices_of(row)
    store.put_each(_in_shared_rows(row, notices))
    return len(notices)


def _in_shared_rows(row: Journal, notices: Sequence[Notice]) -> list[Notice]:
    """Put what an audience is told of one commit into one row, as long as that may grow."""
    begins = joined(number(row.at), _name(row))
    alone: list[Notice] = []
    by_audience: dict[str, list[Notice]] = defaultdict(list)
    for notice in notices:
        shares = key_of(notice).sort.startswith(begins)  # else its id is shortened to a digest
        (by_audience[notice.audience] if shares else alone).append(notice)
    for found in by_audience.values():
        found.sort(key=lambda notice: key_of(notice).sort)
        starts = range(0, len(found), NOTICES_A_ROW)
        alone += (_as_one(found[start : start + NOTICES_A_ROW]) for start in starts)
    return alone


def _as_one(notices: Iterable[Notice]) -> Notice:
    first, *others = notices
    return replace(first, others=tuple(FurtherNotice(n.id, n.kind, n.facts) for n in others))


def notices_of(row: Journal) -> list[Notice]:
    """Return what members are told of a journal row: the same whenever it is asked."""
    return [
        notice
        for place, event in enumerate(row.events)
        if not isinstance(event, Unknown)
        for notice in _notices(row, place, event)
    ]


def to_member(member: str) -> str:
    """Return the audience that is one member."""
    return f"member/{member}"


def to_queue(queue: str) -> str:
    """Return the audience that is all who had entries in a queue."""
    return f"queue/{queue}"


def _notices(row: Journal, place: int, event: Event) -> Iterator[Notice]:
    name = f"{_name(row)}{place}"
    for member, kind, facts in (*told_of(event), *people_told(event)):
        yield Notice(to_member(member), row.at, name, kind, facts)
    told = _told(event)
    if told is None:
        return
    kind, facts = told
    audience = _audience(row, event)
    facts = _plain(event) | facts
    if audience != EVERYBODY:
        facts["queue"] = row.source
    yield Notice(audience, row.at, name, kind, facts)
    if isinstance(event, EntryJoined) and event.may_draw:
        yield Notice(audience, row.at, f"{name}#draw", "draw_available", facts)


def _name(row: Journal) -> str:
    """Return how the ids of what is told of a commit begin."""
    return f"{row.source}#{row.number}#"


def _audience(row: Journal, event: Event) -> str:
    if isinstance(event, QueuePaused | QueueResumed):
        return to_queue(event.queue) if event.queue else EVERYBODY
    if isinstance(event, EntriesCleared):
        return to_queue(row.source)
    member = getattr(event, "member", None)
    assert member is not None, f"{event.type} concerns nobody"
    return to_member(member)


def _told(event: Event) -> tuple[str, Facts] | None:
    """Return the kind of notice that an event makes, and what only that kind tells."""
    kind = _KINDS.get(type(event))
    match event:
        case RebatePaid() | EntryExchanged() | EntryConverted():
            facts: Facts = {"amount": event.amount, "pocket": event.pocket.value}
        case EntryCompleted():
            facts = {"paid": event.paid}
        case EntryDrawn():
            kind = "drawn" if event.ratio_bps is not None else "draw_missed"
            facts = {} if event.ratio_bps is None else {"ratio_bps": event.ratio_bps}
            facts |= {} if event.seed_day is None else {"seed_day": event.seed_day}
        case EntryRefunded():
            facts = {"clawed_back": event.clawed_back, "status": event.status.value}
        case EntriesCleared():
            facts = {"from_place": event.from_place, "below": event.below}
        case WithdrawalDecided():
            kind = "withdrawal_approved" if event.approved else "withdrawal_rejected"
            facts = {"withdrawal": event.withdrawal, "amount": event.amount}
            facts |= {"reason": event.reason} if event.reason else {}
        case RepurchasePlaced():
            facts = {"amount": event.amount, "origin": event.origin}
        case RepurchaseMissed():
            facts = {"amount": event.amount}
        case CommissionPaid():
            kind = "commission_paid" if event.amount >= 0 else "commission_reversed"
            facts = {"amount": abs(event.amount), "reward": event.kind}
        case _:
            facts = {}
    return None if kind is None else (kind, facts)


def _plain(event: Event) -> Facts:
    """Return the entry and order that an event names, if it does."""
    named = {name: getattr(event, name, None) for name in ("entry", "order")}
    return {name: str(value) for name, value in named.items() if value is not None}


_KINDS: Mapping[type, str] = {
    EntryJoined: "joined",
    RebatePaid: "paid",
    EntryCompleted: "completed",
    EntryExchanged: "exchanged",
    EntryConverted: "converted",
    EntriesCleared: "cleared",
    EntryRefunded: "refunded",
    QueuePaused: "paused",
    QueueResumed: "resumed",
    RepurchasePlaced: "repurchase_placed",
    RepurchaseMissed: "repurchase_missed",
}
"""The kinds of events that always make the same kind of notice."""
