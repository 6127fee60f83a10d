"""What promoters earned of each member below, kept as it is paid (Rule 2.8)."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from rebate.domain.invitations import TeamFigures
from rebate.domain.money import NOTHING, Amount
from rebate.domain.names import GUEST, MemberId
from rebate.domain.orders import Order
from rebate.domain.records import replace
from rebate.domain.times import day_of
from rebate.usecases.storage.ports import Put, Store, Write
from rebate.usecases.storage.rows.commissions import Commission
from rebate.usecases.storage.rows.key_of import key_of

EVER = "ever"
"""Beside the months in which they bought: how many of a promoter's people ever did."""


def month_of(order: Order, zone: ZoneInfo) -> str:
    """Return the month of the shop in which an order was paid."""
    assert order.paid_at is not None, f"order {order.id} is not paid"
    return day_of(order.paid_at, zone).isoformat()[:7]


def team_writes(
    store: Store, order: Order, known: Commission | None, after: Commission
) -> Iterator[Write]:
    """Yield the figures of those above a buyer, whose rewards of an order are others now.

    Rewards that were paid before figures were kept never count. Who brought the store in has no
    part in the buyer.
    """
    if after.month is None or order.member is None:
        return
    orders = int(after.turnover > 0) - int(known is not None and known.turnover > 0)
    for promoter, more in _changes(known, after).items():
        if more or orders:
            yield from _counted(store, promoter, order.member, after.month, more, orders)


def _changes(known: Commission | None, after: Commission) -> dict[MemberId, Amount]:
    before = [each.amount for each in known.paid] if known else [NOTHING] * len(after.paid)
    changes: dict[MemberId, Amount] = {}
    for was, now in zip(before, after.paid, strict=True):
        if now.reward.is_for_a_team:
            member = now.reward.member
            changes[member] = changes.get(member, NOTHING) + now.amount - was
    return changes


def _counted(
    store: Store, promoter: MemberId, member: MemberId, month: str, more: Amount, orders: int
) -> Iterator[Write]:
    known = figures_of(store, promoter, member)
    after = known.plus(month, more, orders)
    total = before = figures_of(store, promoter, GUEST)
    for name, was, now in (
        (month, known.orders.get(month, 0), after.orders[month]),
        (EVER, sum(known.orders.values()), sum(after.orders.values())),
    ):
        if bool(was) != bool(now):
            total = total.plus(name, NOTHING, 1 if now else -1)
    yield _put(after, known.version)
    if total != before:
        yield _put(total, before.version)


def figures_of(store: Store, promoter: MemberId, member: MemberId) -> TeamFigures:
    """Return what a member earned a promoter; of nobody: how many bought, by month and ever."""
    figures = TeamFigures(promoter, member)
    return store.get(TeamFigures, key_of(figures)) or figures


def _put(figures: TeamFigures, expects: int) -> Write:
    return Put(replace(figures, version=expects + 1), expects=expects)
