"""The journal: every movement of value is one balanced entry (Rules 0.10 and 3).

Accounts are plain names of these kinds; there are no others:

    wallet/{pocket}/{member}    what a member has
    queue/{pocket}/{queue}      what a queue has taken in, kept, borne or holds
    issued/{pocket}/{queue}     the other side of points, love value and vouchers given out
    spent/{pocket}/all          what was spent on orders, less what was given back
    gifts/{pocket}/all          what gifts cost
    adjusted/{pocket}/all       the other side of what operators credit and debit
    platform/withdrawn/all      what was paid out of wallets, fees left out
    platform/fees/all           what the platform kept of withdrawals
    platform/commissions/all    what referral, team and merchant rewards and dividends gave
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, NewType

from rebate.domain.money import NOTHING, Amount
from rebate.domain.names import EntryId, LineId, MemberId, OrderId, QueueId
from rebate.domain.records import dataclass, field
from rebate.domain.wire import money, stored_as, wire

Account = NewType("Account", str)


@stored_as("pocket", is_open=True)
class BalanceType(StrEnum):
    """Parts of a wallet. The first three hold money, the others each an asset of their own."""

    CASH = "cash"
    PENDING = "pending"
    HELD = "held"
    POINTS = "points"
    LOVE = "love"
    LOVE_FROZEN = "love_frozen"
    VOUCHER = "voucher"


class QueueAccount(StrEnum):
    """Accounts of a queue, all in money (contracts, section 4: `platform`)."""

    CONTRIBUTED = "contributed"
    BORNE = "borne"
    RETAINED = "retained"
    CLAWED_BACK = "clawed_back"
    REPURCHASED = "repurchased"
    POOL = "pool"
    TRANSIT = "transit"
    """Of a contribution that is being dealt out over several commits: what is not dealt yet."""
    MERGED = "merged"
    """What left for another queue, less what came from one (Rules 1.4.1 and 1.5.5)."""


@stored_as("reason", is_open=True)
class Reason(StrEnum):
    """Why a plan's rebate moved to or from a member: the kinds of reward (Rules 5.7 and 6.2)."""

    QUEUE = "queue"
    """The entry's place in line; also its turn when the day's pool is paid."""
    DIRECT = "direct"
    """Somebody whom the member referred bought (Rules 5.6 and 7.4)."""
    REPURCHASE = "repurchase"
    """The member bought again (Rule 5.6)."""
    AVERAGE = "average"
    OWN = "own"
    CLAWED_BACK = "clawed_back"
    """Taken back from the member after a refund (Rule 1.6.5): an amount below zero."""


class JournalKind(StrEnum):
    """Why a journal entry was made that nobody asked for by itself; the others: `MovementKind`."""

    CONTRIBUTION = "contribution"
    POOL_RUN = "pool_run"
    MERGE = "merge"
    DROPPED = "dropped"
    REPURCHASE = "repurchase"
    RANDOM_RETURN = "random_return"
    EXCHANGE = "exchange"
    REFUND = "refund"
    RELEASE = "release"
    COLLECT = "collect"
    COMMISSION = "commission"
    DIVIDEND = "dividend"


SOURCES = frozenset({QueueAccount.CONTRIBUTED, QueueAccount.BORNE})
"""Accounts that give: their postings are negative where the outcome's figure grows."""

_ASSETS: Mapping[str, str] = {
    BalanceType.POINTS: "points",
    BalanceType.LOVE: "love",
    BalanceType.LOVE_FROZEN: "love",
    BalanceType.VOUCHER: "voucher",
}


def wallet(member: MemberId, pocket: BalanceType) -> Account:
    """Return the account of one pocket of a member's wallet."""
    return Account(f"wallet/{pocket}/{member}")


def queue_account(queue: QueueId, account: QueueAccount) -> Account:
    """Return one of a queue's accounts."""
    return Account(f"queue/{account}/{queue}")


def issued(queue: QueueId, pocket: BalanceType) -> Account:
    """Return the account from which a queue's exchanges give points, love value or vouchers."""
    return Account(f"issued/{pocket}/{queue}")


COMMISSIONS = Account("platform/commissions/all")
WITHDRAWN = Account("platform/withdrawn/all")
FEES = Account("platform/fees/all")

_QUEUE_ACCOUNTS, _POCKETS = frozenset(QueueAccount), frozenset(BalanceType)

_ONE_FOR_ALL = frozenset({"spent", "gifts", "adjusted"})
"""Kinds of accounts of which there is one for each pocket."""


def spent(pocket: BalanceType) -> Account:
    """Return the account of what members spend on orders (Rule 3.3)."""
    return Account(f"spent/{pocket}/all")


def gifts(pocket: BalanceType) -> Account:
    """Return the account of what members give for gifts (Rule 3.4)."""
    return Account(f"gifts/{pocket}/all")


def adjusted(pocket: BalanceType) -> Account:
    """Return the account from which operators credit, and into which they debit (Rule 3.5)."""
    return Account(f"adjusted/{pocket}/all")


def is_known(account: Account) -> bool:
    """Tell whether an account is one that there can be."""
    kind, _, rest = account.partition("/")
    name, _, owner = rest.partition("/")
    match kind:
        case "platform":
            return account in {COMMISSIONS, WITHDRAWN, FEES}
        case "queue":
            return bool(owner) and name in _QUEUE_ACCOUNTS
        case "wallet":
            return bool(owner) and name in _POCKETS
        case "issued":
            return bool(owner) and name in _ASSETS
    return kind in _ONE_FOR_ALL and name in _POCKETS and owner == "all"


def parts_of(account: Account) -> tuple[str, str, str]:
    """Return (kind, pocket, owner) of an account name."""
    kind, pocket, owner = account.split("/", 2)
    return kind, pocket, owner


def asset_of(account: Account) -> str:
    """Return the asset in which an account is kept: `money` unless its pocket says otherwise."""
    return _ASSETS.get(parts_of(account)[1], "money")


@stored_as("posting")
@dataclass(frozen=True, slots=True)
class Posting:
    """`amount` (minor units, signed) added to `account`; `entry` is whom a payout went to.

    `reason` is set where a rebate goes to a member's wallet or is taken back from it.
    """

    account: Annotated[Account, wire("account")]
    amount: Annotated[Amount, money("amount")]
    entry: Annotated[EntryId | None, wire("entry", absent=None)] = None
    reason: Annotated[Reason | None, wire("reason", absent=None)] = None


@stored_as("journal_entry")
@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One movement: why it happened and postings that sum to zero per asset (Rule 0.10)."""

    kind: Annotated[str, wire("kind")]
    postings: Annotated[tuple[Posting, ...], wire("postings")]
    order: Annotated[OrderId | None, wire("order", absent=None)] = None
    line: Annotated[LineId | None, wire("line", absent=None)] = None

    def __post_init__(self) -> None:
        """Refuse to exist unbalanced: that would be a bug, not an operating error."""
        unbalanced = {asset: total for asset, total in totals(self.postings).items() if total}
        assert not unbalanced, f"{self.kind} of {self.order} is off by {unbalanced}"


def totals(postings: Iterable[Posting]) -> dict[str, Amount]:
    """Return the sum of the postings per asset."""
    sums: dict[str, Amount] = {}
    for posting in postings:
        asset = asset_of(posting.account)
        sums[asset] = sums.get(asset, NOTHING) + posting.amount
    return sums


def balances(entries: Iterable[JournalEntry]) -> dict[Account, Amount]:
    """Return what each account holds after `entries`, zero balances left out."""
    sums: dict[Account, Amount] = {}
    for entry in entries:
        for posting in entry.postings:
            sums[posting.account] = sums.get(posting.account, NOTHING) + posting.amount
    return {account: amount for account, amount in sums.items() if amount}


@dataclass(slots=True)
class Draft:
    """A journal entry being written: postings add up until it is closed."""

    kind: str
    order: OrderId | None = None
    line: LineId | None = None
    postings: list[Posting] = field(default_factory=list)

    def post(
        self,
        account: Account,
        amount: Amount,
        entry: EntryId | None = None,
        reason: Reason | None = None,
    ) -> None:
        """Add a posting; nothing is written for an amount of zero."""
        if amount:
            self.postings.append(Posting(account, amount, entry, reason))

    def close(self) -> JournalEntry | None:
        """Return the balanced entry, or None if nothing moved."""
        if not self.postings:
            return None
        return JournalEntry(self.kind, tuple(self.postings), self.order, self.line)
