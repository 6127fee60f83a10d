"""Posting: how a decision moves value on the books (Rule 0.10).

A movement is a `Draft` of the ledger. Each of its postings goes through here, so that the sums in
the queue's row and the members' credits follow; at its end it is entered in the journal.
"""

from rebate.domain.ledger import BalanceType, Draft, QueueAccount, Reason, queue_account, wallet
from rebate.domain.loaded_state import EntryRef
from rebate.domain.money import NOTHING, Amount
from rebate.domain.names import MemberId
from rebate.domain.records import replace
from rebate.domain.unit_of_work import UnitOfWork
from rebate.domain.write_budget import ENTRY_BYTES, POSTING_BYTES, bytes_of


def post_to_queue(unit: UnitOfWork, draft: Draft, account: QueueAccount, amount: Amount) -> None:
    """Post to one of the queue's accounts."""
    draft.post(queue_account(unit.queue.id, account), amount)
    if amount:
        unit.budget.tell(POSTING_BYTES + bytes_of(unit.queue.id))
        tills = dict(unit.queue.tills)
        tills[account] = tills.get(account, NOTHING) + amount
        unit.queue = replace(unit.queue, tills=tills)


def credit_member(
    unit: UnitOfWork,
    draft: Draft,
    member: MemberId,
    pocket: BalanceType,
    amount: Amount,
    ref: EntryRef | None = None,
    reason: Reason | None = None,
) -> None:
    """Post to a member's wallet (negative: take)."""
    if amount:
        entry = unit.line.ticket(ref.ticket).entry_id(ref.line) if ref else None
        draft.post(wallet(member, pocket), amount, entry, reason)
        unit.budget.tell(POSTING_BYTES + bytes_of(member) + bytes_of(entry or ""))
        unit.credits[member, pocket] = unit.credits.get((member, pocket), NOTHING) + amount
        unit.budget.pay(member)


def enter_in_journal(unit: UnitOfWork, draft: Draft) -> None:
    """Close a draft and enter it in the journal, if anything moved."""
    entry = draft.close()
    if entry:
        unit.journal.append(entry)
        names = bytes_of(draft.order or "") + bytes_of(draft.line or "")
        unit.budget.tell(ENTRY_BYTES + names)
