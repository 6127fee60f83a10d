"""The steps of a scenario that ask something of wallets (rule 3)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rebate.contracts import scenario_steps as steps
from rebate.domain.gifts import Gift
from rebate.domain.ledger import BalanceType
from rebate.domain.money import Amount
from rebate.domain.names import MemberId, OrderId
from rebate.domain.times import Instant, instant_of
from rebate.usecases.money.adjust import Adjustment, adjust
from rebate.usecases.money.decide_withdrawal import decide_withdrawal
from rebate.usecases.money.follow_redemption import follow_redemption
from rebate.usecases.money.give_back import give_back
from rebate.usecases.money.ledger import WalletLedger
from rebate.usecases.money.redeem_gift import redeem_gift
from rebate.usecases.money.request_withdrawal import PayoutTo, request_withdrawal
from rebate.usecases.money.save_gift import save_gift
from rebate.usecases.money.settle_payout import mark_failed, mark_paid
from rebate.usecases.money.spend import spend
from rebate.usecases.money.thaw import thaw
from rebate.usecases.money.transfer import transfer

SHOP = "scenario"
"""The one sender of a scenario's spends and give backs."""


@dataclass(frozen=True, slots=True)
class TakenStep:
    """A step as it is taken: on which wallets, when, and its id where it names none."""

    ledger: WalletLedger
    at: Instant
    name: str


def _withdraw(taken: TakenStep, wish: steps.WithdrawStep) -> None:
    account = PayoutTo(wish.account.label, wish.account.reference) if wish.account else None
    name, member = wish.id or taken.name, MemberId(wish.member)
    request_withdrawal(taken.ledger, name, member, wish.amount, taken.at, account)


def _decide(taken: TakenStep, told: steps.DecideStep) -> None:
    member = _member(told.member)
    if told.failed:
        mark_failed(taken.ledger, told.id, told.paid, member)
    elif told.paid is not None:
        mark_paid(taken.ledger, told.id, told.paid, member)
    else:
        decide_withdrawal(
            taken.ledger,
            told.id,
            approve=bool(told.approve),
            by=told.by,
            member=member,
            reason=told.reason,
        )


def _transfer(taken: TakenStep, wish: steps.TransferStep) -> None:
    giver, taker = MemberId(wish.sender), MemberId(wish.receiver)
    name = wish.id or taken.name
    transfer(taken.ledger, name, giver, taker, wish.asset, wish.amount, taken.at)


def _spend(taken: TakenStep, wish: steps.SpendStep) -> None:
    spend(
        taken.ledger,
        wish.id or taken.name,
        MemberId(wish.member),
        wish.asset,
        wish.amount,
        OrderId(wish.order),
        taken.at,
        shop=SHOP,
    )


def _give_back(taken: TakenStep, wish: steps.GiveBackStep) -> None:
    name = wish.id or taken.name
    give_back(taken.ledger, name, wish.spend, wish.amount, taken.at, shop=SHOP)


def _gift(taken: TakenStep, wish: steps.GiftStep) -> None:
    gift = Gift(
        wish.id,
        wish.name or wish.id,
        BalanceType(wish.price.asset),
        Amount(wish.price.amount),
        wish.stock,
        wish.limit,
        wish.on,
        _instant(wish.starts_at),
        _instant(wish.ends_at),
        wish.picture_url,
    )
    save_gift(taken.ledger, gift, by=SHOP, stock_change=wish.stock_change)


def _redeem(taken: TakenStep, wish: steps.RedeemStep) -> None:
    name, member = wish.id or taken.name, MemberId(wish.member)
    redeem_gift(taken.ledger, name, member, wish.gift, wish.quantity, taken.at)


def _gift_state(taken: TakenStep, told: steps.GiftStateStep) -> None:
    follow_redemption(
        taken.ledger,
        told.id,
        told.state,
        member=_member(told.member),
        tracking=told.tracking,
        reason=told.reason,
    )


def _adjust(taken: TakenStep, wish: steps.AdjustStep) -> None:
    what = Adjustment(MemberId(wish.member), wish.asset, wish.amount, wish.reason, wish.below_zero)
    name = wish.id or taken.name
    adjust(taken.ledger, name, what, taken.at, by=wish.by, approve=wish.approve)


def _thaw(taken: TakenStep, wish: steps.ThawStep) -> None:
    name, member = wish.id or taken.name, MemberId(wish.member)
    thaw(taken.ledger, name, member, wish.amount, taken.at)


def _member(name: str | None) -> MemberId | None:
    return None if name is None else MemberId(name)


def _instant(moment: datetime | None) -> Instant | None:
    return None if moment is None else instant_of(moment)


WALLET_ACTIONS: Mapping[str, Callable[[TakenStep, Any], None]] = {
    "withdraw": _withdraw,
    "decide": _decide,
    "transfer": _transfer,
    "spend": _spend,
    "give_back": _give_back,
    "gift": _gift,
    "redeem": _redeem,
    "gift_state": _gift_state,
    "adjust": _adjust,
    "thaw": _thaw,
}
"""By the name of a step: what carries it out."""
