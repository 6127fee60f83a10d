"""What the engine does with any history under any plan."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebate.domain.caps import DailyCap
from rebate.domain.commands import Complete, Join
from rebate.domain.ledger import (
    QueueAccount,
    Reason,
    balances,
    parts_of,
    queue_account,
    totals,
    wallet,
)
from rebate.domain.money import Amount, sum_of
from rebate.domain.names import entry_id
from rebate.domain.plans import queue_rebate, queue_rebate_terms
from rebate.domain.records import replace
from rebate.domain.tickets import Status, Ticket
from tests.domain.pure import NAME, PureQueue
from tests.strategies import PLANS, ZONE, History, examples, histories

every_plan = pytest.mark.parametrize("kind", PLANS)
many = examples(25)


caps = st.sampled_from((None, DailyCap(Amount(10), ZONE), DailyCap(Amount(1000), ZONE)))
"""How much may be paid in a day, which cuts what some orders give."""


def under_caps(history: History) -> st.SearchStrategy[History]:
    """Draw a history whose plan may have a cap a day."""
    return caps.map(lambda cap: replace(history, plan=replace(history.plan, daily_cap=cap)))


def played(history: History, *, at_once: int = 1, room: int = 96) -> PureQueue:
    known = {ticket.key: ticket for ticket in history.tickets}
    queue = PureQueue(history.plan, known, room)
    queue.settle(history.commands, at_once=at_once)
    return queue


@every_plan
@many
@given(data=st.data())
def test_a_batch_comes_to_what_its_commands_do_one_by_one(kind: str, data: st.DataObject) -> None:
    """However many commands are decided at once."""
    history = data.draw(histories(kind).flatmap(under_caps))
    at_once = data.draw(st.integers(2, 20))
    assert played(history, at_once=at_once).outcome() == played(history).outcome()


@every_plan
@many
@given(data=st.data())
def test_a_contribution_may_be_cut_anywhere(kind: str, data: st.DataObject) -> None:
    """However little room a transaction has; what is in flight stands in the queue's row."""
    history = data.draw(histories(kind).flatmap(under_caps))
    room, at_once = data.draw(st.integers(1, 24)), data.draw(st.integers(1, 20))
    assert played(history, room=room, at_once=at_once).outcome() == played(history).outcome()


@every_plan
@many
@given(data=st.data())
def test_money_is_moved_and_never_made(kind: str, data: st.DataObject) -> None:
    """Rule 0.10, from the journal, the wallets and the queue's accounts, each by itself."""
    queue = played(data.draw(histories(kind)), at_once=data.draw(st.integers(1, 20)))
    assert all(sum_of(totals(entry.postings).values()) == 0 for entry in queue.journal)
    posted = balances(queue.journal)
    held = {
        wallet(member, pocket): balance
        for member, each in queue.wallets.items()
        for pocket, balance in each.balances.items()
    }
    tills = {
        queue_account(NAME, QueueAccount(name)): sum_
        for name, sum_ in queue.queue.tills.items()
        if sum_
    }
    given_out = {name: sum_ for name, sum_ in posted.items() if parts_of(name)[0] == "issued"}
    assert posted == {**held, **tills, **given_out}
    assert queue.queue.figure(QueueAccount.TRANSIT) == 0
    assert queue.queue.figure(QueueAccount.POOL) >= 0
    assert queue.queue.figure(QueueAccount.RETAINED) >= 0


@every_plan
@many
@given(data=st.data())
def test_no_entry_gets_more_than_it_was_promised(kind: str, data: st.DataObject) -> None:
    """An entry is paid up to its entitlement, or by as many rewards as the plan gives."""
    history = data.draw(histories(kind))
    queue = played(history)
    for ticket in queue.tickets.values():
        for entry in (line.entry for line in ticket.lines if line.entry):
            assert entry.paid >= 0
            if entry.entitlement is None:
                assert entry.rewards <= (history.plan.rewards_to_exit or 0)
            else:
                assert entry.paid <= entry.entitlement
                if not entry.conversion and not queue.queue.has_cleared(ticket):
                    assert entry.waits == (entry.outstanding > 0)


@every_plan
@many
@given(data=st.data())
def test_rewards_by_kind_sum_to_what_an_entry_was_paid(kind: str, data: st.DataObject) -> None:
    """Rule 5.7, after any refunds: in the entry, in the journal and in what was told alike."""
    queue = played(data.draw(histories(kind)), at_once=data.draw(st.integers(1, 20)))
    told: Counter[tuple[str, str]] = Counter()
    for event in queue.events:
        if event.type == "RebatePaid" and event.entry is not None:
            told[event.entry, event.reason] += event.amount
        if event.type == "EntryRefunded" and event.clawed_back:
            told[event.entry, Reason.CLAWED_BACK] -= event.clawed_back
    kept: dict[tuple[str, str], int] = {}
    for ticket in queue.tickets.values():
        for index, line in enumerate(ticket.lines):
            if line.entry:
                assert sum_of(line.entry.by_reason.values()) == line.entry.paid
                name = ticket.entry_id(index)
                kept |= {(name, reason): sum_ for reason, sum_ in line.entry.by_reason.items()}
    assert kept == told
    assert kept == _posted_by_reason(queue)


def _posted_by_reason(queue: PureQueue) -> Counter[tuple[str, str]]:
    """Sum up postings by reason; those of a refund name the order and line that it is of."""
    sums: Counter[tuple[str, str]] = Counter()
    for entry in queue.journal:
        for posting in entry.postings:
            if posting.reason is Reason.CLAWED_BACK:
                assert entry.order is not None
                assert entry.line is not None
                sums[entry_id(entry.order, entry.line), posting.reason] += posting.amount
            elif posting.reason and posting.entry:
                sums[posting.entry, posting.reason] += posting.amount
    return sums


@every_plan
@many
@given(data=st.data())
def test_what_stands_in_the_index_of_places_is_what_the_tickets_say(
    kind: str, data: st.DataObject
) -> None:
    """Places and entries are counted without gaps, and what waits is a recount of all tickets."""
    queue = played(data.draw(histories(kind)), at_once=data.draw(st.integers(1, 20)))
    places = sorted(t.place for t in queue.tickets.values() if t.place is not None)
    ordinals = [e.entry.ordinal for t in queue.tickets.values() for e in t.lines if e.entry]
    assert places == list(range(queue.queue.tickets))
    assert sorted(ordinals) == list(range(queue.queue.entries))
    assert queue.queue.standing == queue.standing()


@every_plan
@many
@given(data=st.data())
def test_every_contribution_is_what_its_line_owes_for_what_is_left_of_it(
    kind: str, data: st.DataObject
) -> None:
    """After every refund, `contributed` is the share of what was not refunded (Rule 1.6.5)."""
    queue = played(data.draw(histories(kind)))
    contributed = 0
    for ticket in queue.tickets.values():
        for index, line in enumerate(ticket.lines):
            owes = ticket.gives(index)
            settled = [part for part in line.settled if part is not None]
            assert settled == [
                owed for owed, part in zip(owes, line.settled, strict=False) if part is not None
            ]
            contributed += sum_of(settled)
    assert queue.queue.figure(QueueAccount.CONTRIBUTED) == contributed


@many
@given(data=st.data())
def test_first_in_is_first_out(data: st.DataObject) -> None:
    """Nobody is paid before all who stood ahead were paid in full (Rule 1.2.3)."""
    history = data.draw(histories("queue_rebate"))
    plan = queue_rebate.settlement(queue_rebate_terms.QueueRebateTerms(ZONE))
    bought = tuple(ticket_in_line(ticket) for ticket in history.tickets)
    paid = tuple(command for command in history.commands if isinstance(command, Join))
    queue = played(History(plan, bought, paid), at_once=data.draw(st.integers(1, 5)))
    line = sorted(
        (each.entry for ticket in queue.in_line() for each in ticket.lines if each.entry),
        key=lambda entry: entry.ordinal,
    )
    begun = [entry for entry in line if entry.paid]
    assert begun == line[: len(begun)]
    assert all(entry.status is Status.COMPLETED for entry in begun[:-1])
    if any(entry.waits for entry in line):
        joined = [ticket.order for ticket in queue.in_line()]
        assert joined == [command.order for command in paid if command.order in joined]


def ticket_in_line(ticket: Ticket) -> Ticket:
    """Without what takes entries out of the line in another way."""
    return replace(ticket, lines=tuple(replace(line, random_return=None) for line in ticket.lines))


@every_plan
@many
@given(data=st.data())
def test_what_happened_twice_counts_once(kind: str, data: st.DataObject) -> None:
    """Payments and completions that are told again change nothing (refunds are told once)."""
    history = data.draw(histories(kind))
    again = [command for command in history.commands for _ in range(1 + _repeats(command))]
    twice = replace(history, commands=tuple(again))
    assert played(twice).outcome() == played(history).outcome()


def _repeats(command: object) -> bool:
    return isinstance(command, Join | Complete)


@many
@given(data=st.data())
def test_a_refund_takes_back_no_more_than_was_paid(data: st.DataObject) -> None:
    """What is clawed back is what the entries were paid, less what they may keep."""
    history = data.draw(histories("queue_rebate"))
    queue = played(history)
    paid: Counter[str] = Counter()
    for event in queue.events:
        if event.type == "RebatePaid":
            paid[event.entry] += event.amount
        if event.type == "EntryRefunded":
            paid[event.entry] -= event.clawed_back
    for ticket in queue.tickets.values():
        for index, line in enumerate(ticket.lines):
            if line.entry:
                assert line.entry.paid == paid[ticket.entry_id(index)]
