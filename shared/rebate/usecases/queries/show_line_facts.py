"""What a member is told of a line, in facts and without dates (Rule 8.7)."""

from collections.abc import Iterator

from rebate.contracts.figures import money, percent
from rebate.contracts.law_words import law_of
from rebate.contracts.line_facts import LineFacts
from rebate.contracts.notice_texts import Locale
from rebate.contracts.phrases import said
from rebate.domain.errors import Code, Rejected
from rebate.domain.money import Amount
from rebate.domain.names import MemberId, QueueId
from rebate.domain.queues import Queue
from rebate.domain.tickets import Ticket
from rebate.domain.times import Instant
from rebate.usecases.queries.line_history import DAYS_A_MONTH, line_history
from rebate.usecases.settings.save_settings import InForce
from rebate.usecases.settlement.queue_reader import QueueReader
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.keys import Key, joined

_WEEK = 7


def show_line_facts(
    store: Store, in_force: InForce, member: MemberId, queue: QueueId, now: Instant, locale: Locale
) -> LineFacts:
    """Return what a line was paid of late, what stands ahead of a member, and what is ever paid.

    Raises:
        Rejected: `unknown_entry`: the member never had an entry there.
    """
    mine = store.query(Ticket, member, prefix=f"{joined(queue)}#")
    row = store.get(Queue, Key(queue))
    if row is None or not mine:
        raise Rejected(Code.UNKNOWN_ENTRY, f"you have no entry in queue {queue}")
    history = line_history(store, in_force.terms, queue, now)
    found = law_of(in_force.settings, queue)
    law = found[1] if found and not found[1].is_profit_unknown else None
    facts = LineFacts(
        queue=queue,
        paid_7_days=history.last(_WEEK),
        paid_30_days=history.last(DAYS_A_MONTH),
        ahead=_ahead(store, row, mine),
        ever_paid_bps=law.ever_paid_bps if law else None,
        text=(),
    )
    told = tuple(said(text, locale) for text in _sentences(facts, in_force.terms.currency))
    return LineFacts(
        facts.queue,
        facts.paid_7_days,
        facts.paid_30_days,
        facts.ahead,
        facts.ever_paid_bps,
        told,
    )


def _ahead(store: Store, queue: Queue, mine: list[Ticket]) -> Amount | None:
    """Return what those lack who stand before a member's first waiting entry; None: none waits."""
    places = [
        ticket.place
        for ticket in mine
        if ticket.place is not None
        and not queue.has_cleared(ticket)
        and any(line.entry and line.entry.waits for line in ticket.lines)
    ]
    return QueueReader(store, queue.id).ahead(queue, min(places)).owed if places else None


def _sentences(facts: LineFacts, currency: str) -> Iterator[str]:
    week, month = money(facts.paid_7_days, currency), money(facts.paid_30_days, currency)
    yield f"This line was paid {week} in the last 7 days and {month} in the last 30 days."
    if facts.ahead is not None:
        yield f"Those ahead of your first waiting entry still lack {money(facts.ahead, currency)}."
    if facts.ever_paid_bps is not None:
        most = percent(facts.ever_paid_bps)
        yield f"At the ratios in force at most {most} of all that is promised can ever be paid."
