"""What members are told of movements that somebody asked for (Rules 1.7 and 3)."""

from collections.abc import Iterator

from rebate.domain.events import (
    Adjusted,
    Event,
    GiftRedeemed,
    GivenBack,
    LoveThawed,
    Spent,
    Transferred,
    WithdrawalPaid,
)
from rebate.domain.ledger import BalanceType
from rebate.domain.names import MemberId

Facts = dict[str, str | int]


def told_of(event: Event) -> Iterator[tuple[MemberId, str, Facts]]:
    """Yield who is told of an event, the kind of notice and what it may name; of others nothing."""
    match event:
        case Transferred():
            facts: Facts = {"amount": event.amount, "pocket": event.pocket.value}
            yield event.giver, "transfer_sent", facts | {"to": event.taker}
            yield event.taker, "transfer_received", facts | {"from": event.giver}
        case WithdrawalPaid() if event.failed:
            facts = {"withdrawal": event.withdrawal, "amount": event.amount}
            yield event.member, "withdrawal_failed", facts
        case WithdrawalPaid():
            facts = {"withdrawal": event.withdrawal, "amount": event.amount}
            payout = event.amount - event.fee
            yield event.member, "withdrawal_paid", facts | {"payout": payout}
        case Spent() | GivenBack():
            kind = "spent" if isinstance(event, Spent) else "given_back"
            facts = {"amount": event.amount, "pocket": event.pocket.value}
            yield event.member, kind, facts | {"order": event.order}
        case GiftRedeemed():
            yield event.member, f"gift_{event.state}", _of_gift(event)
        case Adjusted():
            kind = "credited" if event.amount > 0 else "debited"
            facts = {"amount": abs(event.amount), "pocket": event.pocket.value}
            yield event.member, kind, facts | {"reason": event.reason}
        case LoveThawed():
            facts = {"amount": event.amount, "pocket": BalanceType.LOVE.value}
            yield event.member, "love_thawed", facts
        case _:
            return


def _of_gift(event: GiftRedeemed) -> Facts:
    facts: Facts = {
        "amount": event.amount,
        "pocket": event.pocket.value,
        "gift": event.gift,
        "quantity": event.quantity,
        "redemption": event.redemption,
    }
    return facts | ({"tracking": event.tracking} if event.tracking else {})
