"""Ids of events as they are kept: with their sender's prefix before them (rule 0.13)."""

from typing import Any

from rebate.contracts.events_in import (
    Event,
    MemberSaved,
    OrderCompleted,
    OrderPaid,
    OrderRefunded,
    ProductSaved,
    StoreRated,
    StoreSaved,
    StoreVisited,
    UnreadableEvent,
)
from rebate.contracts.identifiers import BadIdentifier, identifier
from rebate.contracts.problems import Problem
from rebate.domain.names import is_repurchase


def with_prefix(event: Event, prefix: str, *, members_shared: bool) -> Event:
    """Return an event with `prefix` before its order, refund, member, product and store ids.

    Those of members stay as they were sent where they are shared; ids of lines always do.

    Raises:
        UnreadableEvent: an id is too long then, or is that of a forced repurchase.
    """
    if not prefix:
        return event
    prefixed = _Prefixed(prefix, "" if members_shared else prefix)
    changed = event.model_copy(update=prefixed.ids_of(event))
    if prefixed.problems:
        raise UnreadableEvent(prefixed.problems)
    return changed


class _Prefixed:
    """Puts a prefix before ids, and notes which of them do not bear it."""

    def __init__(self, prefix: str, of_members: str) -> None:
        self._prefix = prefix
        self._of_members = of_members
        self.problems: list[Problem] = []

    def ids_of(self, event: Event) -> dict[str, Any]:
        match event:
            case OrderPaid():
                return self._paid(event)
            case OrderCompleted():
                return {"order_id": self._id("order_id", event.order_id)}
            case OrderRefunded():
                names = ("order_id", "refund_id")
                return {name: self._id(name, getattr(event, name)) for name in names}
            case MemberSaved() | ProductSaved() | StoreSaved() | StoreVisited() | StoreRated():
                own = ("product_id", "store_id", "visit_id", "rating_id")
                of_members = dict.fromkeys(("member_id", "referrer_id"), self._of_members)
                return self._given(event, dict.fromkeys(own, self._prefix) | of_members)

    def _paid(self, event: OrderPaid) -> dict[str, Any]:
        order = self._id("order_id", event.order_id)
        if order is not None and is_repurchase(order):
            message = "must not end in -r and digits: forced repurchases do"
            self.problems.append(Problem("order_id", message))
        buyer = event.member
        if buyer is not None:
            name = self._id("member.id", buyer.id, self._of_members)
            buyer = buyer.model_copy(update={"id": name})
        lines = tuple(
            line.model_copy(
                update={"product_id": self._id(f"lines[{number}].product_id", line.product_id)}
            )
            for number, line in enumerate(event.lines)
        )
        store = self._id("store_id", event.store_id)
        return {"order_id": order, "member": buyer, "store_id": store, "lines": lines}

    def _given(self, event: Event, prefixes: dict[str, str]) -> dict[str, Any]:
        """Return the ids that an event gives, so that what it leaves out stays left out."""
        given = ((name, prefixes[name]) for name in event.model_fields_set & prefixes.keys())
        return {name: self._id(name, getattr(event, name), before) for name, before in given}

    def _id(self, path: str, name: str | None, before: str | None = None) -> str | None:
        if name is None:
            return None
        prefix = self._prefix if before is None else before
        try:
            return identifier(f"{prefix}{name}")
        except BadIdentifier as bad:
            self.problems.append(Problem(path, f"{bad}, with the prefix {prefix}"))
            return name
