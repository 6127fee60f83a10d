"""Events as they may come: details in JSON, all of them readable."""

import string
from datetime import datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from rebate.domain.names import is_repurchase

ids = st.text(string.ascii_letters + string.digits + "/#-. é中", min_size=1, max_size=8).map(
    lambda text: " ".join(text.split()) or "x"
)
amounts = st.integers(0, 10**9)
optional_ids = st.none() | ids
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@st.composite
def instants(draw: Any) -> str:
    seconds = draw(st.integers(10**9, 4 * 10**9))
    return datetime.fromtimestamp(seconds, tz=draw(offsets)).isoformat()


@st.composite
def order_lines(draw: Any) -> dict[str, Any]:
    line = {"line_id": draw(ids), "paid": draw(amounts)}
    optional = {
        "product_id": optional_ids,
        "supply": st.sampled_from(["self", "supplier", "aggregated"]),
        "quantity": st.integers(0, 100),
        "deducted": amounts,
        "profit": st.none() | st.integers(-(10**6), 10**6),
    }
    return {**line, **draw(st.fixed_dictionaries({}, optional=optional))}


@st.composite
def paid_details(draw: Any) -> dict[str, Any]:
    """Details of OrderPaid."""
    lines = st.lists(order_lines(), min_size=1, max_size=3, unique_by=lambda line: line["line_id"])
    return {
        "order_id": draw(ids.filter(lambda name: not is_repurchase(name))),
        "member": {"id": draw(ids), "level": draw(optional_ids)},
        "channel": draw(st.sampled_from(["mall", "store", "cashier"])),
        "store_id": draw(ids),
        "paid_at": draw(instants()),
        "lines": draw(lines),
    }


@st.composite
def refunded_details(draw: Any) -> dict[str, Any]:
    """Details of OrderRefunded."""
    line = st.fixed_dictionaries({"line_id": ids, "amount": st.integers(1, 10**9)})
    return {
        "order_id": draw(ids),
        "refund_id": draw(ids),
        "refunded_at": draw(instants()),
        "lines": draw(st.lists(line, min_size=1, max_size=3, unique_by=lambda one: one["line_id"])),
    }


completed_details = st.fixed_dictionaries({"order_id": ids, "completed_at": instants()})
member_details = st.fixed_dictionaries(
    {"member_id": ids},
    optional={"level": optional_ids, "rank": optional_ids, "nickname": st.none() | st.text()},
)

readable = st.one_of(
    st.tuples(st.just("OrderPaid"), paid_details()),
    st.tuples(st.just("OrderRefunded"), refunded_details()),
    st.tuples(st.just("OrderCompleted"), completed_details),
    st.tuples(st.just("MemberSaved"), member_details),
)
"""A detail-type with a detail that it allows."""
