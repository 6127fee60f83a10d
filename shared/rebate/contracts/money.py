"""What the HTTP API tells of wallets: requests, withdrawals, gifts and statements (rule 3).

Amounts of money are minor units, those of points, love value and vouchers hundredths. Lists are cut
into pages: `next`, where it is not null, goes back as the parameter `after`.
"""

from collections.abc import Mapping
from datetime import datetime

from rebate.domain.money import Amount, Bps
from rebate.domain.records import dataclass, field


@dataclass(frozen=True, slots=True)
class ShownAccount:
    """Where a withdrawal goes; of the reference only its end is ever shown again."""

    label: str
    reference: str


@dataclass(frozen=True, slots=True)
class WithdrawalShown:
    """A withdrawal: `asked`, `approved`, `rejected`, `paid` or `failed`.

    `payout` is `amount` less `fee`. `payment` is the payout's reference at the bank. `decided_at`
    and `settled_at` (paid or failed) are null until then, and where that was before they were
    kept. `approvals` are told to operators only.
    """

    id: str
    member: str
    amount: Amount
    fee: Amount
    payout: Amount
    state: str
    at: datetime
    account: ShownAccount | None
    reason: str | None
    payment: str | None
    approvals: tuple[str, ...] | None = None
    decided_at: datetime | None = None
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WithdrawalTotals:
    """What all withdrawals of a state come to."""

    count: int
    amount: Amount
    fee: Amount
    payout: Amount


@dataclass(frozen=True, slots=True)
class WithdrawalTerms:
    """What holds for a withdrawal now: the least amount, the fee, and how many a day (null: any).

    `left_today`: how many more a member may ask for on this day of the shop.
    """

    least: Amount
    fee_bps: Bps
    per_day: int | None
    left_today: int | None


@dataclass(frozen=True, slots=True)
class Withdrawals:
    """A page of withdrawals; the first tells operators the `totals`, unless there are too many.

    It tells a member the `terms` in place of them. Operators are told `nicknames`, by member.
    """

    withdrawals: tuple[WithdrawalShown, ...]
    currency: str
    next: str | None = None
    totals: WithdrawalTotals | None = None
    terms: WithdrawalTerms | None = None
    nicknames: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came of a transfer, spend, give back, adjustment or thaw; a repetition has the same.

    `subject` is who was given it, the order, the spend, or the reason. `state` is `asked` while an
    adjustment waits for a second operator. `left` is what of a spend can still be given back.
    """

    id: str
    kind: str
    member: str
    asset: str
    amount: Amount
    subject: str
    state: str
    at: datetime
    approvals: tuple[str, ...] = ()
    left: Amount | None = None


@dataclass(frozen=True, slots=True)
class PacketsCollected:
    """What of red packets was collected under an id, in minor units; a repetition has the same."""

    id: str
    collected: Amount


@dataclass(frozen=True, slots=True)
class Receipts:
    """A page of what waits for a second operator."""

    adjustments: tuple[Receipt, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Balances:
    """What a member has, by balance; those of zero are left out."""

    member: str
    balances: Mapping[str, Amount]


@dataclass(frozen=True, slots=True)
class GiftShown:
    """A gift: `price` is in hundredths of `asset`, `stock` null where it is not counted."""

    id: str
    name: str
    picture_url: str | None
    asset: str
    price: Amount
    stock: int | None
    limit: int | None
    on: bool
    starts_at: datetime | None
    ends_at: datetime | None
    open: bool
    version: int


@dataclass(frozen=True, slots=True)
class Gifts:
    """A page of gifts."""

    gifts: tuple[GiftShown, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class RedemptionShown:
    """A redemption: `placed`, `sent`, `done` or `cancelled`; `price` is what it cost in all."""

    id: str
    member: str
    gift: str
    quantity: int
    asset: str
    price: Amount
    state: str
    tracking: str | None
    reason: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Redemptions:
    """A page of redemptions; operators are told `nicknames`, by member."""

    redemptions: tuple[RedemptionShown, ...]
    next: str | None = None
    nicknames: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement; `balance` is what there was of `asset` after it, in the wallet's sequence.

    `counterpart` is to or from whom a transfer went.
    """

    at: datetime
    kind: str
    asset: str
    amount: Amount
    balance: Amount
    order_id: str | None
    entry: str | None
    reason: str | None
    counterpart: str | None
    source: str


@dataclass(frozen=True, slots=True)
class StatementPage:
    """A page of a member's movements, the newest first; it may be short where much is passed over.

    Together the pages hold each movement once, also while new ones arrive.
    """

    lines: tuple[StatementLine, ...]
    currency: str
    next: str | None = None
