"""Members' balances, and cash that is pending until it falls due (Rules 1.2.8 and 3.6)."""

from collections import defaultdict
from heapq import heappop, heappush

from rebate.domain.money import NOTHING, Amount
from rebate.domain.times import Instant


class Wallets:
    """Balances by asset and member; money on hold as lots that fall due."""

    def __init__(self) -> None:
        self.by_asset: dict[str, dict[str, Amount]] = {
            name: defaultdict(Amount)
            for name in ("cash", "pending", "held", "points", "love", "love_frozen", "voucher")
        }
        self.cash = self.by_asset["cash"]
        self.pending = self.by_asset["pending"]
        self.lots: dict[str, list[Lot]] = {}
        self.lots_of_order: dict[str, list[Lot]] = {}
        self.due: list[tuple[Instant, int, Lot]] = []
        self._count = 0

    def hold(self, lot: "Lot", due_at: Instant | None) -> None:
        """Keep cash pending; `due_at` None: it is not known yet when it falls due."""
        self.lots.setdefault(lot.member, []).append(lot)
        self.pending[lot.member] += lot.amount
        if due_at is not None:
            self.fall_due(lot, due_at)
        elif lot.days is not None:
            self.lots_of_order.setdefault(lot.order, []).append(lot)

    def fall_due(self, lot: "Lot", at: Instant) -> None:
        """Remember when a lot becomes available."""
        self._count += 1
        heappush(self.due, (at, self._count, lot))

    def release(self, until: Instant) -> None:
        """Make available what is due by an instant (Rule 1.2.8)."""
        while self.due and self.due[0][0] <= until:
            lot = heappop(self.due)[2]
            self.pending[lot.member] -= lot.amount
            self.cash[lot.member] += lot.amount
            lot.amount = NOTHING

    def take_pending(self, member: str, order: str, amount: Amount) -> Amount:
        """Take from pending money, the order's own first; return what was taken (Rule 3.6)."""
        lots = [lot for lot in self.lots.get(member, ()) if lot.amount]
        self.lots[member] = lots
        left = amount
        for lot in sorted(lots, key=lambda lot: lot.order != order):
            taken = min(lot.amount, left)
            lot.amount -= taken
            left -= taken
        self.pending[member] -= amount - left
        return amount - left


class Lot:
    """Pending cash that an order earned; `days` None: until it is collected."""

    __slots__ = ("amount", "days", "member", "order")

    def __init__(self, member: str, order: str, amount: Amount, days: int | None) -> None:
        self.member, self.order, self.amount, self.days = member, order, amount, days
