"""What a settlement writes beside its queue, its tickets and the index of places."""

from collections.abc import Iterable, Iterator, Sequence

from rebate.domain.commands import Command, ExchangeEntry, RefundOrder
from rebate.domain.engine import Decision, FollowUp
from rebate.domain.events import EntryExchanged
from rebate.domain.fingerprints import order_fingerprint, ticket_fingerprint
from rebate.domain.holds import Hold
from rebate.domain.ledger import BalanceType, wallet
from rebate.domain.loaded_state import LoadedState
from rebate.domain.money import Amount, AmountsBy
from rebate.domain.names import MemberId, QueueId
from rebate.domain.orders import LINES_PER_ROW, Order
from rebate.domain.queues import Queue
from rebate.domain.records import replace
from rebate.domain.times import SECOND, Instant
from rebate.domain.write_budget import CUTS_MAX
from rebate.usecases.money.ledger import lot_of
from rebate.usecases.settlement.day_sums import count_day
from rebate.usecases.settlement.pending_commands import PendingCommand
from rebate.usecases.storage.ports import Credit, Put, Remove, Write
from rebate.usecases.storage.rows.inbox import Answer, Inbox
from rebate.usecases.storage.rows.journal import (
    Journal,
    StatementEntry,
    movements_of,
)
from rebate.usecases.storage.rows.key_of import fact_of, key_of
from rebate.usecases.storage.rows.keys import joined, number

ANSWERS_KEPT = 86_400
"""Seconds for which the answer to a command can be fetched."""

HANDED_OVER = "handed over"
"""Under what a journal row says how many tickets a step of a merge moved."""


def paid_on_day(day: str) -> str:
    """Return under what a journal row says how much was paid on a day before it."""
    return f"day/{day}"


def journal_row(
    after: Queue,
    decision: Decision,
    state: LoadedState,
    waiting: Sequence[PendingCommand],
    now: Instant,
    settings: int,
) -> Journal:
    """Return the journal row of a commit, chained to the queue's last (`Queue.head`).

    With what happened it says what that was decided from: the first of the commands that were
    `waiting`, and what was looked at beside the queue's own rows.
    """
    facts = {
        fact_of(change.after): ticket_fingerprint(change.after)
        for change in decision.changes
        if change.after.joined and not (change.before and change.before.joined)
    }
    goes_on = decision.queue.progress is not None or not decision.done
    known = {(hold.member, hold.id): hold for held in state.holds.values() for hold in held}
    lowered = (known.get((hold.member, hold.id)) for hold in decision.holds)
    return Journal(
        after.id,
        after.version,
        now,
        decision.journal,
        decision.events,
        after.head,
        facts,
        tuple(_kept(each.command) for each in waiting[: decision.done + goes_on]),
        settings,
        goes_on,
        dict(_rests_on(decision, state)),
        tuple(hold for hold in lowered if hold),
    )


def _kept(command: Command) -> Command:
    """Return a command as the journal keeps it: what a long refund cuts its own row says."""
    if isinstance(command, RefundOrder) and len(command.cuts) + len(command.bounds) > CUTS_MAX:
        return replace(command, cuts=(), bounds=())
    return command


def _rests_on(decision: Decision, state: LoadedState) -> Iterator[tuple[str, Amount]]:
    """Yield the balances that a decision rests on, by account, and what was paid on days."""
    for member in sorted(decision.consulted):
        for pocket in (BalanceType.CASH, BalanceType.PENDING):
            yield wallet(member, pocket), state.wallets[member].has(pocket)
    for day, rebates in state.rebates.items():
        yield paid_on_day(day), rebates.amount
    if decision.handed_over:
        yield HANDED_OVER, Amount(len(decision.handed_over))


def money(after: Queue, decision: Decision, state: LoadedState, now: Instant) -> list[Write]:
    """Return wallets and statements of all whose money moved."""
    writes: list[Write] = []
    credited: dict[MemberId, list[tuple[BalanceType, Amount]]] = {}
    for (member, pocket), amount in decision.credits.items():
        credited.setdefault(member, []).append((pocket, amount))
    movements = movements_of(decision.journal)
    for member in sorted({*credited, *decision.consulted}):
        expects = state.wallets[member].version if member in decision.consulted else None
        writes.append(Credit(member, tuple(credited.get(member, ())), expects))
    writes += [Put(hold) if hold.amount else Remove(Hold, key_of(hold)) for hold in decision.holds]
    writes += map(count_day, decision.rebates)
    writes += [
        Put(StatementEntry(member, now, after.id, after.version, tuple(moved)))
        for member, moved in movements.items()
    ]
    return writes


def frozen_love(
    after: Queue, decision: Decision, done: Iterable[PendingCommand]
) -> Iterator[Write]:
    """Yield what lets love value that entries were exchanged into as frozen be thawed later.

    It counts as frozen from the instant at which the member asked (Rule 3.6).
    """
    asked: dict[MemberId, Instant] = {}
    for each in done:
        if isinstance(each.command, ExchangeEntry):
            asked[each.command.member] = each.command.at
    amounts: AmountsBy[MemberId] = AmountsBy()
    for event in decision.events:
        if isinstance(event, EntryExchanged) and event.pocket is BalanceType.LOVE_FROZEN:
            amounts[event.member] += event.amount
    source = joined(after.id, number(after.version))
    for member, amount in amounts.items():
        yield from lot_of(member, amount, asked[member], source)


def answers(done: Iterable[PendingCommand], decision: Decision, now: Instant) -> list[Write]:
    """Return the outcome of commands that somebody waits for."""
    refused = {each.key: each.code for each in decision.refused}
    expires = now // SECOND + ANSWERS_KEPT
    return [
        Put(Answer(each.request, refused.get(each.sort), expires)) for each in done if each.request
    ]


def repurchased(queue: QueueId, follow_up: FollowUp, bought: Order) -> list[Write]:
    """Return order, ticket and command of a forced repurchase (Rule 4.4).

    Its lines are those of the order with which it began: of a long one they stand there.
    """
    ticket = follow_up.ticket
    lines = tuple(replace(line, queue=None) for line in bought.lines)
    again = Order(
        id=ticket.order,
        version=1,
        digest=f"repurchase of {bought.id}",
        member=ticket.member,
        referrer=ticket.referrer,
        channel=bought.channel,
        store=bought.store,
        paid_at=follow_up.command.at,
        completed_at=follow_up.command.at,
        lines=lines,
        queues=(queue,),
        settings=bought.settings,
        repurchase_of=bought.id,
        sender=bought.sender,
    )
    ticket = replace(ticket, order_digest=order_fingerprint(again))
    row = Inbox(queue, follow_up.key, follow_up.command)
    kept = replace(again, lines=lines[:LINES_PER_ROW])
    return [Put(kept, expects=0), Put(ticket), Put(row)]


def dispatched(after: Queue, decision: Decision, now: Instant) -> Iterator[Write]:
    """Yield what goes to other queues; the commit's number makes its name there unique."""
    for place, sent in enumerate(decision.sent):
        at = number(sent.command.at)
        sort = joined(at, number(now), after.id, number(after.version), number(place))
        yield Put(Inbox(sent.queue, sort, sent.command))
    yield from map(Put, decision.handed_over)
