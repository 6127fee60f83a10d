"""The books of a decision follow its postings: the queue's sums, the members' credits."""

from rebate.domain.ledger import BalanceType, Draft, QueueAccount, Reason, issued, parts_of
from rebate.domain.loaded_state import EntryRef
from rebate.domain.money import NOTHING, Amount
from rebate.domain.names import LineId, MemberId, OrderId
from rebate.domain.posting import credit_member, enter_in_journal, post_to_queue
from rebate.domain.write_budget import ROWS_PER_WALLET
from tests.domain.pure import NAME
from tests.domain.units import a_unit, waiting

A = MemberId("A")


def test_a_movement_is_posted_summed_up_and_entered() -> None:
    ticket = waiting(0, "A")
    unit, draft = a_unit(ticket), Draft("contribution", OrderId("o9"), LineId("1"))
    left = unit.budget.left
    post_to_queue(unit, draft, QueueAccount.CONTRIBUTED, Amount(-50))
    post_to_queue(unit, draft, QueueAccount.POOL, Amount(20))
    credit_member(
        unit, draft, A, BalanceType.CASH, Amount(30), EntryRef(ticket.key, 0), Reason.QUEUE
    )
    enter_in_journal(unit, draft)
    (entry,) = unit.journal
    assert (entry.kind, entry.order, entry.line) == ("contribution", "o9", "1")
    assert [posting.amount for posting in entry.postings] == [-50, 20, 30]
    assert entry.postings[2].entry == ticket.entry_id(0)
    assert entry.postings[2].reason is Reason.QUEUE
    assert parts_of(entry.postings[2].account) == ("wallet", "cash", "A")
    assert unit.queue.figure(QueueAccount.CONTRIBUTED) == 50
    assert unit.queue.figure(QueueAccount.POOL) == 20
    assert unit.credits == {(A, BalanceType.CASH): 30}
    assert unit.budget.left == left - ROWS_PER_WALLET


def test_sums_grow_with_every_posting() -> None:
    unit, draft = a_unit(), Draft("refund")
    for amount in (5, 7, -2):
        post_to_queue(unit, draft, QueueAccount.POOL, Amount(amount))
        credit_member(unit, draft, A, BalanceType.POINTS, Amount(-amount))
    draft.post(issued(NAME, BalanceType.POINTS), Amount(10))
    post_to_queue(unit, draft, QueueAccount.RETAINED, Amount(-10))
    enter_in_journal(unit, draft)
    assert unit.queue.figure(QueueAccount.POOL) == 10
    assert unit.credits == {(A, BalanceType.POINTS): -10}


def test_where_nothing_moves_nothing_is_written() -> None:
    unit, draft = a_unit(), Draft("merge")
    before, left = unit.queue, unit.budget.left
    post_to_queue(unit, draft, QueueAccount.POOL, NOTHING)
    credit_member(unit, draft, A, BalanceType.CASH, NOTHING)
    enter_in_journal(unit, draft)
    assert unit.queue == before
    assert (unit.journal, unit.credits, unit.budget.left) == ([], {}, left)
