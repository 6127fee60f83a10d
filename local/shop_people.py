"""Who does what in the demo's shop beside buying: owners and cashiers of its stores, and a gift."""

from rebate.bootstrap import App
from rebate.domain.gifts import Gift
from rebate.domain.ledger import BalanceType
from rebate.domain.merchants import StoreRight, StoreRole
from rebate.domain.money import Amount
from rebate.domain.names import MemberId, StoreId
from rebate.usecases.merchants.rights import granted
from rebate.usecases.money.save_gift import save_gift
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key

_BY = "demo"
_STAFF = {
    "bakery": {"m02": StoreRole.OWNER, "m03": StoreRole.CASHIER},
    "tea-house": {"m04": StoreRole.OWNER, "m02": StoreRole.OWNER},
}
_GIFTS = (
    Gift("teacup", "Tea cup 青瓷茶杯", BalanceType.POINTS, Amount(3_000), stock=20),
    Gift("tote-bag", "Tote bag 帆布袋", BalanceType.LOVE, Amount(1_500)),
)


def bring_people(app: App) -> None:
    """Give people their rights in stores, and put gifts on offer; those that there are stay."""
    for store, people in _STAFF.items():
        for member, role in people.items():
            right = StoreRight(StoreId(store), MemberId(member), role, _BY, app.clock.now())
            if app.store.get(StoreRight, key_of(right)) is None:
                app.store.commit(granted(right))
    for gift in _GIFTS:
        if app.store.get(Gift, Key(gift.id)) is None:
            save_gift(app.wallets, gift, by=_BY, expects=0)
