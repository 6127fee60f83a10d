"""What the API gives of applications and stores to applicants, operators and merchants (rule 2.7).

Amounts are minor units of the deployment's currency, ratios basis points, instants UTC.
"""

from collections.abc import Mapping
from datetime import datetime

from rebate.contracts.queues import QueueShown
from rebate.domain.money import Amount, Bps
from rebate.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class ApplicationStepShown:
    """A step of an application; `by` is who took it: operators are named to operators only."""

    state: str
    at: datetime
    by: str | None
    note: str


@dataclass(frozen=True, slots=True)
class ApplicationShown:
    """An application. `asked`: it was sent back with questions, and may be edited.

    `agreed_concession_bps` and `agreed_merchant_bps` are what was negotiated; `referrer` brought
    the applicant in, shown to operators only; `store` is the store that its approval created.
    """

    id: str
    member: str
    state: str
    asked: bool
    name: str
    contact: str
    licence: str
    address: str
    category: str
    concession_bps: Bps | None
    attachments: tuple[str, ...]
    agreed_concession_bps: Bps | None
    agreed_merchant_bps: Bps | None
    referrer: str | None
    store: str | None
    reason: str | None
    at: datetime
    steps: tuple[ApplicationStepShown, ...]


@dataclass(frozen=True, slots=True)
class ApplicationsShown:
    """A page of the applications in a state, the oldest first."""

    applications: tuple[ApplicationShown, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class StoreRightShown:
    """What somebody may do in a store."""

    store: str
    member: str
    role: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StoreRightsShown:
    """The people of a store, or the stores of somebody."""

    rights: tuple[StoreRightShown, ...]


@dataclass(frozen=True, slots=True)
class StoreTermsShown:
    """A store's own ratios in a channel (null: the plan's), and within what its owners set them.

    Null bounds: owners do not set that ratio.
    """

    channel: str
    extraction_bps: Bps | None
    fixed_bps: Bps | None
    extraction_bounds: tuple[Bps, ...] | None
    fixed_bounds: tuple[Bps, ...] | None


@dataclass(frozen=True, slots=True)
class StoreDay:
    """A day of a store: what was settled of its orders, over all plans that it takes part in."""

    day: str
    figures: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class StoreBuyers:
    """Who bought in a store today: for the first time in the days shown, again, or as guests."""

    new: int
    returning: int
    guests: int


@dataclass(frozen=True, slots=True)
class StoreShown:
    """A store as those see it who have a right in it: today, and the days and months before.

    `buyers` is null where too many orders came in for people to be told apart. Today is that of
    `timezone`.
    """

    id: str
    name: str | None
    role: str
    concession_bps: Bps | None
    currency: str
    today: Mapping[str, int]
    days: tuple[StoreDay, ...]
    months: tuple[StoreDay, ...]
    terms: tuple[StoreTermsShown, ...]
    buyers: StoreBuyers | None = None
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class StoreWait:
    """How long all that waits in a queue takes at the pace of its last days; null: for ever.

    `days_seen`: days that the pace is known of.
    """

    queue: str
    days: int | None
    days_seen: int


@dataclass(frozen=True, slots=True)
class StoreQueues:
    """The queues that only orders of this store join, and how long what waits in them takes."""

    queues: tuple[QueueShown, ...]
    currency: str = "CNY"
    waits: tuple[StoreWait, ...] = ()


@dataclass(frozen=True, slots=True)
class StoreReward:
    """A reward that was paid out of a queue of the store; the member's id is not told."""

    queue: str
    at: datetime
    kind: str
    amount: Amount
    order: str
    entry: str | None


@dataclass(frozen=True, slots=True)
class StoreRewards:
    """A page of a queue's rewards, the newest first; a page may be short, or even empty."""

    rewards: tuple[StoreReward, ...]
    currency: str
    next: str | None = None


@dataclass(frozen=True, slots=True)
class StoreOrder:
    """An order of the store, online or at the desk; whose it is, is not told.

    `paid` is before refunds, `refunded` of it; `state` is paid, completed or refunded.
    """

    order: str
    channel: str
    products: tuple[str, ...]
    paid: Amount
    refunded: Amount
    state: str
    paid_at: datetime
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoreOrders:
    """A page of a store's orders, the newest first; it may be short where much is passed over."""

    orders: tuple[StoreOrder, ...]
    currency: str
    next: str | None = None


@dataclass(frozen=True, slots=True)
class BillShown:
    """A bill that was entered, and the order that it became."""

    id: str
    store: str
    order: str
    amount: Amount
    at: datetime


@dataclass(frozen=True, slots=True)
class BillRefunded:
    """What was given back of a bill, under which refund of its order; `refunded`: of it in all."""

    id: str
    bill: str
    store: str
    order: str
    amount: Amount
    refunded: Amount
    at: datetime
