"""Bills entered at a store's desk: each becomes an order of the channel cashier (Rule 2.7.2).

Nobody else can tell of such an order, so what is given back of a bill is said here, too.
"""

from contextlib import suppress
from hashlib import sha256
from typing import NamedTuple

from rebate.contracts.events_in import OrderCompleted, OrderPaid, OrderRefunded
from rebate.contracts.identifiers import BadIdentifier, identifier
from rebate.domain.errors import Code, Conflict, Mismatch, Rejected
from rebate.domain.merchants import Bill, StoreRole
from rebate.domain.money import Amount, sum_of
from rebate.domain.movements import insist_amount
from rebate.domain.names import MemberId, OrderId, StoreId, is_repurchase
from rebate.domain.times import Instant, iso
from rebate.usecases.merchants.rights import insist_right
from rebate.usecases.orders.accept_order import OrderAcceptance
from rebate.usecases.orders.store_order import load_order
from rebate.usecases.people.desk import PeopleDesk
from rebate.usecases.people.invite import inviter_of
from rebate.usecases.storage.ports import Put
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import bill_key, refund_key
from rebate.usecases.storage.rows.orders import OrderRefund

DESK = "rebate"
"""The sender of orders that are entered at desks: the platform's own."""

LINE = "1"
"""The one line of a bill."""


class BillAsked(NamedTuple):
    """A bill as it was entered: under the cashier's id, of whom (a code; None: a guest's)."""

    id: str
    amount: Amount
    code: str | None = None


class RefundAsked(NamedTuple):
    """What is given back of a bill, under the id of who says so."""

    id: str
    bill: str
    amount: Amount


class RefundedBill(NamedTuple):
    """A bill of which something was given back: when, and how much in all by now."""

    bill: Bill
    at: Instant
    refunded: Amount


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


def refund_bill(
    desk: PeopleDesk, orders: OrderAcceptance, store: StoreId, by: MemberId, asked: RefundAsked
) -> RefundedBill:
    """Give back a bill, or a part of it (Rule 1.6.5); owners may, the same again changes nothing.

    Raises:
        Rejected: `not_yours`; `invalid_request`: the amount is not above zero; `unknown_entry`: the
            store has no such bill; `refund_exceeds_paid`.
        Mismatch: the id is known of this bill with another amount.
        Unavailable: others kept writing to the same rows.
    """
    insist_right(desk, store, by, StoreRole.OWNER)
    insist_amount(asked.amount)
    bill = desk.store.get(Bill, bill_key(store, asked.bill))
    if bill is None:
        raise Rejected(Code.UNKNOWN_ENTRY, f"store {store} has no bill {asked.bill}")
    for event in _events(bill):
        orders.accept(event, DESK)  # whoever entered it may have been cut off
    at = desk.carry_out(lambda: _refunded(desk, orders, bill, asked))
    order = load_order(desk.store, bill.order)
    return RefundedBill(bill, at, sum_of(order.given_back))


def _refunded(desk: PeopleDesk, orders: OrderAcceptance, bill: Bill, asked: RefundAsked) -> Instant:
    """Refund a bill's order; a refund that is known keeps the instant at which it was made."""
    known = desk.store.get(OrderRefund, refund_key(bill.order, asked.id))
    at = desk.clock.now() if known is None else known.at
    said = {
        "order_id": bill.order,
        "refund_id": asked.id,
        "refunded_at": iso(at),
        "lines": [{"line_id": LINE, "amount": asked.amount}],
    }
    try:
        orders.accept(OrderRefunded.model_validate(said), DESK)
    except Mismatch as other:
        if known is None:
            raise Conflict from other  # somebody made it meanwhile: look again
        raise
    return at


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
            "lines": [{"line_id": LINE, "product_id": None, "paid": bill.amount}],
        }
    )
    done = {"order_id": bill.order, "completed_at": at}
    return paid, OrderCompleted.model_validate(done)
