"""Histories: events of a file, one EventBridge entry a line, as `rebate replay` takes them.

What is plain is read by hand, for there may be millions; whatever is not goes through the contract,
which says what is wrong with it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from rebate.contracts.envelopes import SHORT, Delivery, delivery_of
from rebate.contracts.events_in import (
    MemberSaved,
    OrderCompleted,
    OrderPaid,
    OrderRefunded,
    ProductSaved,
    StoreSaved,
    UnreadableEvent,
    digest,
    parse_event,
)
from rebate.contracts.problems import shown
from rebate.domain.errors import Rejected
from rebate.domain.names import is_repurchase
from rebate.domain.senders import UNNAMED
from rebate.domain.times import Instant, instant_of
from rebate.simulation.plain import are_refunded, instant_or_none, is_amount, is_id, is_plain
from rebate.simulation.tape import NOTHING, ORDER, PLAIN, REFUNDED, SAVED, Tape

_INSTANTS = {
    "OrderPaid": "paid_at",
    "OrderCompleted": "completed_at",
    "OrderRefunded": "refunded_at",
}


class Admission(Protocol):
    """Tells whose word an event is, and what that sender may tell (Rule 0.13)."""

    @property
    def asks_nobody(self) -> bool:
        """Whether whatever names no currency goes in as it is."""
        ...

    def admit(self, delivery: Delivery[Any]) -> Delivery[Any]:
        """Return an event with its sender, and with its ids as they are kept.

        Raises:
            UnreadableEvent: an id is too long with its sender's prefix.
            Rejected: the sender may not tell this.
        """
        ...


@dataclass(frozen=True, slots=True)
class SetAside:
    """An event that can never succeed: its line (from 1), and why."""

    line: int
    code: str
    reason: str

    def __str__(self) -> str:
        """Tell it on one line."""
        return f"line {self.line}: {self.reason} ({self.code})"


@dataclass(slots=True)
class History:
    """What could be read of a file, and what was set aside of it."""

    tape: Tape = field(default_factory=Tape)
    set_aside: list[SetAside] = field(default_factory=list)
    repeated: int = 0


def read_history(lines: Iterable[bytes], door: Admission) -> Iterator[History]:
    """Read numbered lines; yield the history so far after each, for those who watch."""
    reader = _Reader(door)
    for number, line in enumerate(lines, start=1):
        if line.strip():
            reader.take(number, line)
        yield reader.history
    yield reader.history


class _Reader:
    def __init__(self, door: Admission) -> None:
        self.history = History()
        self._door = door
        self._asks_nobody = door.asks_nobody
        self._paid: dict[str, int] = {}
        self._usual: object = None
        self._owners: dict[str, object] = {}
        self._early: dict[str, list[tuple[int, object]]] = {}
        self._latest = Instant(0)

    def take(self, number: int, line: bytes) -> None:
        """Read a line, or set it aside."""
        try:
            entry = json.loads(line.decode("utf-8-sig") if line[:1] == b"\xef" else line)
            if not isinstance(entry, dict):
                raise ValueError(f"must be an object, not {shown(entry)}")  # noqa: TRY004, TRY301
        except (ValueError, RecursionError) as error:
            self._set_aside(number, "unreadable_event", f"is not a JSON object: {error}")
            return
        try:
            if not (self._asks_nobody and len(line) <= SHORT and self._plainly(number, entry)):
                self._judged(number, self._door.admit(delivery_of(entry, len(line))))
        except UnreadableEvent as unreadable:
            self._set_aside(number, unreadable.code, "; ".join(map(str, unreadable.problems)))
        except Rejected as refusal:
            self._set_aside(number, refusal.code.value, str(refusal))

    def _plainly(self, number: int, entry: Mapping[str, Any]) -> bool:
        """Take an event that is right beyond doubt; tell if it is."""
        kind, detail, time = entry.get("detail-type"), entry.get("detail"), entry.get("time")
        named = _INSTANTS.get(kind) if type(kind) is str else None
        if named is None or type(detail) is not dict or detail.get("currency") is not None:
            return False
        at, order = instant_or_none(detail.get(named)), detail.get("order_id")
        if at is None or not is_id(order) or "accepted_from" in entry:
            return False
        if time is not None and time != detail[named] and instant_or_none(time) is None:
            return False
        source = entry.get("source")
        sender = source if type(source) is str and source else UNNAMED
        if kind == "OrderPaid":
            row = len(self.history.tape)
            if is_repurchase(order) or not _add_plain(self.history.tape, detail, at, number):
                return False
            self._known(number, row, sender)
        elif kind == "OrderCompleted":
            self._completed(number, order, at, sender)
        elif not _is_plain_refund(detail):
            return False
        else:
            self._refunded(number, detail, at, sender)
        return True

    def _judged(self, number: int, delivery: Delivery[Any]) -> None:
        """Take an event that the contract and the door let in."""
        event, sender, tape = delivery.event, delivery.sender, self.history.tape
        said = event.model_dump(mode="json", exclude_unset=True)
        match event:
            case OrderPaid():
                row = len(tape)
                tape.add(ORDER, instant_of(event.paid_at), event.order_id, said, number)
                self._known(number, row, sender)
            case OrderCompleted():
                self._completed(number, event.order_id, instant_of(event.completed_at), sender)
            case OrderRefunded():
                self._refunded(number, said, instant_of(event.refunded_at), sender)
            case MemberSaved() | ProductSaved() | StoreSaved():
                at = self._latest if delivery.at is None else delivery.at
                tape.add(SAVED, at, type(event).__name__, said, number)

    def _completed(self, number: int, order: str, at: Instant, sender: object) -> None:
        if self._may_tell(number, order, sender):
            self.history.tape.add_completed(at, order, number)
            self._latest = max(self._latest, at)

    def _refunded(self, number: int, said: Mapping[str, Any], at: Instant, sender: object) -> None:
        if self._may_tell(number, said["order_id"], sender):
            self.history.tape.add(REFUNDED, at, said["order_id"], said, number)
            self._latest = max(self._latest, at)

    def _may_tell(self, number: int, order: str, sender: object) -> bool:
        """Tell whether a sender may tell of an order: its owner may (Rule 0.13).

        What comes before the order waits until it is known whose that is.
        """
        if order not in self._paid:
            self._early.setdefault(order, []).append((len(self.history.tape), sender))
            return True
        if self._owners.get(order, self._usual) == sender:
            return True
        self._set_aside(number, "conflicting_event", f"order {order} is another sender's")
        return False

    def _own(self, order: str, sender: object) -> None:
        """Let an order be its sender's; what others told of it before is set aside."""
        if not self._paid:
            self._usual = sender
        if sender != self._usual:
            self._owners[order] = sender
        tape = self.history.tape
        for row, told_by in self._early.pop(order, ()):
            if told_by != sender:
                tape.kinds[row] = NOTHING
                reason = f"order {order} is another sender's"
                self._set_aside(tape.source[row], "conflicting_event", reason)

    def _known(self, number: int, row: int, sender: object) -> None:
        """Let the order of the last row be its sender's, or drop it where it is known already."""
        tape = self.history.tape
        name = tape.orders[row]
        if name not in self._paid:
            self._own(name, sender)
        known = self._paid.setdefault(name, row)
        if known != row:
            self._repeated(number, known, row, sender)
        elif tape.at[row] > self._latest:
            self._latest = Instant(tape.at[row])

    def _repeated(self, number: int, known: int, row: int, sender: object) -> None:
        """Drop the last row, since its order is known; what contradicts that is set aside."""
        tape = self.history.tape
        same = self._owners.get(tape.orders[known], self._usual) == sender
        same = same and _said(tape.detail(known)) == _said(tape.detail(row))
        _drop_last(tape)
        if same:
            self.history.repeated += 1
        else:
            reason = (
                f"order {tape.orders[known]} is known with other content or from another sender"
            )
            self._set_aside(number, "conflicting_event", reason)

    def _set_aside(self, number: int, code: str, reason: str) -> None:
        self.history.set_aside.append(SetAside(number, code, reason))


def _said(detail: Mapping[str, Any]) -> str:
    return digest(parse_event("OrderPaid", detail))


def _drop_last(tape: Tape) -> None:
    if tape.kinds.pop() != PLAIN:
        tape.details.pop()
    for column in (tape.at, tape.members, tape.levels, tape.products, tape.paid, tape.other):
        column.pop()
    tape.source.pop()
    tape.orders.pop()
    tape.line_names.pop(len(tape.kinds), None)


def _add_plain(tape: Tape, detail: dict[str, Any], at: Instant, source: int) -> bool:
    """Add an order if it is one line of the mall and nothing special is said; tell if it is."""
    lines = detail.get("lines")
    if type(lines) is not list or len(lines) != 1 or detail.get("channel") != "mall":
        return False
    if detail.get("store_id") is not None or not is_plain(lines[0]):
        return False
    buyer = detail.get("member", 0)
    member = level = None
    said = True
    if buyer is not None:
        if type(buyer) is not dict or not is_id(buyer.get("id")):
            return False
        member, level, said = buyer["id"], buyer.get("level"), "level" in buyer
        if level is not None and not is_id(level):
            return False
    tape.add_plain(
        detail["order_id"],
        at,
        member,
        lines[0]["paid"],
        line=lines[0]["line_id"],
        product=lines[0].get("product_id"),
        level=level,
        level_said=said,
        source=source,
    )
    return True


def _is_plain_refund(detail: Mapping[str, Any]) -> bool:
    """Tell whether a refund says lines, of which some may be of 0, or an amount (Rule 1.6.6)."""
    lines, amount = detail.get("lines"), detail.get("amount")
    fits = is_amount(amount) if lines is None else amount is None and are_refunded(lines)
    return fits and is_id(detail.get("refund_id"))
