"""Auditing the books: every balance and every queue, recomputed from the journal and the tickets.

Each table is read once, as a stream; what is kept meanwhile is a few numbers for each wallet,
line and leaf of the index of places. Nothing is repaired. Books that change while they are read
look wrong: `Audit.moved` tells.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from rebate.domain.caps import DailyRebates
from rebate.domain.commands import Merge, OfTicket, Receive, Settle
from rebate.domain.currencies import decimals_of
from rebate.domain.draws import commitment
from rebate.domain.gifts import GiftCount, Redemption
from rebate.domain.holds import Hold
from rebate.domain.ledger import Account, QueueAccount, asset_of, parts_of, queue_account, wallet
from rebate.domain.names import MemberId, OrderId, QueueId
from rebate.domain.orders import Order
from rebate.domain.place_index import Node
from rebate.domain.queues import Queue
from rebate.domain.requests import Request
from rebate.domain.tickets import Ticket
from rebate.domain.wallets import Wallet
from rebate.domain.withdrawals import Withdrawal
from rebate.usecases.audit.chains import Chains
from rebate.usecases.audit.days import check_days, check_paid_on
from rebate.usecases.audit.dividends import check_periods, check_shares, check_turnover
from rebate.usecases.audit.finding import AuditDifference, Reading, UnreadableRow, wrong
from rebate.usecases.audit.journal import Sums, add_digest, add_up, movement_digest
from rebate.usecases.audit.orders import OrderAudit
from rebate.usecases.audit.places import PlaceAudit
from rebate.usecases.audit.settings import SettingsAudit
from rebate.usecases.audit.tickets import TicketAudit, orphans
from rebate.usecases.audit.wallets import (
    check_gift_counts,
    check_given_back,
    check_holds,
    check_lists,
    check_requests,
    check_rewards,
    check_withdrawals,
)
from rebate.usecases.settings.save_settings import SettingsReader
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows import (
    Commission,
    CompletedSpend,
    CurrentSettings,
    DividendRun,
    Holder,
    Inbox,
    Journal,
    ListItem,
    OrderRefund,
    Periods,
    Seed,
    SettingsVersion,
    StatementEntry,
    Tally,
)

__all__ = ["Audit", "AuditDifference", "audit_books"]


@dataclass(slots=True)
class Audit:
    """What an audit found: rows read by kind, and the differences.

    `waiting` counts commands that are accepted and not settled: no difference, but not yet in
    any balance. `moved`: something was settled while the books were read.
    """

    rows: Counter[str] = field(default_factory=Counter)
    differences: list[AuditDifference] = field(default_factory=list)
    more: bool = False
    waiting: int = 0
    moved: bool = False


def audit_books(store: Store, *, differences_max: int = 100) -> Audit:
    """Recompute the books and return what differs, the first `differences_max` of it."""
    books = _Books(Reading(store))
    audit = Audit(books.reading.rows)
    try:
        for difference in books.differences():
            if len(audit.differences) == differences_max:
                audit.more = True
                break
            audit.differences.append(difference)
    except UnreadableRow as unreadable:
        audit.differences.append(unreadable.difference)
    audit.waiting = books.waiting
    audit.moved = books.moved()
    return audit


class _Books:
    """The books while they are read."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self._decimals = decimals_of(SettingsReader(reading.store).in_force().terms.currency)
        self._sums = Sums()
        self._queues: dict[QueueId, Queue] = {}
        self._held: Counter[Account] = Counter()
        self.waiting = 0
        self._pending: set[OrderId] = set()
        self._mailed: set[tuple[OrderId, QueueId]] = set()
        self._pools_moving = 0
        self._merging: set[QueueId] = set()
        self._chains = Chains()
        self._orders = OrderAudit(reading.store, self._pending, self._mailed, self._chains)
        self._heads: dict[str, str] = {}

    def differences(self) -> Iterator[AuditDifference]:
        """Yield all that does not add up."""
        self._queues = {queue.id: queue for queue in self.reading.scan(Queue)}
        yield from add_up(self._chains.follow(self.reading.scan(Journal)), self._sums)
        yield from self._settings()
        yield from self._inbox()
        yield from self._tills()
        yield from self._merged()
        yield from self._wallets()
        yield from self._conservation()
        yield from check_holds(self.reading.scan(Hold), self._held)
        yield from self._requests()
        yield from self._rewards()
        yield from self._days()
        yield from self._statements()
        yield from self._tickets()
        yield from self._all_orders()

    def _settings(self) -> Iterator[AuditDifference]:
        settings = SettingsAudit(self._chains)
        for row in self.reading.scan(SettingsVersion):
            yield from settings.check(row)
        yield from settings.rest(next(self.reading.scan(CurrentSettings), None))
        for seed in self.reading.scan(Seed):
            if commitment(bytes.fromhex(seed.secret)) != seed.commitment:
                yield AuditDifference(f"seeds.{seed.day}", "is not what was committed to")

    def _rewards(self) -> Iterator[AuditDifference]:
        """Commissions and dividends, each against the journal and the orders that they are of."""
        tallies = list(self.reading.scan(Tally))
        commissions = list(self._orders.note_commissions(self.reading.scan(Commission)))
        runs, holders = list(self.reading.scan(DividendRun)), list(self.reading.scan(Holder))
        yield from check_rewards(commissions, runs, holders, self._sums)
        yield from check_turnover(commissions, tallies, runs)
        yield from check_shares(runs, holders)
        yield from check_periods(next(self.reading.scan(Periods), None), runs)
        self._heads |= {queue.id: queue.head for queue in self._queues.values()}
        self._heads |= {f"referral/{row.order}": row.head for row in commissions}
        self._heads |= {f"dividend/{run.id}": run.head for run in runs}
        yield from self._chains.broken(self._heads)
        yield from check_paid_on(self._queues.values(), tallies, self._sums, self._chains)

    def _days(self) -> Iterator[AuditDifference]:
        in_force = SettingsReader(self.reading.store).in_force()
        capped = in_force.version if in_force.terms.rebates_per_day is not None else None
        tallies = list(self.reading.store.scan(Tally))
        days, queues = self.reading.scan(DailyRebates), list(self._queues.values())
        yield from check_days(days, queues, tallies, capped_under=capped)

    def moved(self) -> bool:
        """Tell whether any queue was settled since the queues were read."""
        now = {queue.id: queue.version for queue in self.reading.store.scan(Queue)}
        return now != {name: queue.version for name, queue in self._queues.items()}

    def _inbox(self) -> Iterator[AuditDifference]:
        begun = {q.id: q.progress.command for q in self._queues.values() if q.progress}
        for row in self.reading.scan(Inbox):
            self._note(row)
            if begun.get(row.queue) in {row.sort, *(each.sort for each in row.others)}:
                del begun[row.queue]
        for queue, command in begun.items():
            message = f"{command} was begun and is not in the inbox"
            yield AuditDifference(f"queues.{queue}.progress", message)
        for name, stored in self._queues.items():
            on_its_way = name in self._merging
            yield from wrong(f"queues.{name}", "merging", found=stored.merging, expected=on_its_way)

    def _note(self, row: Inbox) -> None:
        """Keep what a command that waits will change: a step of a merge is half done."""
        self.waiting += 1 + len(row.others)
        if row.ticket:
            orders = (row.ticket.order, *(each.ticket.order for each in row.others))
            self._pending.update(orders)
            self._mailed.update((order, row.queue) for order in orders)
        match row.command:
            case Receive() as step:
                self._pending |= {ticket.order for ticket in step.tickets}
                self._pools_moving += step.pool
                self._merging.add(step.merged_from)
            case Merge(goes_on=True):
                self._merging.add(row.queue)
            case Settle():
                pass
            case command if isinstance(command, OfTicket):
                self._pending.add(command.order)

    def _tills(self) -> Iterator[AuditDifference]:
        """Each queue's accounts, and what it is dealing out just now."""
        accounts = {name for name in self._sums.accounts if parts_of(name)[0] == "queue"}
        for queue in self._queues.values():
            accounts |= {queue_account(queue.id, QueueAccount(name)) for name in queue.tills}
            flight = queue.progress.in_flight if queue.progress else None
            left = flight.in_transit if flight else 0
            path = f"queues.{queue.id}.tills"
            yield from wrong(
                path, "transit", found=queue.figure(QueueAccount.TRANSIT), expected=left
            )
            last = self._sums.last.get(queue.id, 0)
            if last > queue.version:
                message = f"is {queue.version}, and the journal goes on to {last}"
                yield AuditDifference(f"queues.{queue.id}.version", message)
        for account in sorted(accounts):
            _, name, owner = parts_of(account)
            queue_row = self._queues.get(QueueId(owner))
            found = queue_row.tills.get(name, 0) if queue_row else 0
            self._held[account] = found
            expected = self._sums.accounts[account]
            yield from wrong(f"queues.{owner}.tills", name, found=found, expected=expected)

    def _merged(self) -> Iterator[AuditDifference]:
        """What left pools for other queues' pools is there, or on its way (Rule 1.5.5)."""
        left = sum(queue.figure(QueueAccount.MERGED) for queue in self._queues.values())
        yield from wrong("queues", "merged", found=left, expected=self._pools_moving)

    def _wallets(self) -> Iterator[AuditDifference]:
        unseen = {name for name, sum_ in self._sums.accounts.items() if sum_ and _is_wallet(name)}
        for row in self.reading.scan(Wallet):
            for pocket, balance in row.balances.items():
                account = wallet(row.member, pocket)
                unseen.discard(account)
                self._held[account] = balance
                expected = self._sums.accounts[account]
                yield from wrong(f"wallets.{row.member}", pocket, found=balance, expected=expected)
        for account in sorted(unseen):
            _, pocket_name, owner = parts_of(account)
            expected = self._sums.accounts[account]
            yield from wrong(f"wallets.{owner}", pocket_name, found=0, expected=expected)

    def _conservation(self) -> Iterator[AuditDifference]:
        """Rule 0.10, over what is stored; accounts without a row of their own as journalled."""
        total = sum(self._held[name] for name in self._held if asset_of(name) == "money")
        for account, balance in self._sums.accounts.items():
            if account not in self._held and asset_of(account) == "money":
                total += balance
        yield from wrong("money", "total", found=total, expected=0)

    def _requests(self) -> Iterator[AuditDifference]:
        """What people and shops asked of wallets: fewer rows than orders, so they are kept."""
        withdrawals = list(self.reading.scan(Withdrawal))
        requests = list(self.reading.scan(Request))
        redemptions = list(self.reading.scan(Redemption))
        yield from check_withdrawals(withdrawals, self._held, self._sums)
        yield from check_requests([*withdrawals, *requests, *redemptions], self._sums)
        yield from check_given_back(requests)
        yield from check_gift_counts(redemptions, self.reading.scan(GiftCount))
        yield from check_lists([*withdrawals, *redemptions], self.reading.scan(ListItem))

    def _statements(self) -> Iterator[AuditDifference]:
        found: dict[MemberId, int] = {}
        for row in self.reading.scan(StatementEntry):
            for movement in row.movements:
                add_digest(found, row.member, movement_digest(row, movement))
        for member in sorted({*found, *self._sums.movements}):
            if found.get(member, 0) != self._sums.movements.get(member, 0):
                yield AuditDifference(f"statements.{member}", "does not tell what the journal does")

    def _tickets(self) -> Iterator[AuditDifference]:
        """Tickets, their entries, and the index of their places, which is derived from them."""
        known = {name: self._audits(queue) for name, queue in self._queues.items()}
        for ticket in self.reading.scan(Ticket):
            audits = known.get(ticket.queue) or self._audits(Queue(ticket.queue))
            yield from audits[0].check(ticket)
            yield from self._chains.check_ticket(ticket)
            audits[1].add(ticket)
        for tickets, places in known.values():
            yield from tickets.rest()
            yield from places.close()
        yield from orphans(self._sums)
        for node in self.reading.scan(Node):
            if node.key.queue in known:
                yield from known[node.key.queue][1].check(node)
        for _, places in known.values():
            yield from places.rest()

    def _audits(self, queue: Queue) -> tuple[TicketAudit, PlaceAudit]:
        return TicketAudit(queue, self._sums, self._decimals), PlaceAudit(queue)

    def _all_orders(self) -> Iterator[AuditDifference]:
        orders = self._orders
        orders.note_refunds(self.reading.scan(OrderRefund))
        yield from orders.check(self.reading.scan(Order))
        yield from orders.rest()
        if orders.tickets != self.reading.rows["Ticket"]:
            yield from orders.strays(self.reading.store.scan(Ticket))
        if orders.spending != sum(1 for _ in self.reading.scan(CompletedSpend)):
            yield from orders.stray_spending(self.reading.store.scan(CompletedSpend))


def _is_wallet(account: Account) -> bool:
    return parts_of(account)[0] == "wallet"
