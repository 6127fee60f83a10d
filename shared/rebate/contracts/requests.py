"""What the HTTP API takes: the bodies of requests, as `rebate.contracts.api` gives the answers."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from rebate.contracts.api import Asset
from rebate.contracts.notice_texts import Locale
from rebate.contracts.problems import one_of
from rebate.contracts.scalars import (
    WHOLE,
    Bps,
    Count,
    EntryName,
    Flag,
    Id,
    Instant,
    OrderName,
    PartBps,
    PositiveAmount,
    PositiveCount,
    QueueName,
    SignedAmount,
    SignedCount,
    Text,
)
from rebate.contracts.validation import Strict, error_at
from rebate.domain.money import Amount

SIMULATED_MAX = 20_000
"""Orders, over all that a sweep tries, that a request may have played: a few seconds of work."""

RECENT_MAX = 5_000
"""Recent orders that a request may have read."""

Supply = Literal["self", "supplier", "aggregated"]
JobExport = Literal[
    "orders", "entries", "rewards", "wallets", "statements", "withdrawals", "journal", "books"
]
"""What can be taken out by a job; `books` are lines that `rebate import` takes."""
AdjustableAsset = Literal["cash", "points", "love", "love_frozen", "voucher"]
ShortText = Annotated[str, Field(strict=True, min_length=1, max_length=500)]
MaybeText = Annotated[str, Field(strict=True, max_length=500)]
Moment = Annotated[str, Field(strict=True, min_length=1, max_length=64)]
"""A day of the shop's, or an instant with an offset."""
Link = Annotated[str, Field(strict=True, max_length=1000, pattern=r"^https://[^\s]+$")]


class OfEntry(Strict):
    """What names an entry: its name, or its order and line (null where the order has no others)."""

    queue: QueueName
    entry: EntryName | None = None
    order: OrderName | None = None
    line: Id | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.entry is None) == (self.order is None):
            raise error_at("entry", "is required, or order and line instead")
        if self.line is not None and self.order is None:
            raise error_at("line", "goes only with order")
        return self


class ExchangeRequest(OfEntry):
    """Turn all that an entry still lacks into another asset (rule 1.6.1)."""

    into: Asset


class DrawRequest(OfEntry):
    """Draw the ratio of an entry that the lottery decides (rule 1.3.3)."""


class SaveSettings(Strict):
    """Put settings in force in place of those of `version`; 0: the first.

    With `at` they are planned instead: they come into force with that day of the shop's, or at that
    instant, unless others are saved before. With the same `id` once more, the answer is that of the
    first time.
    """

    version: Count
    settings: Mapping[str, Any]
    at: Moment | None = None
    id: Id | None = None


class DropPlanned(Strict):
    """Let the settings that are planned be over, as they are at `version`."""

    version: Count


class CheckSettings(Strict):
    """Tell what settings would mean, without saving them, in words of a language."""

    settings: Mapping[str, Any]
    locale: Locale = "zh-CN"


class Simulate(Strict):
    """Play settings over orders (rule 8.3); `sweep` tries numbers at paths of theirs.

    They are made up, or `recent`: the last `orders` of the last `days`, of which `growth_percent`,
    `repeat_percent` and `basket` say nothing.
    """

    settings: Mapping[str, Any]
    source: Literal["made_up", "recent"] = "made_up"
    orders: Annotated[int, Field(strict=True, ge=1, le=SIMULATED_MAX), WHOLE] = 2_000
    days: Annotated[int, Field(strict=True, ge=1, le=3_660), WHOLE] = 365
    growth_percent: Annotated[int, Field(strict=True, ge=-50, le=100), WHOLE] = 0
    repeat_percent: Annotated[int, Field(strict=True, ge=0, le=100), WHOLE] = 60
    basket: PositiveAmount = Amount(10_000)
    seed: Text = "1"
    schedules: Flag = True
    sweep: Mapping[Text, tuple[Annotated[int, Field(strict=True), WHOLE], ...]] = Field(default={})


class EnableProducts(Strict):
    """Let all existing products of these supplies take part; `after` the `next` of an answer."""

    supplies: tuple[Supply, ...]
    after: Id | None = None


class ClearStalled(Strict):
    """End all entries that wait in a stalled queue, without anything for them."""

    queue: QueueName


class MergeStalled(Strict):
    """Let all that waits in a stalled queue join those that its lines belong to."""

    queue: QueueName


class ExchangeStalled(Strict):
    """Exchange the entries that wait in a stalled queue; `after` is the answer's `next`."""

    queue: QueueName
    into: Asset
    after: Count | None = None


class SaveWording(Strict):
    """Word a kind of notice otherwise; `text` null: as by default. `version` is the one shown.

    A text of one's own is a draft until another operator saves the same (rule 8.4).
    """

    locale: Locale
    kind: Id
    text: Text | None
    version: Count


class ChangeInvite(Strict):
    """Let those who have one's invite code see one's nickname, or not any more."""

    show_nickname: Flag


class SeeNotices(Strict):
    """Remember up to when one looked at one's notices; an earlier instant changes nothing."""

    until: Instant


class BindReferrer(Strict):
    """Follow an invite code; the same again is answered as before, with an `id` or without."""

    code: ShortText
    id: Id | None = None


class CorrectBinding(Strict):
    """Correct who referred a member (rule 2.5.1); `referrer` null: nobody."""

    id: Id
    member: Id
    referrer: Id | None
    reason: ShortText


class SaveApplication(Strict):
    """What one applies with to become a merchant (rule 2.7.1); what is left out is empty.

    `code` is the invite code of who brought one in. Attachments are links.
    """

    name: MaybeText = ""
    contact: MaybeText = ""
    licence: MaybeText = ""
    address: MaybeText = ""
    category: MaybeText = ""
    concession_bps: PartBps | None = None
    attachments: Annotated[tuple[Link, ...], Field(max_length=20)] = ()
    code: ShortText | None = None


class SubmitApplication(Strict):
    """Hand one's application in; the same again is answered as before, with or without an `id`."""

    id: Id | None = None


class Negotiate(Strict):
    """Note what was agreed with an applicant so far; `questions` true sends it back with them."""

    id: Id
    concession_bps: PartBps | None = None
    merchant_bps: PartBps | None = None
    note: MaybeText = ""
    questions: Flag = False


class ApproveApplication(Strict):
    """Approve an application: the store of this id is created, and is the applicant's."""

    id: Id
    store: Id


class RejectApplication(Strict):
    """Reject an application, with a reason."""

    id: Id
    reason: ShortText


class ChangeTerms(Strict):
    """A store's own ratios for its online goods (`store`) or its desk (`cashier`), rule 1.2.7."""

    store: Id
    channel: Literal["store", "cashier"] = "store"
    extraction_bps: Bps | None = None
    fixed_bps: Bps | None = None
    id: Id | None = None


class EnterBill(Strict):
    """A bill at a store's desk, of whose invite code is given, or of a guest (rule 2.7.2)."""

    id: Id
    store: Id
    amount: PositiveAmount
    code: ShortText | None = None


class RefundBill(Strict):
    """What is given back of a bill that was entered at a store's desk (rule 1.6.5)."""

    id: Id
    store: Id
    bill: Id
    amount: PositiveAmount


class ChangeStaff(Strict):
    """Give somebody a role in a store; null takes it away. A member is named by id or code."""

    store: Id
    member: Id | None = None
    code: ShortText | None = None
    role: Literal["owner", "cashier"] | None
    id: Id | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.member is None) == (self.code is None):
            raise error_at("member", "is required, or code instead")
        return self


class PayoutAccountRequest(Strict):
    """Where a withdrawal goes; the reference is what the payout service understands."""

    label: ShortText
    reference: ShortText


class Withdraw(Strict):
    """Ask for cash to be paid out (rule 3.1)."""

    id: Id
    amount: PositiveAmount
    account: PayoutAccountRequest | None = None


class Transfer(Strict):
    """Pass points or love value on to another member (rule 3.2)."""

    id: Id
    to: Id
    asset: Asset
    amount: PositiveAmount


class Redeem(Strict):
    """Redeem a gift (rule 3.4)."""

    id: Id
    gift: Id
    quantity: PositiveCount = 1


class SpendRequest(Strict):
    """Spend what a member has on an order (rule 3.3)."""

    id: Id
    member: Id
    asset: Asset
    amount: PositiveAmount
    order: Id


class GiveBack(Strict):
    """Give back what was spent, or a part of it (rule 3.3)."""

    id: Id
    spend: Id
    amount: PositiveAmount


class DecideWithdrawal(Strict):
    """Approve or reject a withdrawal; `member` says whose, where several have one of that id."""

    id: Id
    member: Id | None = None
    approve: Flag
    reason: Text | None = None


class SettlePayout(Strict):
    """Tell that a withdrawal was paid, or failed, and the payout's reference (rule 3.1)."""

    id: Id
    member: Id | None = None
    reference: Id | None = None
    failed: Flag = False

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.failed and self.reference is None:
            raise error_at("reference", "is required for what was paid")
        return self


class Adjust(Strict):
    """Credit or debit a wallet (rule 3.5), or with `approve` false reject what another asked for.

    Above the set amount another operator has to send the same under the same id.
    """

    id: Id
    member: Id
    asset: AdjustableAsset
    amount: SignedAmount
    reason: ShortText
    below_zero: Flag = False
    approve: Flag = True


class Thaw(Strict):
    """Make frozen love value available (rule 3.6); without an amount, all there is."""

    id: Id
    member: Id
    amount: PositiveAmount | None = None


class GiftPrice(Strict):
    """What a gift costs, in hundredths of exactly one asset."""

    points: PositiveAmount | None = None
    love: PositiveAmount | None = None
    voucher: PositiveAmount | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if sum(price is not None for price in self._prices.values()) != 1:
            raise error_at("", f"must name exactly one of {one_of(tuple(self._prices))}")
        return self

    @property
    def _prices(self) -> Mapping[str, int | None]:
        return {"points": self.points, "love": self.love, "voucher": self.voucher}

    @property
    def asset(self) -> str:
        """In what it is paid."""
        return next(name for name, price in self._prices.items() if price is not None)

    @property
    def amount(self) -> int:
        """How much it is, in hundredths."""
        return next(price for price in self._prices.values() if price is not None)


class SaveGift(Strict):
    """Put a gift on offer in place of `version` (0: a new one; rule 3.4).

    `stock` null: not counted. `stock_change` adds to what there is instead.
    """

    id: Id
    version: Count
    name: ShortText
    picture_url: Text | None = None
    price: GiftPrice
    stock: Count | None = None
    stock_change: SignedCount | None = None
    limit: PositiveCount | None = None
    on: Flag = True
    starts_at: Instant | None = Field(default=None, alias="from")
    ends_at: Instant | None = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.stock is not None and self.stock_change is not None:
            raise error_at("stock_change", "goes only without stock")
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise error_at("to", "must be after from")
        return self


class FollowRedemption(Strict):
    """Tell what became of a redemption; `member` says whose, where several have one of that id."""

    id: Id
    member: Id | None = None
    state: Literal["sent", "done", "cancelled"]
    tracking: Text | None = None
    reason: Text | None = None


class CollectPackets(Strict):
    """Move to cash what waits of red packets (rule 6.2)."""

    id: Id


class DecideParked(Strict):
    """Let a parked command go on, or drop it; the reason is kept with who decided."""

    id: Id
    reason: ShortText


class OfferLink(Strict):
    """Ask for a code by which a member of the shop links the account they sign in with."""

    id: Id
    member_id: Id


class UseLink(Strict):
    """Link the account that is signed in to the member for whom the shop got the code."""

    code: Annotated[str, Field(strict=True, min_length=1, max_length=64)]


class AddNote(Strict):
    """Write down what is known of a member."""

    id: Id
    member: Id
    text: Annotated[str, Field(strict=True, min_length=1, max_length=2_000)]


class AskExport(Strict):
    """Have rows taken out into a file: of some days or instants, or of all time."""

    id: Id
    what: JobExport
    format: Literal["csv", "jsonl"] = "csv"
    starts_at: Moment | None = Field(default=None, alias="from")
    ends_at: Moment | None = Field(default=None, alias="to")


class Erase(Strict):
    """Erase what is personal of a member (rule 8.10)."""

    id: Id
    member: Id
    reason: ShortText | None = None
