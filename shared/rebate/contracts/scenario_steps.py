"""The steps of a scenario: what happens, when, and whether it must be refused."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from rebate.contracts.events_in import Channel, Supply
from rebate.contracts.problems import nearest, one_of, shown
from rebate.contracts.requests import AdjustableAsset, GiftPrice, OfEntry
from rebate.contracts.scalars import (
    NOT_EMPTY,
    Amount,
    AskedAmount,
    Count,
    Flag,
    Id,
    Instant,
    OrderName,
    PositiveCount,
    Quantity,
    SignedAmount,
    SignedCount,
    Text,
)
from rebate.contracts.schedules import LEVELS
from rebate.contracts.validation import Strict, error_at
from rebate.domain.money import NOTHING
from rebate.domain.plans.registry import PLANS

Asset = Literal["points", "love", "voucher"]
RefusalCode = Literal[
    "unknown_entry",
    "entry_not_waiting",
    "already_paid",
    "already_drawn",
    "no_lottery",
    "exchange_off",
    "not_yours",
    "insufficient_balance",
    "below_minimum",
    "over_limit",
    "transfer_off",
    "refund_exceeds_paid",
    "conflicting_event",
    "unreadable_event",
    "unknown_member",
    "referrer_bound",
    "out_of_stock",
    "gift_closed",
    "wrong_currency",
    "forbidden",
    "invalid_request",
    "invalid_settings",
    "needs_acknowledgement",
]


def check_run(name: object) -> object:
    """Return the name of a plan's run; raises PydanticCustomError `run` for anything else."""
    known = (*(run.name for _, run in PLANS.runs()), LEVELS)
    if name in known:
        return name
    raise PydanticCustomError(
        "run",
        "must be {known}, not {given}",
        {"known": one_of(known), "given": shown(name), "nearest": nearest(name, known)},
    )


Run = Annotated[str, BeforeValidator(check_run)]
"""What a schedule would start, whether or not one is set."""


class BuyLine(Strict):
    """One line of a purchase; what it leaves out is as in a purchase of one line."""

    line: Id | None = None
    product: Id | None = None
    supply: Supply | None = None
    quantity: Quantity = 1
    paid: Amount
    deducted: Amount = NOTHING
    profit: SignedAmount | None = None


class BuyStep(Strict):
    """A purchase: either one line with `paid`, or `lines`; `member` null is a guest (rule 0.14).

    `supply` None is the channel's default. `level` null is no level where it is written, and the
    member's own where it is left out.
    """

    order: Id
    member: Id | None
    paid: Amount | None = None
    product: Id | None = "p1"
    channel: Channel = "mall"
    store: Id | None = None
    supply: Supply | None = None
    level: Id | None = None
    quantity: Quantity = 1
    deducted: Amount = NOTHING
    profit: SignedAmount | None = None
    lines: Annotated[tuple[BuyLine, ...] | None, NOT_EMPTY] = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.paid is None) == (self.lines is None):
            raise error_at("", "must have either paid or lines")
        for name in {"quantity", "deducted", "profit"} & self.model_fields_set:
            if self.lines is not None:
                raise error_at(name, "belongs to the lines where there are lines")
        if self.channel != "mall" and self.store is None:
            raise error_at("store", f"is required for the channel {self.channel}")
        return self

    def event_detail(self, paid_at: str) -> dict[str, Any]:
        """Return the detail of the OrderPaid that this purchase is, at an instant in ISO 8601."""
        said = {"level": self.level} if "level" in self.model_fields_set else {}
        return {
            "order_id": self.order,
            "member": None if self.member is None else {"id": self.member, **said},
            "channel": self.channel,
            "store_id": self.store,
            "paid_at": paid_at,
            "lines": self._line_details(),
        }

    def _line_details(self) -> list[dict[str, Any]]:
        lines = self.lines or (
            BuyLine(
                quantity=self.quantity,
                paid=self.paid or NOTHING,
                deducted=self.deducted,
                profit=self.profit,
            ),
        )
        return [self._line_detail(number, line) for number, line in enumerate(lines, start=1)]

    def _line_detail(self, number: int, line: BuyLine) -> dict[str, Any]:
        product = line.product if "product" in line.model_fields_set else self.product
        return {
            "line_id": line.line or str(number),
            "product_id": product,
            "supply": line.supply or self.supply,
            "quantity": line.quantity,
            "paid": line.paid,
            "deducted": line.deducted,
            "profit": line.profit,
        }


class RefundStep(Strict):
    """A refund of a part of one line."""

    order: OrderName
    line: Id = "1"
    amount: Amount
    id: Id | None = None


class EntryStep(OfEntry):
    """What is done to an entry, by its holder unless `member` says by whom.

    The entry is named, or its order and line are; a line that is left out is the whole order.
    """

    member: Id | None = None


class DrawStep(EntryStep):
    """A draw for an entry."""


class ExchangeStep(EntryStep):
    """An exchange of what an entry lacks."""

    into: Asset


class PayoutAccountStep(Strict):
    """Where a withdrawal goes: a label for people, a reference for the payout service."""

    label: Text
    reference: Text


class WithdrawStep(Strict):
    """A request for a withdrawal of cash."""

    member: Id
    amount: AskedAmount
    id: Id | None = None
    account: PayoutAccountStep | None = None


class DecideStep(Strict):
    """The decision on a withdrawal by an operator, or what the payout service tells of it.

    Either `approve`, or `paid` with the payout's reference, or `failed`, which may name it, too.
    """

    id: Id
    member: Id | None = None
    approve: Flag | None = None
    reason: Text | None = None
    by: Id = "operator"
    paid: Id | None = None
    failed: Flag = False

    @model_validator(mode="after")
    def _check(self) -> Self:
        told = self.paid is not None or self.failed
        if (self.approve is None) != told:
            raise error_at("", "must have either approve, or paid or failed")
        return self


class TransferStep(Strict):
    """Points or love value passed on to another member."""

    sender: Id = Field(alias="from")
    receiver: Id = Field(alias="to")
    asset: Asset
    amount: AskedAmount
    id: Id | None = None


class SpendStep(Strict):
    """A shop spends points, love value or vouchers of a member on an order."""

    member: Id
    asset: Asset
    amount: AskedAmount
    order: Id
    id: Id | None = None


class GiveBackStep(Strict):
    """A shop gives back what it spent, or a part of it."""

    id: Id | None = None
    spend: Id
    amount: AskedAmount


class GiftStep(Strict):
    """A gift on offer, in place of what there was of that id."""

    id: Id
    name: Text | None = None
    picture_url: Text | None = None
    price: GiftPrice
    stock: Count | None = None
    stock_change: SignedCount | None = None
    limit: PositiveCount | None = None
    on: Flag = True
    starts_at: Instant | None = Field(default=None, alias="from")
    ends_at: Instant | None = Field(default=None, alias="to")


class RedeemStep(Strict):
    """A member redeems a gift."""

    member: Id
    gift: Id
    quantity: AskedAmount = 1
    id: Id | None = None


class GiftStateStep(Strict):
    """What becomes of a redemption."""

    id: Id
    member: Id | None = None
    state: Literal["sent", "done", "cancelled"]
    tracking: Text | None = None
    reason: Text | None = None


class AdjustStep(Strict):
    """An operator credits or debits (below zero) a balance, or rejects what another asked for."""

    member: Id
    asset: AdjustableAsset
    amount: AskedAmount
    reason: Text = "scenario"
    id: Id | None = None
    by: Id = "operator"
    below_zero: Flag = False
    approve: Flag = True


class ThawStep(Strict):
    """An operator makes frozen love value available: `amount`, or all there is."""

    member: Id
    amount: AskedAmount | None = None
    id: Id | None = None


class Bind(Strict):
    """A member follows a referrer's link; with a `reason`, an operator corrects who it was."""

    member: Id
    referrer: Id | None
    reason: Text | None = None
    id: Id | None = None
    by: Id = "operator"

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.referrer is None and self.reason is None:
            raise error_at("reason", "is required where a binding is ended")
        return self


class Collect(Strict):
    """Rewards that a member collects: all that waits for that (rule 6.2)."""

    member: Id


class Move(Strict):
    """What waits in a stalled queue goes on in the queue that its lines belong to (rule 1.4.1)."""

    queue: Id


class EventStep(Strict):
    """An event as it arrives on the bus; its detail is read when the step is played."""

    detail_type: Text = Field(alias="detail-type")
    detail: Any
    source: Text | None = None
    time: Instant | None = None


class Step(Strict):
    """One step: exactly one of the actions, when it happens, and the refusal it must meet."""

    at: Instant | None = None
    refused: RefusalCode | None = None
    buy: BuyStep | None = None
    complete: OrderName | None = None
    refund: RefundStep | None = None
    draw: DrawStep | None = None
    exchange: ExchangeStep | None = None
    run: Run | None = None
    set: dict[str, Any] | None = None
    withdraw: WithdrawStep | None = None
    decide: DecideStep | None = None
    transfer: TransferStep | None = None
    spend: SpendStep | None = None
    give_back: GiveBackStep | None = None
    gift: GiftStep | None = None
    redeem: RedeemStep | None = None
    gift_state: GiftStateStep | None = None
    adjust: AdjustStep | None = None
    thaw: ThawStep | None = None
    bind: Bind | None = None
    collect: Collect | None = None
    move: Move | None = None
    event: EventStep | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        given = [name for name in ACTIONS if getattr(self, name) is not None]
        if len(given) != 1:
            raise error_at("", f"must have exactly one of {one_of(ACTIONS)}")
        return self

    @property
    def kind(self) -> str:
        """The name of the action: one of ACTIONS."""
        return next(name for name in ACTIONS if getattr(self, name) is not None)

    @property
    def action(self) -> Any:
        """What the step does: the value under `kind`."""
        return getattr(self, self.kind)


ACTIONS = (
    "buy",
    "complete",
    "refund",
    "draw",
    "exchange",
    "run",
    "set",
    "withdraw",
    "decide",
    "transfer",
    "spend",
    "give_back",
    "gift",
    "redeem",
    "gift_state",
    "adjust",
    "thaw",
    "bind",
    "collect",
    "move",
    "event",
)
