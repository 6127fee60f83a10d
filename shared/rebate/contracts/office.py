"""What the HTTP API tells operators of orders and people (contracts, section 6).

Lists are cut into pages: `next`, where it is not null, goes back as the parameter `after`.
"""

from collections.abc import Mapping
from datetime import datetime

from rebate.contracts.api import Entries
from rebate.contracts.money import Redemptions, StatementPage, Withdrawals
from rebate.contracts.notices import Notices
from rebate.contracts.people import TeamShown
from rebate.domain.money import NOTHING, Amount
from rebate.domain.records import dataclass

ORDER_STATES = ("any", "paid", "completed", "refunded")
"""By what orders are looked for; `refunded`: nothing of the order is left."""

EXPORTED = ("orders", "entries", "withdrawals")
"""What can be taken out by one request, as far as one answer holds it."""

MEMBER_PARTS = (
    *("all", "entries", "statement", "orders", "withdrawals", "redemptions", "team"),
    *("notes", "notices"),
)
"""Parts of a member's account that have pages."""


@dataclass(frozen=True, slots=True)
class OrderFound:
    """An order: `paid` before refunds, `refunded` of it; `state` is paid, completed or refunded."""

    order_id: str
    member: str | None
    nickname: str | None
    channel: str
    store_id: str | None
    products: tuple[str, ...]
    paid: Amount
    refunded: Amount
    state: str
    paid_at: datetime
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class OrdersFound:
    """A page of orders, the newest first; it may be short where much is passed over."""

    orders: tuple[OrderFound, ...]
    currency: str
    next: str | None = None


@dataclass(frozen=True, slots=True)
class MemberFound:
    """A member, with what they have by balance; those of zero are left out."""

    id: str
    nickname: str | None
    avatar_url: str | None
    level: str | None
    rank: str | None
    referrer_id: str | None
    balances: Mapping[str, Amount]


@dataclass(frozen=True, slots=True)
class MembersFound:
    """A page of members: those whose id or name it is, else all, who came last first."""

    members: tuple[MemberFound, ...]
    currency: str
    next: str | None = None


@dataclass(frozen=True, slots=True)
class NoteShown:
    """What an operator wrote down about a member."""

    id: str
    at: datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Notes:
    """A page of what is known of a member, by id."""

    notes: tuple[NoteShown, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Erased:
    """That a member was erased, when first under this id."""

    id: str
    member: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MemberShown:
    """A member's whole account: the first page of each part, or a page of the part asked for."""

    member: MemberFound
    erased_at: datetime | None
    entries: Entries | None = None
    statement: StatementPage | None = None
    orders: OrdersFound | None = None
    withdrawals: Withdrawals | None = None
    redemptions: Redemptions | None = None
    team: TeamShown | None = None
    notes: Notes | None = None
    notices: Notices | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that needs a hand: how many there are (`more` than that), and since when.

    `amount` is what they come to, where that is money.
    """

    what: str
    count: int
    more: bool
    amount: Amount | None
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class DayShown:
    """What a day of the shop came to, over all plans: see the reports for each."""

    day: str
    orders: int = 0
    sales: Amount = NOTHING
    contributed: Amount = NOTHING
    rebated: Amount = NOTHING
    commissions: Amount = NOTHING
    entries: int = 0
    promised: Amount = NOTHING
    completed: int = 0
    ended: Amount = NOTHING
    retained: Amount = NOTHING
    borne: Amount = NOTHING
    clawed_back: Amount = NOTHING


@dataclass(frozen=True, slots=True)
class Overview:
    """What operators look at first; days are those of the shop, the newest last."""

    currency: str
    waiting: tuple[Waiting, ...]
    days: tuple[DayShown, ...]


@dataclass(frozen=True, slots=True)
class ExportShown:
    """An export that was asked for (contracts, section 6): `rows` and `bytes` grow while it runs.

    `link` leads to the file for a quarter of an hour, and is null until the export is `done`; ask
    again for a new one, until `expires_at`. `reason` says why it failed.
    """

    id: str
    what: str
    format: str
    starts_at: datetime | None
    ends_at: datetime | None
    state: str
    rows: int
    bytes: int
    asked_at: datetime
    asked_by: str
    finished_at: datetime | None
    expires_at: datetime
    link: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class ExportsShown:
    """The exports of the last day, the newest first; each by itself has a link."""

    exports: tuple[ExportShown, ...]
