"""Bills entered at a store's desk: each becomes an order of the channel cashier (Rule 2.7.2)."""

from contextlib import suppress
from hashlib import sha256
from typing import NamedTuple

from rebate.contracts.events_in import OrderCompleted, OrderPaid
from rebate.contracts.identifiers import BadIdentifier, identifier
from rebate.domain.errors import Mismatch
from rebate.domain.merchants import Bill
from rebate.domain.money import Amount
from rebate.domain.movements import insist_amount
from rebate.domain.names import MemberId, OrderId, StoreId, is_repurchase
from rebate.domain.times import iso
from rebate.usecases.merchants.rights import insist_right
from rebate.usecases.orders.accept_order import OrderAcceptance
from rebate.usecases.people.desk import PeopleDesk
from rebate.usecases.people.invite import inviter_of
from rebate.usecases.storage.ports import Put
from rebate.usecases.storage.rows import key_of

DESK = "rebate"
"""The sender of orders that are entered at desks: the platform's own."""


class BillAsked(NamedTuple):
    """A bill as it was entered: under the cashier's id, of whom (a code; None: a guest's)."""

    id: str
    amount: Amount
    code: str | None = None


def enter_bill(
    desk: PeopleDesk, orders: OrderAcceptance, store: StoreId, by: MemberId, asked: BillAsked
) -> Bill:
    """Enter a bill, which is paid and handed over at once; the same again is no second order.

    Raises:
        Rejected: `not_yours`; `invalid_request`: the amount is not above zero, or the code is none;
            `unknown_member` or `over_limit`, as of `inviter_of`.
        Mismatch: the id is known in this store with other content.
        Unavailable: others kept writing to the same rows.
    """
    insist_right(desk, store, by)
    insist_amount(asked.amount)
    member = None
    if asked.code is not None:
        member = inviter_of(desk, asked.code, tried_by=f"member/{by}").member
    bill = desk.carry_out(lambda: _kept(desk, store, by, asked, member))
    for event in _events(bill):
        orders.accept(event, DESK)
    return bill


def _kept(
    desk: PeopleDesk, store: StoreId, by: MemberId, asked: BillAsked, member: MemberId | None
) -> Bill:
    """Return the bill as it was entered first: what it becomes has its instant for ever."""
    order = _order_of(store, asked.id)
    bill = Bill(store, asked.id, order, member, asked.amount, by, desk.clock.now())
    known = desk.store.get(Bill, key_of(bill))
    if known is None:
        desk.store.commit([Put(bill, expects=0)])
        return bill
    if known.content != bill.content:
        raise Mismatch(f"bill {asked.id} of store {store} is known with other content")
    return known


def _order_of(store: StoreId, name: str) -> OrderId:
    """Return the order that a bill becomes; where its name could be none, by its digest."""
    order = f"bill/{store}/{name}"
    with suppress(BadIdentifier):
        if not is_repurchase(order):
            return OrderId(identifier(order))
    digest = sha256(f"{len(store)}/{store}/{name}".encode()).hexdigest()
    return OrderId(f"bill/{digest}")


def _events(bill: Bill) -> tuple[OrderPaid, OrderCompleted]:
    at = iso(bill.at)
    paid = OrderPaid.model_validate(
        {
            "order_id": bill.order,
            "member": None if bill.member is None else {"id": bill.member},
            "channel": "cashier",
            "store_id": bill.store,
            "paid_at": at,
            "lines": [{"line_id": "1", "product_id": None, "paid": bill.amount}],
        }
    )
    done = {"order_id": bill.order, "completed_at": at}
    return paid, OrderCompleted.model_validate(done)
