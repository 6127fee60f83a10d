"""Who stands above an order's buyer, and who brought its store in (Rules 2.1, 2.2 and 2.4)."""

from collections.abc import Sequence

from rebate.domain.commissions import Above, Merchant
from rebate.domain.money import ZERO_BPS, Bps
from rebate.domain.orders import Order
from rebate.domain.plans import alliance, red_packet
from rebate.domain.records import dataclass
from rebate.domain.terms import Terms
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.catalog import Member, Shop
from rebate.usecases.storage.rows.keys import Key


@dataclass(frozen=True, slots=True)
class Referrals:
    """Those whom an order may owe commissions, as they are known now; read when asked for."""

    store: Store
    terms: Terms
    order: Order

    @property
    def shop(self) -> Shop | None:
        """The store in which the order was made, if it is in the catalog."""
        store = self.order.store
        return self.store.get(Shop, Key(store)) if store else None

    @property
    def merchant(self) -> Merchant | None:
        """Who brought the order's store in, and what it concedes; None: nobody did."""
        shop = None if self.order.channel == "mall" else self.shop
        if shop is None or shop.referrer is None:
            return None
        return Merchant(shop.referrer, self._conceded_bps(shop), shop.merchant_bps)

    def above(self, depth: int) -> Sequence[Above]:
        """Return the members above the buyer, the nearest first, as many as `depth` at most."""
        found: list[Above] = []
        referrer = self.order.referrer
        while referrer is not None and len(found) < depth:
            member = self.store.get(Member, Key(referrer))
            found.append(Above(referrer, member.rank if member else None))
            referrer = member.referrer if member else None
        return found

    def _conceded_bps(self, shop: Shop) -> Bps:
        """Rule 2.4: as red packets have it, else the alliance, if they are on, else the store."""
        terms = self.terms
        packets = terms.of(red_packet.PLAN).concessions_bps
        merchants = terms.of(alliance.PLAN).concessions_bps
        for plan, of_stores in ((red_packet.PLAN, packets), (alliance.PLAN, merchants)):
            if plan.name in terms.on and shop.id in of_stores:
                return of_stores[shop.id]
        return shop.concession_bps or ZERO_BPS
