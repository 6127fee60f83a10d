"""An audit's way through the books: which tables it reads, in which order, and what it keeps.

Each table is read once, as a stream; what is kept meanwhile is a few numbers for each wallet,
line and leaf of the index of places. It can stop after any row of the larger tables, be stored,
and go on in another process.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from rebate.domain.caps import DailyRebates
from rebate.domain.commands import Give, Merge, OfTicket, Receive, Retain, Settle
from rebate.domain.currencies import decimals_of
from rebate.domain.draws import commitment
from rebate.domain.gifts import GiftCount, Redemption
from rebate.domain.holds import Hold
from rebate.domain.invitations import TeamFigures, TeamMember
from rebate.domain.ledger import (
    Account,
    QueueAccount,
    asset_of,
    parts_of,
    queue_account,
    wallet,
)
from rebate.domain.money import NOTHING, sum_of
from rebate.domain.names import NO_QUEUE, MemberId, OrderId, QueueId
from rebate.domain.orders import Order
from rebate.domain.parking import ParkedState
from rebate.domain.place_index import Node
from rebate.domain.queues import Queue
from rebate.domain.requests import Request
from rebate.domain.tickets import Ticket
from rebate.domain.times import Instant
from rebate.domain.wallets import Wallet
from rebate.domain.withdrawals import Withdrawal
from rebate.usecases.audit.chains import Chains
from rebate.usecases.audit.days import check_days, check_paid_on
from rebate.usecases.audit.dividends import PeriodAudit, check_periods, check_shares
from rebate.usecases.audit.finding import AuditDifference, Reading, wrong
from rebate.usecases.audit.heads import JournalDays
from rebate.usecases.audit.journal import Sums, add_digest, add_up, movement_digest
from rebate.usecases.audit.kept import (
    COMMITTED_WITHIN,
    check_kept_sums,
    check_planned,
    check_queue_list,
)
from rebate.usecases.audit.orders import OrderAudit
from rebate.usecases.audit.people import PeopleAudit
from rebate.usecases.audit.places import PlaceAudit
from rebate.usecases.audit.settings import SettingsAudit
from rebate.usecases.audit.tickets import TicketAudit, orphans
from rebate.usecases.audit.wallets import (
    AUDITED_LISTS,
    check_commission,
    check_dividends,
    check_gift_counts,
    check_given_back,
    check_holds,
    check_lists,
    check_requests,
    check_withdrawals,
)
from rebate.usecases.money.backing import opened_by
from rebate.usecases.settings.save_settings import InForce
from rebate.usecases.storage.office import ImportedLine
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.queue_list import QUEUES
from rebate.usecases.storage.rows.catalog import Member
from rebate.usecases.storage.rows.commissions import Commission, DividendRun, Holder, Periods, Tally
from rebate.usecases.storage.rows.inbox import Inbox, Parked
from rebate.usecases.storage.rows.journal import Journal, StatementEntry
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key
from rebate.usecases.storage.rows.lists import ListItem
from rebate.usecases.storage.rows.orders import CompletedSpend, OrderRefund
from rebate.usecases.storage.rows.schedules import StoredSums
from rebate.usecases.storage.rows.settings import (
    CurrentSettings,
    PlannedSettings,
    Seed,
    SettingsVersion,
)

Found = Iterator[AuditDifference]

STAYS = frozenset(
    {
        *(Journal, Wallet, ImportedLine, Commission, StatementEntry, Ticket, Node, Order),
        CompletedSpend,
    }
)
"""Kinds of rows that are never removed, so that an audit may stop after any of them."""


class Phase(NamedTuple):
    """A table that is read: what becomes of each row, and what is to be said after the last."""

    kind: type
    take: Callable[[Any], Iterable[AuditDifference] | None]
    end: Callable[[], Iterable[AuditDifference]] = tuple
    again: Callable[[], bool] | None = None
    """Where a table is read a second time: whether it has to be."""


class AuditPass:
    """An audit of the books on its way; it holds no store, so that it can be stored itself.

    `began` is when the first row was read: what is settled meanwhile is left to the next audit.
    None: nobody else writes.
    """

    def __init__(self, in_force: InForce, began: Instant | None = None) -> None:
        """Begin an audit under the settings in force."""
        self.began = began
        self.rows: Counter[str] = Counter()
        self.waiting = 0
        self.later = 0
        """Rows of the journal that came while the books were read."""
        self.queues: dict[QueueId, Queue] = {}
        self.chains = Chains()
        self.days = JournalDays()
        terms = in_force.terms
        self._capped = in_force.version if terms.rebates_per_day is not None else None
        self._decimals = decimals_of(terms.currency)
        self._sums = Sums()
        self._held: Counter[Account] = Counter()
        self._pending: set[OrderId] = set()
        self._mailed: set[tuple[OrderId, QueueId]] = set()
        self._pools_moving = 0
        self._begun_there: set[QueueId] = set()
        self._set_aside: Counter[QueueId] = Counter()
        self._parked_in_transit: Counter[QueueId] = Counter()
        self.parked: list[str] = []
        self._merging: set[QueueId] = set()
        self._settings = SettingsAudit(self.chains)
        self._orders = OrderAudit(self._pending, self._mailed, self.chains)
        self._heads: dict[str, str] = {}
        self._unseen: set[Account] = set()
        self._kept: dict[type, list[Any]] = {}
        self._turnover = PeriodAudit()
        self._told: dict[MemberId, int] = {}
        self._audits: dict[QueueId, tuple[TicketAudit, PlaceAudit]] = {}
        self._people = PeopleAudit()
        self._listed: set[str] = set()
        self._newest: Instant | None = None
        self._phase = 0
        self._after: Key | None = None
        kinds = (phase.kind.__name__ for phase in self._phases(None))
        self.form: tuple[str, ...] = (*vars(self), *kinds)
        """What is kept and read: a pass of a release that kept or read others is begun anew."""

    def go_on(self, store: Store, may: Callable[[], bool] = lambda: True) -> Found:
        """Yield what does not add up, from where the audit stopped, as long as it `may` go on.

        Raises:
            UnreadableRow: a row is not what rows of its kind are.
        """
        reading, phases = Reading(store, self.rows), self._phases(store)
        while self._phase < len(phases):
            kind, take, end, again = phases[self._phase]
            if again is None or again():
                rows: Iterator[Any] = reading.scan(kind, after=self._after, counts=again is None)
                for row in rows:
                    yield from take(row) or ()
                    if kind in STAYS:
                        self._after = key_of(row)
                        if not may():
                            return
                yield from end()
            self._phase, self._after = self._phase + 1, None

    @property
    def is_over(self) -> bool:
        """Whether all was read."""
        return self._phase >= len(self._phases(None))

    def _phases(self, store: Any) -> Sequence[Phase]:  # noqa: ANN401 - none is needed to count them
        """Return what is read, in this order: what comes later is held against what came before."""
        orders, people = self._orders, self._people
        kinds = (Withdrawal, Request, Redemption, GiftCount)
        return (
            Phase(Queue, self._queue),
            Phase(Journal, self._journal),
            Phase(SettingsVersion, self._settings.check),
            Phase(CurrentSettings, self._keep, self._in_force),
            Phase(PlannedSettings, self._keep, partial(self._planned, store)),
            Phase(Seed, _seed),
            Phase(Parked, self._parked),
            Phase(Inbox, self._waits, self._accounts),
            Phase(Wallet, self._wallet, self._conservation),
            Phase(Hold, self._keep, self._holds),
            *(Phase(kind, self._keep) for kind in kinds),
            Phase(ImportedLine, self._imported, self._merged),
            Phase(ListItem, self._list_item, partial(self._lists, store)),
            Phase(StoredSums, self._keep, self._kept_sums),
            Phase(Tally, self._keep),
            Phase(Commission, self._commission),
            Phase(DividendRun, self._keep),
            Phase(Holder, self._keep),
            Phase(Periods, self._keep, self._rewards),
            Phase(DailyRebates, self._keep, self._sums_of_days),
            Phase(StatementEntry, self._statement, self._statements),
            Phase(Ticket, self._ticket, self._tickets),
            Phase(Node, self._node, self._nodes),
            Phase(OrderRefund, orders.note_refund),
            Phase(Order, partial(orders.take, store), partial(orders.rest, store)),
            Phase(CompletedSpend, _nothing),
            Phase(
                CompletedSpend,
                partial(orders.take_spending, store),
                partial(orders.rest_of_spending, store),
                lambda: orders.spending != self.rows["CompletedSpend"],
            ),
            Phase(
                Ticket,
                partial(orders.take_stray, store),
                partial(orders.rest_of_strays, store),
                lambda: orders.tickets != self.rows["Ticket"],
            ),
            Phase(Member, people.member, people.loops, self._are_at_rest),
            Phase(TeamMember, people.place, people.without_place, self._are_at_rest),
            Phase(TeamFigures, people.figures, people.untold, self._are_at_rest),
        )

    def _are_at_rest(self) -> bool:
        """Tell whether nobody else writes: bonds and figures of an instant are not kept."""
        return self.began is None

    def _keep(self, row: Any) -> None:  # noqa: ANN401 - a row of any kind of which there are few
        self._kept.setdefault(type(row), []).append(row)

    def _kept_of(self, kind: type) -> list[Any]:
        return self._kept.get(kind, [])

    def _queue(self, row: Queue) -> None:
        self.queues[row.id] = row
        self._audits[row.id] = self._audits_of(row)

    def _journal(self, row: Journal) -> Found:
        """Add a row up, but for what came since the queues were read."""
        self._newest = max(row.at, self._newest or row.at)
        queue = self.queues.get(QueueId(row.source))
        is_new = self.began is not None and row.at >= self.began - COMMITTED_WITHIN
        if is_new and queue is not None and row.number > queue.version:
            self.later += 1
            return
        self.days.add(row, self.chains.add(row))
        yield from add_up(row, self._sums)

    def _in_force(self) -> Found:
        current = self._kept_of(CurrentSettings)
        yield from self._settings.rest(current[0] if current else None)

    def _accounts(self) -> Found:
        yield from self._begun()
        yield from self._tills()
        accounts = self._sums.accounts.items()
        self._unseen = {name for name, sum_ in accounts if sum_ and _is_wallet(name)}

    def _begun(self) -> Found:
        for name, queue in self.queues.items():
            command = queue.progress.command if queue.progress else None
            if command and name not in self._begun_there:
                message = f"{command} was begun and is not in the inbox"
                yield AuditDifference(f"queues.{name}.progress", message)
            on_its_way = name in self._merging
            yield from wrong(f"queues.{name}", "merging", found=queue.merging, expected=on_its_way)
            aside = self._set_aside[name]
            yield from wrong(f"queues.{name}", "parked", found=queue.parked, expected=aside)

    def _parked(self, row: Parked) -> None:
        """Tell of parked and dropped commands: what they would change, or would have, is not."""
        if row.state == ParkedState.RELEASED:
            return
        self._note(row.row)
        self.parked.append(_said_of(row))
        if row.state == ParkedState.PARKED:
            flight = row.progress.in_flight if row.progress else None
            self._set_aside[row.row.queue] += 1
            self._parked_in_transit[row.row.queue] += flight.in_transit if flight else 0

    def _waits(self, row: Inbox) -> None:
        self.waiting += 1 + len(row.others)
        self._note(row)

    def _note(self, row: Inbox) -> None:
        """Keep what a command that waits will change: a step of a merge is half done."""
        queue = self.queues.get(row.queue)
        begun = queue.progress.command if queue and queue.progress else None
        if begun in {row.sort, *(each.sort for each in row.others)}:
            self._begun_there.add(row.queue)
        tickets = (row.ticket, *(each.ticket for each in row.others))
        mailed = [ticket.order for ticket in tickets if ticket]
        self._mailed.update((order, row.queue) for order in mailed)
        self._pending.update((*mailed, *(each.command.order for each in row.others)))
        match row.command:
            case Receive() as step:
                self._pending |= {ticket.order for ticket in step.tickets}
                self._pools_moving += step.pool
                self._merging |= {step.merged_from} - {NO_QUEUE}
            case Merge(goes_on=True):
                self._merging.add(row.queue)
            case Give() | Retain() as command:
                self._pending.add(command.order)
                self._pools_moving += command.amount
            case Settle():
                pass
            case command if isinstance(command, OfTicket):
                self._pending.add(command.order)

    def _tills(self) -> Iterator[AuditDifference]:
        """Each queue's accounts, and what it is dealing out just now."""
        accounts = {name for name in self._sums.accounts if parts_of(name)[0] == "queue"}
        for queue in self.queues.values():
            accounts |= {queue_account(queue.id, QueueAccount(name)) for name in queue.tills}
            flight = queue.progress.in_flight if queue.progress else None
            left = (flight.in_transit if flight else 0) + self._parked_in_transit[queue.id]
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
            queue_row = self.queues.get(QueueId(owner))
            found = queue_row.tills.get(name, 0) if queue_row else 0
            self._held[account] = found
            expected = self._sums.accounts[account]
            yield from wrong(f"queues.{owner}.tills", name, found=found, expected=expected)

    def _merged(self) -> Iterator[AuditDifference]:
        """What left pools for other queues' pools is there, or on its way (Rule 1.5.5).

        So is what an older system's file brought to pools.
        """
        left = sum_of(queue.figure(QueueAccount.MERGED) for queue in self.queues.values())
        yield from wrong("pools", "merged", found=left, expected=self._pools_moving)

    def _wallet(self, row: Wallet) -> Found:
        for pocket, balance in row.balances.items():
            account = wallet(row.member, pocket)
            self._unseen.discard(account)
            self._held[account] = balance
            expected = self._sums.accounts[account]
            yield from wrong(f"wallets.{row.member}", pocket, found=balance, expected=expected)

    def _conservation(self) -> Found:
        """Rule 0.10, over what is stored; accounts without a row of their own as journalled."""
        for account in sorted(self._unseen):
            _, pocket_name, owner = parts_of(account)
            expected = self._sums.accounts[account]
            yield from wrong(f"wallets.{owner}", pocket_name, found=0, expected=expected)
        total = sum(self._held[name] for name in self._held if asset_of(name) == "money")
        for account, balance in self._sums.accounts.items():
            if account not in self._held and asset_of(account) == "money":
                total += balance
        yield from wrong("money", "total", found=total, expected=0)

    def _imported(self, row: ImportedLine) -> None:
        """Take what a line opened a wallet with out of what was asked for: the rest nobody did.

        What it brought to a pool came from no other queue.
        """
        self._pools_moving -= row.amount if row.pocket is None else NOTHING
        for (source, account), amount in opened_by([row]).items():
            self._sums.asked[source, account] -= amount

    def _list_item(self, row: ListItem) -> None:
        if row.list.startswith(AUDITED_LISTS):
            self._keep(row)
        elif row.list == QUEUES:
            self._listed.add(row.id)

    def _holds(self) -> Found:
        yield from check_holds(self._kept_of(Hold), self._held)

    def _lists(self, store: Store) -> Found:
        yield from self._requests()
        yield from check_queue_list(store, self._listed, self.queues)

    def _kept_sums(self) -> Found:
        kept, queues = self._kept_of(StoredSums), self.queues.values()
        held = self._held if self._are_at_rest() else None
        yield from check_kept_sums(kept, queues, held, self._newest)

    def _planned(self, store: Store) -> Found:
        planned = self._kept_of(PlannedSettings)
        yield from check_planned(store, planned[0] if planned else None, self.chains)

    def _requests(self) -> Found:
        """What people and shops asked of wallets: fewer rows than orders, so they are kept."""
        withdrawals, requests = self._kept_of(Withdrawal), self._kept_of(Request)
        redemptions = self._kept_of(Redemption)
        yield from check_withdrawals(withdrawals, self._held, self._sums)
        yield from check_requests([*withdrawals, *requests, *redemptions], self._sums)
        yield from check_given_back(requests)
        yield from check_gift_counts(redemptions, self._kept_of(GiftCount))
        yield from check_lists([*withdrawals, *redemptions], self._kept_of(ListItem))

    def _commission(self, row: Commission) -> Found:
        self._heads[f"referral/{row.order}"] = row.head
        self._orders.note_commission(row)
        self._people.commission(row)
        self._turnover.of_order(row)
        yield from check_commission(row, self._sums)

    def _rewards(self) -> Found:
        """Dividends and what they are of; with the commissions all heads of chains are known."""
        tallies, runs = self._kept_of(Tally), self._kept_of(DividendRun)
        holders, periods = self._kept_of(Holder), self._kept_of(Periods)
        yield from check_dividends(runs, holders, self._sums)
        yield from self._turnover.rest(tallies, runs)
        yield from check_shares(runs, holders)
        yield from check_periods(periods[0] if periods else None, runs)
        self._heads |= {queue.id: queue.head for queue in self.queues.values()}
        self._heads |= {f"dividend/{run.id}": run.head for run in runs}
        yield from self.chains.broken(self._heads)
        yield from check_paid_on(self.queues.values(), tallies, self._sums, self.chains)

    def _sums_of_days(self) -> Found:
        days, queues = self._kept_of(DailyRebates), list(self.queues.values())
        yield from check_days(days, queues, self._kept_of(Tally), capped_under=self._capped)

    def _statement(self, row: StatementEntry) -> None:
        for movement in row.movements:
            add_digest(self._told, row.member, movement_digest(row, movement))

    def _statements(self) -> Found:
        for member in sorted({*self._told, *self._sums.movements}):
            if self._told.get(member, 0) != self._sums.movements.get(member, 0):
                yield AuditDifference(f"statements.{member}", "does not tell what the journal does")

    def _audits_of(self, queue: Queue) -> tuple[TicketAudit, PlaceAudit]:
        return TicketAudit(queue, self._decimals), PlaceAudit(queue)

    def _ticket(self, ticket: Ticket) -> Found:
        """Check a ticket, its entries, and count it for the index of places."""
        known = self._audits.get(ticket.queue)
        tickets, places = known or self._audits_of(Queue(ticket.queue))
        yield from tickets.check(ticket, self._sums)
        yield from self.chains.check_ticket(ticket)
        places.add(ticket)

    def _tickets(self) -> Found:
        for tickets, places in self._audits.values():
            yield from tickets.rest(self._sums)
            yield from places.close()
        yield from orphans(self._sums)

    def _node(self, node: Node) -> Found:
        known = self._audits.get(node.key.queue)
        if known:
            yield from known[1].check(node)

    def _nodes(self) -> Found:
        for _, places in self._audits.values():
            yield from places.rest()


def _nothing(_row: object) -> None:
    """Count a row, and no more."""


def _seed(row: Seed) -> Found:
    if row.secret and commitment(bytes.fromhex(row.secret)) != row.commitment:
        yield AuditDifference(f"seeds.{row.day}", "is not what was committed to")


def _said_of(parked: Parked) -> str:
    """Return what is to be known of a parked or dropped command where the books are looked at."""
    command = parked.row.command
    order = getattr(command, "order", None)
    what = f"the {command.type} of order {order}" if order else f"the {command.type}"
    why = (
        f"by {parked.by}: {parked.why}"
        if parked.state == ParkedState.DROPPED
        else f"since {parked.reason}"
    )
    return f"queue {parked.row.queue}: {what} is {parked.state} {why}"


def _is_wallet(account: Account) -> bool:
    return parts_of(account)[0] == "wallet"
