"""What becomes of a redemption: sent, done, or cancelled, which gives price and stock back."""

from collections.abc import Collection

from rebate.domain.deciders import insist_not_own
from rebate.domain.gifts import Gift, Redemption, RedemptionState
from rebate.domain.movements import Leg, MovementKind, movement
from rebate.domain.names import MemberId
from rebate.domain.records import replace
from rebate.usecases.money.ledger import WalletLedger
from rebate.usecases.money.redeem_gift import (
    counted,
    of_state,
    placed_in,
    redemption_source,
    told,
)
from rebate.usecases.storage.ports import Put, Remove, Write
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key
from rebate.usecases.storage.rows.lists import ListItem


def follow_redemption(
    ledger: WalletLedger,
    name: str,
    state: str,
    *,
    member: MemberId | None = None,
    tracking: str | None = None,
    reason: str | None = None,
    own_members: Collection[MemberId] = (),
) -> Redemption:
    """Put a redemption into another state; `member` is needed where several are called so.

    `own_members` are those that the operator is: theirs are not theirs to decide on.

    Raises:
        Rejected: `unknown_entry`, `not_yours`, or `invalid_request` where several are called so.
        Mismatch: it cannot be in that state now, or was put there with another tracking text.
        Unavailable: others kept writing to it.
    """

    def attempt() -> Redemption:
        known = ledger.find(Redemption, "redemption", name, member)
        insist_not_own(known.member, own_members, f"redemption {known.id}")
        return _go_on(ledger, known, state, tracking, reason)

    return ledger.carry_out(attempt)


def _go_on(
    ledger: WalletLedger,
    known: Redemption,
    state: str,
    tracking: str | None,
    reason: str | None,
) -> Redemption:
    after = known.go_on(state, tracking, reason)
    if after is known:
        return known
    after = replace(after, version=known.version + 1)
    cancelled = after.state == RedemptionState.CANCELLED
    back = (Leg(known.member, known.pocket, known.price),)
    ledger.post(
        redemption_source(known),
        after.version,
        movement(MovementKind.REDEMPTION_CANCELLED, back, {}) if cancelled else None,
        at=known.at,
        events=(told(after),),
        rows=[
            Put(after),
            Remove(ListItem, key_of(placed_in(of_state(known.state), known))),
            Put(placed_in(of_state(after.state), after)),
            *(_put_back(ledger, known) if cancelled else ()),
        ],
    )
    return after


def _put_back(ledger: WalletLedger, cancelled: Redemption) -> list[Write]:
    """Return the gift with its stock back, and the member's count."""
    gift = ledger.store.get(Gift, Key(cancelled.gift))
    assert gift is not None, f"gift {cancelled.gift} was redeemed and is not stored"
    more = replace(gift.less(-cancelled.quantity), version=gift.version + 1)
    count = counted(ledger, gift, cancelled.member, -cancelled.quantity)
    return [Put(more, expects=gift.version), *count]
