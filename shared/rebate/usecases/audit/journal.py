"""What the journal says: the sums that all balances and tickets are held against."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from rebate.domain.events import CommissionPaid, RebatePaid
from rebate.domain.ledger import (
    Account,
    BalanceType,
    JournalEntry,
    JournalKind,
    Posting,
    QueueAccount,
    Reason,
    parts_of,
    totals,
)
from rebate.domain.money import NOTHING, Amount
from rebate.domain.names import EntryId, LineId, MemberId, OrderId, QueueId, entry_id
from rebate.usecases.audit.finding import AuditDifference, digest_of
from rebate.usecases.audit.kinds import unknown_accounts, unknown_kinds
from rebate.usecases.money.backing import is_asked_for
from rebate.usecases.storage.rows.journal import (
    Journal,
    StatementEntry,
    StatementMovement,
    movement_of,
)

REWARDS = ("referral/", "dividend/")
"""How sources of rewards outside queues begin."""

TALLIED = "outside queues"
"""Under what commissions and dividends are told, which tallies count."""

MONEY = frozenset({BalanceType.CASH, BalanceType.PENDING, BalanceType.HELD})
_MASK = 2**64 - 1


@dataclass(slots=True)
class GivenOfLine:
    """What a line gave in all, and what of its contributions stayed with the platform.

    `first` is what it gave before refunds. What was retained with it may include money that it
    drew from the pool; of its own at most `first` was (Rule 1.6.5). `own` is what the buyer has of
    it (Rule 6.2).
    """

    net: Amount = NOTHING
    first: Amount = NOTHING
    kept: Amount = NOTHING
    given_up: Amount = NOTHING
    own: Amount = NOTHING

    @property
    def retained(self) -> Amount:
        """What of the line's own contribution the platform still has."""
        return min(self.kept, self.first) - self.given_up


@dataclass(slots=True)
class Sums:
    """Sums over the whole journal.

    `paid` and `converted` are what each entry was given, in money by reason (None: before reasons
    were kept) and in anything else; `given` is what each line gave, `rewards` what each source
    outside queues gave each member, `asked` what was posted because somebody asked for it, by
    source. `movements` holds, per member, a digest of all movements that
    does not depend on their order: statements must come to the same. `last` is the highest number
    of each source, `counts` how many rows it has. `told` is what events say was paid: by queue, and
    outside queues (`TALLIED`).
    """

    accounts: Counter[Account] = field(default_factory=Counter)
    paid: Counter[tuple[QueueId, EntryId, Reason | None]] = field(default_factory=Counter)
    converted: Counter[tuple[QueueId, EntryId]] = field(default_factory=Counter)
    given: dict[tuple[QueueId, OrderId, LineId], GivenOfLine] = field(default_factory=dict)
    rewards: Counter[tuple[str, str]] = field(default_factory=Counter)
    asked: Counter[tuple[str, Account]] = field(default_factory=Counter)
    movements: dict[MemberId, int] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)
    told: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, row: Journal) -> None:
        """Add one row of the journal."""
        self.counts[row.source] += 1
        self.last[row.source] = max(row.number, self.last.get(row.source, 0))
        for event in row.events:
            if isinstance(event, RebatePaid):
                self.told[row.source] += event.amount
            elif isinstance(event, CommissionPaid):
                self.told[TALLIED] += max(0, event.amount)
        for entry in row.entries:
            is_asked = is_asked_for(row.source, entry.kind)
            for posting in entry.postings:
                self.accounts[posting.account] += posting.amount
                if is_asked:
                    self.asked[row.source, posting.account] += posting.amount
                self._add_posting(row, entry, posting)

    def _add_posting(self, row: Journal, entry: JournalEntry, posting: Posting) -> None:
        kind, pocket, owner = parts_of(posting.account)
        queue = QueueId(row.source)
        if kind == "queue":
            self._add_to_line(queue, entry, QueueAccount(pocket), posting.amount)
        found = movement_of(entry, posting)
        if found is None:
            return
        member, movement = found
        digest = movement_digest(row, movement)
        self.movements[member] = (self.movements.get(member, 0) + digest) & _MASK
        if row.source.startswith(REWARDS):
            self.rewards[row.source, owner] += posting.amount
        if posting.reason is Reason.OWN and entry.order is not None and entry.line is not None:
            of_line = (queue, entry.order, entry.line)
            self.given.setdefault(of_line, GivenOfLine()).own += posting.amount
            return
        name = posting.entry or _entry_refunded(entry)
        if name and pocket in MONEY:
            self.paid[queue, name, posting.reason] += posting.amount
        elif name:
            self.converted[queue, name] += posting.amount

    def _add_to_line(
        self, queue: QueueId, entry: JournalEntry, account: QueueAccount, amount: Amount
    ) -> None:
        if entry.order is None or entry.line is None:
            return
        given = self.given.setdefault((queue, entry.order, entry.line), GivenOfLine())
        refunds = entry.kind == JournalKind.REFUND
        if account is QueueAccount.CONTRIBUTED:
            given.net -= amount
            given.first -= NOTHING if refunds else amount
        if account is QueueAccount.RETAINED:
            given.kept += NOTHING if refunds else amount
            given.given_up -= amount if refunds else NOTHING


def movement_digest(row: Journal | StatementEntry, movement: StatementMovement) -> int:
    """Return a number that stands for one movement of one commit."""
    m = movement
    what = (m.kind, m.pocket, m.amount, m.order, m.entry, m.reason, m.counterpart)
    return digest_of(row.source, row.number, row.at, *what)


def add_digest(sums: dict[MemberId, int], member: MemberId, digest: int) -> None:
    """Add to a member's digest; the order of additions does not matter."""
    sums[member] = (sums.get(member, 0) + digest) & _MASK


def add_up(row: Journal, sums: Sums) -> Iterator[AuditDifference]:
    """Add a row up; yield what is not balanced (Rule 0.10), or of no account there is."""
    path = f"journal.{row.source}.{row.number}"
    if wrong := next(unknown_accounts(row), None):
        yield AuditDifference(path, wrong)
        return
    for wrong in unknown_kinds(row):
        yield AuditDifference(path, wrong)
    sums.add(row)
    for entry in row.entries:
        for asset, total in totals(entry.postings).items():
            if total:
                message = f"{entry.kind} of {entry.order} is off by {total} in {asset}"
                yield AuditDifference(path, message)


def _entry_refunded(entry: JournalEntry) -> EntryId | None:
    """Return whose wallet a refund takes from: such postings name only the order and line."""
    if entry.kind != JournalKind.REFUND or entry.order is None or entry.line is None:
        return None
    return entry_id(entry.order, entry.line)
