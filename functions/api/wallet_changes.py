"""What members, operators and shops ask of wallets: requests with a body (rule 3).

    POST /v1/me/withdrawals        hold cash for a payout
    POST /v1/me/packets/collect    collect what waits of red packets
    POST /v1/me/transfers          pass points or love value on
    POST /v1/me/redemptions        redeem a gift
    POST /v1/spends                for shops, signed: spend on an order
    POST /v1/give-backs            for shops, signed: give back what was spent
    POST /v1/withdrawals/decide    for operators: approve or reject
    POST /v1/withdrawals/paid      for operators: paid, or failed
    POST /v1/adjustments           for operators: credit or debit
    POST /v1/thaws                 for operators: make frozen love value available
    PUT  /v1/gifts                 for operators: put a gift on offer, or change it
    POST /v1/redemptions/state     for operators: sent, done, or cancelled

Each `id` is the caller's: the same request again is answered as before, and changes nothing.
"""

from datetime import datetime

from aws_lambda_powertools.event_handler.api_gateway import Response, Router

from functions.api.access import member_of, name_of, own_members
from functions.api.bodies import body_of
from functions.api.current import current_event
from functions.api.errors import answer
from functions.api.signatures import signed_by_shop
from rebate.bootstrap import app
from rebate.contracts import money, requests
from rebate.domain.gifts import Gift
from rebate.domain.ledger import BalanceType
from rebate.domain.money import Amount
from rebate.domain.names import MemberId
from rebate.domain.times import Instant, instant_of
from rebate.domain.withdrawals import Withdrawal
from rebate.usecases.money.adjust import Adjustment, adjust
from rebate.usecases.money.decide_withdrawal import decide_withdrawal
from rebate.usecases.money.follow_redemption import follow_redemption
from rebate.usecases.money.give_back import give_back
from rebate.usecases.money.redeem_gift import redeem_gift
from rebate.usecases.money.request_withdrawal import PayoutTo, request_withdrawal
from rebate.usecases.money.save_gift import save_gift
from rebate.usecases.money.settle_payout import mark_failed, mark_paid
from rebate.usecases.money.show_requests import (
    gift_shown,
    receipt,
    redemption_shown,
    withdrawals_shown,
)
from rebate.usecases.money.spend import spend
from rebate.usecases.money.thaw import thaw
from rebate.usecases.money.transfer import transfer

router = Router()  # type: ignore[no-untyped-call]


@router.post("/v1/me/withdrawals")
def withdraw() -> Response[str]:
    event = current_event()
    asked = body_of(event, requests.Withdraw)
    account = PayoutTo(asked.account.label, asked.account.reference) if asked.account else None
    found = request_withdrawal(
        app().wallets, asked.id, member_of(event), asked.amount, app().clock.now(), account
    )
    return _withdrawal(found, names=False)


@router.post("/v1/me/packets/collect")
def collect() -> Response[str]:
    event = current_event()
    asked = body_of(event, requests.CollectPackets)
    collected = app().holds.collect_as(member_of(event), asked.id)
    return answer(200, money.PacketsCollected(asked.id, collected))


@router.post("/v1/me/transfers")
def pass_on() -> Response[str]:
    event = current_event()
    asked = body_of(event, requests.Transfer)
    giver, taker = member_of(event), MemberId(asked.to)
    now = app().clock.now()
    done = transfer(app().wallets, asked.id, giver, taker, asked.asset, asked.amount, now)
    return answer(200, receipt(done))


@router.post("/v1/me/redemptions")
def redeem() -> Response[str]:
    event = current_event()
    asked = body_of(event, requests.Redeem)
    done = redeem_gift(
        app().wallets, asked.id, member_of(event), asked.gift, asked.quantity, app().clock.now()
    )
    return answer(200, redemption_shown(done))


@router.post("/v1/spends")
def spend_on_order() -> Response[str]:
    event = current_event()
    shop = signed_by_shop(event)
    asked = body_of(event, requests.SpendRequest)
    done = spend(
        app().wallets,
        asked.id,
        shop.member(asked.member),
        asked.asset,
        asked.amount,
        shop.order(asked.order),
        app().clock.now(),
        shop=shop.sender.name,
    )
    return answer(200, receipt(done))


@router.post("/v1/give-backs")
def give_back_spent() -> Response[str]:
    event = current_event()
    shop = signed_by_shop(event)
    asked = body_of(event, requests.GiveBack)
    now = app().clock.now()
    done = give_back(app().wallets, asked.id, asked.spend, asked.amount, now, shop=shop.sender.name)
    return answer(200, receipt(done))


@router.post("/v1/withdrawals/decide")
def decide() -> Response[str]:
    event = current_event()
    said = body_of(event, requests.DecideWithdrawal)
    decided = decide_withdrawal(
        app().wallets,
        said.id,
        approve=said.approve,
        by=name_of(event),
        member=_member(said.member),
        reason=said.reason,
        own_members=own_members(event),
    )
    return _withdrawal(decided, names=True)


@router.post("/v1/withdrawals/paid")
def paid() -> Response[str]:
    event = current_event()
    said = body_of(event, requests.SettlePayout)
    member, own = _member(said.member), own_members(event)
    if said.failed:
        settled = mark_failed(app().wallets, said.id, said.reference, member, own)
    else:
        settled = mark_paid(app().wallets, said.id, said.reference or "", member, own)
    return _withdrawal(settled, names=True)


@router.post("/v1/adjustments")
def adjust_wallet() -> Response[str]:
    event = current_event()
    said = body_of(event, requests.Adjust)
    wish = Adjustment(MemberId(said.member), said.asset, said.amount, said.reason, said.below_zero)
    done = adjust(
        app().wallets,
        said.id,
        wish,
        app().clock.now(),
        by=name_of(event),
        approve=said.approve,
        own_members=own_members(event),
    )
    return answer(200, receipt(done))


@router.post("/v1/thaws")
def thaw_love() -> Response[str]:
    event = current_event()
    said = body_of(event, requests.Thaw)
    now, own = app().clock.now(), own_members(event)
    done = thaw(app().wallets, said.id, MemberId(said.member), said.amount, now, own)
    return answer(200, receipt(done))


@router.put("/v1/gifts")
def change_gift() -> Response[str]:
    event = current_event()
    said = body_of(event, requests.SaveGift)
    gift = Gift(
        said.id,
        said.name,
        BalanceType(said.price.asset),
        Amount(said.price.amount),
        said.stock,
        said.limit,
        said.on,
        _instant(said.starts_at),
        _instant(said.ends_at),
        said.picture_url,
    )
    saved = save_gift(
        app().wallets,
        gift,
        by=name_of(event),
        expects=said.version,
        stock_change=said.stock_change,
    )
    return answer(200, gift_shown(saved, app().clock.now()))


@router.post("/v1/redemptions/state")
def put_redemption() -> Response[str]:
    event = current_event()
    said = body_of(event, requests.FollowRedemption)
    done = follow_redemption(
        app().wallets,
        said.id,
        said.state,
        member=_member(said.member),
        tracking=said.tracking,
        reason=said.reason,
        own_members=own_members(event),
    )
    return answer(200, redemption_shown(done))


def _withdrawal(found: Withdrawal, *, names: bool) -> Response[str]:
    return answer(200, withdrawals_shown(app().store, [found], names=names)[0])


def _member(name: str | None) -> MemberId | None:
    return None if name is None else MemberId(name)


def _instant(moment: datetime | None) -> Instant | None:
    return None if moment is None else instant_of(moment)
