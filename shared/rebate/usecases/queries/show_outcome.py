"""The outcome: what all queues, wallets and the platform came to (contracts, section 4)."""

from collections.abc import Iterable
from typing import Any

from rebate.domain.ledger import BalanceType, QueueAccount
from rebate.domain.money import NOTHING, sum_of
from rebate.domain.movements import MovementKind
from rebate.domain.names import NO_QUEUE, QueueId
from rebate.domain.queues import Queue
from rebate.domain.requests import Request, RequestState
from rebate.domain.terms import Terms
from rebate.domain.tickets import Status, Ticket
from rebate.domain.wallets import Wallet
from rebate.domain.withdrawals import Withdrawal
from rebate.usecases.settlement.plan_of import shown_plan_of
from rebate.usecases.storage.office import ImportedLine
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.commissions import Commission, DividendRun

_TILLS = (
    QueueAccount.CONTRIBUTED,
    QueueAccount.RETAINED,
    QueueAccount.BORNE,
    QueueAccount.CLAWED_BACK,
    QueueAccount.REPURCHASED,
)


def show_outcome(store: Store, terms: Terms) -> dict[str, Any]:
    """Return the outcome as a document with exactly three parts; it reads every ticket."""
    queues = sorted(store.scan(Queue), key=lambda queue: queue.id)
    return {
        "queues": _queues(queues, store.scan(Ticket), terms),
        "wallets": _wallets(store.scan(Wallet)),
        "platform": {
            **_platform(queues),
            "commissions": _commissions(store),
            **_money(store),
        },
    }


def _queues(queues: Iterable[Queue], tickets: Iterable[Ticket], terms: Terms) -> dict[str, Any]:
    known = {queue.id: (queue, shown_plan_of(queue.id, terms)) for queue in queues}
    entries: dict[QueueId, list[tuple[int, dict[str, Any]]]] = {name: [] for name in known}
    for ticket in tickets:
        for index, line in enumerate(ticket.lines):
            if line.entry:
                queue, plan = known[ticket.queue]
                status = queue.status_of(ticket, line.entry, completed_first=plan.completed_first)
                shown = _entry(ticket, index, status)
                entries[ticket.queue].append((line.entry.ordinal, shown))
    return {
        name: {
            "pool": queue.figure(QueueAccount.POOL),
            "entries": [shown for _, shown in sorted(entries[name], key=lambda each: each[0])],
        }
        for name, (queue, _) in known.items()
    }


def _entry(ticket: Ticket, index: int, status: Status) -> dict[str, Any]:
    """Return an entry; one that goes on here does so with entitlement and paid (Rule 1.4.1).

    One that was imported joined for what it lacked (`rebate import`).
    """
    line = ticket.lines[index]
    entry = line.entry
    assert entry is not None, f"line {index} of {ticket.order} has no entry"
    before = NOTHING
    if ticket.merged_from != NO_QUEUE:
        before = min(line.received_before, line.promised() or NOTHING)
    return {
        "entry": ticket.entry_id(index),
        "member": ticket.member,
        "status": status.value,
        "entitlement": None if entry.entitlement is None else entry.entitlement + before,
        "paid": entry.paid + before,
    }


def _wallets(wallets: Iterable[Wallet]) -> dict[str, Any]:
    held = {
        wallet.member: {
            pocket.value: amount for pocket, amount in wallet.balances.items() if amount
        }
        for wallet in wallets
    }
    return {member: held[member] for member in sorted(held) if held[member]}


def _platform(queues: Iterable[Queue]) -> dict[str, int]:
    tills = list(queues)
    return {till.value: sum(queue.figure(till) for queue in tills) for till in _TILLS}


def _commissions(store: Store) -> int:
    rewards = sum_of(paid.amount for order in store.scan(Commission) for paid in order.paid)
    runs = list(store.scan(DividendRun))
    earlier = sum_of(amount for run in runs for _, amount in run.parts[: run.done])
    return rewards + earlier + sum_of(run.paid for run in runs)


def _money(store: Store) -> dict[str, int]:
    """Return what left by withdrawals, of it the fees, and the cash put in otherwise."""
    out = [each for each in store.scan(Withdrawal) if each.is_out]
    brought = (BalanceType.CASH, None)
    opened = (each.amount for each in store.scan(ImportedLine) if each.pocket in brought)
    adjusted = (each.amount for each in store.scan(Request) if _adjusts_cash(each))
    return {
        "withdrawn": sum(each.amount for each in out),
        "fees": sum(each.fee for each in out),
        "adjusted": sum_of(adjusted) + sum_of(opened),
    }


def _adjusts_cash(request: Request) -> bool:
    is_done = request.kind == MovementKind.ADJUSTMENT and request.state == RequestState.DONE
    return is_done and request.pocket is BalanceType.CASH
