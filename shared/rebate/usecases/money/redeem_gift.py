"""Redeeming gifts: price and stock are taken together or neither is (Rule 3.4)."""

from rebate.domain.errors import Code, Mismatch, Rejected
from rebate.domain.events import GiftRedeemed
from rebate.domain.gifts import Gift, GiftCount, Redemption
from rebate.domain.movements import (
    Leg,
    MovementKind,
    insist_amount,
    insist_covered,
    movement,
)
from rebate.domain.names import MemberId
from rebate.domain.records import replace
from rebate.domain.times import Instant
from rebate.usecases.money.ledger import WalletLedger, source_of
from rebate.usecases.storage.ports import Put, Write
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key, owned_key
from rebate.usecases.storage.rows.lists import ListItem


def redeem_gift(
    ledger: WalletLedger, name: str, member: MemberId, gift: str, quantity: int, at: Instant
) -> Redemption:
    """Take the price of `quantity` pieces from a member, and the pieces from the stock.

    Raises:
        Rejected: `invalid_request`, `unknown_member`, `unknown_entry` (there is no such gift),
            `gift_closed`, `insufficient_balance`, `out_of_stock` or `over_limit`.
        Mismatch: the id is known with other content.
        Unavailable: others kept writing to the wallet or the gift.
    """
    insist_amount(quantity, "quantity")
    return ledger.carry_out(lambda: _redeem(ledger, name, member, gift, quantity, at))


def redemption_source(redemption: Redemption) -> str:
    """Return the source of all that the journal says of a redemption."""
    return source_of("redemption", redemption.member, redemption.id)


def told(redemption: Redemption) -> GiftRedeemed:
    """Return what is told of a redemption as it is now."""
    return GiftRedeemed(
        redemption.id,
        redemption.member,
        redemption.gift,
        redemption.quantity,
        redemption.pocket,
        redemption.price,
        redemption.state,
        redemption.tracking,
    )


def placed_in(list_: str, redemption: Redemption) -> ListItem:
    """Return the redemption's place in a list."""
    return ListItem(list_, redemption.at, redemption.id, redemption.member)


def of_state(state: str) -> str:
    """Return the list of all redemptions in a state."""
    return f"redemptions/{state}"


def of_member(member: MemberId) -> str:
    """Return the list of a member's redemptions."""
    return f"redemptions of/{member}"


def counted(ledger: WalletLedger, gift: Gift, member: MemberId, pieces: int) -> list[Write]:
    """Return what counts a member's pieces of a gift (below zero: given back).

    The gift's version, under which it is stored, keeps the count safe.

    Raises:
        Rejected: `over_limit`.
    """
    count = GiftCount(gift.id, member)
    count = ledger.store.get(GiftCount, key_of(count)) or count
    if gift.limit is not None and pieces > 0 and count.count + pieces > gift.limit:
        message = f"{gift.limit} of gift {gift.id} are allowed, {count.count} were had before"
        raise Rejected(Code.OVER_LIMIT, message)
    after = replace(count, count=count.count + pieces, version=count.version + 1)
    return [Put(after)]


def _redeem(
    ledger: WalletLedger, name: str, member: MemberId, gift_id: str, quantity: int, at: Instant
) -> Redemption:
    known = ledger.store.get(Redemption, owned_key(name, member))
    if known:
        if (known.gift, known.quantity) != (gift_id, quantity):
            raise Mismatch(f"redemption {name} is known with other content")
        return known
    ledger.insist_known(member)
    gift = ledger.store.get(Gift, Key(gift_id))
    if gift is None:
        raise Rejected(Code.UNKNOWN_ENTRY, f"there is no gift {gift_id}")
    if not gift.is_open(at):
        raise Rejected(Code.GIFT_CLOSED, f"gift {gift_id} cannot be redeemed now")
    price = insist_amount(gift.price * quantity, "price")
    held = ledger.wallet(member)
    insist_covered(held, gift.pocket, price)
    left = gift.less(quantity)
    more = counted(ledger, gift, member, quantity)
    placed = Redemption(member, name, gift_id, quantity, gift.pocket, price, at)
    taken = (Leg(member, gift.pocket, -price),)
    ledger.post(
        redemption_source(placed),
        placed.version,
        movement(MovementKind.REDEMPTION, taken, {member: held}),
        at=at,
        rests_on=[held],
        events=(told(placed),),
        rows=[
            Put(placed),
            Put(replace(left, version=gift.version + 1), expects=gift.version),
            Put(placed_in(of_member(member), placed)),
            Put(placed_in(of_state(placed.state), placed)),
            *more,
        ],
    )
    return placed
