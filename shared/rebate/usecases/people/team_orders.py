"""What conditions of levels rest on: own completed orders, and those of the team (Rule 2.9).

Orders of a team count where a condition asks for them, for who stood above the buyer at their
completion. They are written under the order's version: what is counted is what is left of it.
"""

from collections.abc import Iterator

from rebate.domain.levels import LevelStep, TeamOrder, TeamUpline
from rebate.domain.money import sum_of
from rebate.domain.names import MemberId
from rebate.domain.orders import Order
from rebate.domain.records import dataclass
from rebate.domain.times import Instant
from rebate.usecases.storage.ports import Check, Put, Store, Write
from rebate.usecases.storage.rows.catalog import Member
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key, number
from rebate.usecases.storage.rows.orders import CompletedSpend

PAGE = 1_000
"""Orders of a team that are read at a time, the newest first, until the condition holds."""


def count_for_team(store: Store, order: Order, depth: int) -> tuple[MemberId, ...]:
    """Count a completed order for those above its buyer; return them, the nearest first.

    Raises:
        Conflict: somebody wrote to the order; read it again.
    """
    assert order.member is not None, f"order {order.id} is a guest's"
    known = store.get(TeamUpline, Key(order.id))
    if known is not None:
        return known.above
    upline = TeamUpline(order.id, _above(store, order.member, depth))
    if upline.above:
        store.commit([Put(upline, expects=0), *_counted(order, upline)])
    return upline.above


def recount_for_team(store: Store, order: Order) -> None:
    """Count what is left of an order that was refunded, if it counted before.

    Raises:
        Conflict: somebody wrote to the order; read it again.
    """
    upline = store.get(TeamUpline, Key(order.id))
    if upline is not None:
        store.commit(_counted(order, upline))


def _counted(order: Order, upline: TeamUpline) -> list[Write]:
    assert order.member is not None, f"order {order.id} is a guest's"
    assert order.completed_at is not None, f"order {order.id} is not completed"
    paid = sum_of(order.left().values())
    rows = [
        TeamOrder(above, order.id, order.completed_at, order.member, level, paid)
        for level, above in enumerate(upline.above, 1)
    ]
    return [Check(Order, Key(order.id), order.version), *map(Put, rows)]


@dataclass(frozen=True, slots=True)
class MemberRecord:
    """What a member and the member's team have done, looked at from an instant."""

    store: Store
    member: MemberId
    at: Instant

    def meets(self, step: LevelStep) -> bool:
        """Tell whether all conditions of a step hold."""
        since = step.since(self.at)
        own = step.spent is not None or step.orders is not None
        return (not own or self._own(step, since)) and (
            not step.counts_team or self._team(step, since)
        )

    def _own(self, step: LevelStep, since: Instant) -> bool:
        rows = self.store.query(CompletedSpend, self.member, after=number(since))
        left = [row.left for row in rows if row.left]
        return sum_of(left) >= (step.spent or 0) and len(left) >= (step.orders or 0)

    def _team(self, step: LevelStep, since: Instant) -> bool:
        """Read the team's orders from the newest back, until there is enough of them."""
        spent, bought = 0, set[MemberId]()
        wanted = step.team_spent or 0, step.referred or 0
        for row in self._team_orders(since):
            if row.amount:
                spent += row.amount
                bought |= {row.member} if row.depth == 1 else set()
            if spent >= wanted[0] and len(bought) >= wanted[1]:
                return True
        return wanted == (0, 0)

    def _team_orders(self, since: Instant) -> Iterator[TeamOrder]:
        after: str | None = None
        while True:
            rows = self.store.query(TeamOrder, self.member, after=after, limit=PAGE, backwards=True)
            for row in rows:
                if row.completed_at < since:
                    return
                yield row
            if len(rows) < PAGE:
                return
            after = key_of(rows[-1]).sort


def _above(store: Store, member: MemberId, depth: int) -> tuple[MemberId, ...]:
    found: list[MemberId] = []
    row = store.get(Member, Key(member))
    while row is not None and row.referrer is not None and len(found) < depth:
        found.append(row.referrer)
        row = store.get(Member, Key(row.referrer))
    return tuple(found)
