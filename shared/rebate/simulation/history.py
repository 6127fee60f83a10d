"""Histories: events of a file, one EventBridge entry a line, as `rebate replay` takes them.

What is plain is read by hand, for there may be millions; whatever is not goes through the contract,
which says what is wrong with it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rebate.contracts.events_in import UnreadableEvent, digest, parse_event
from rebate.contracts.problems import shown
from rebate.domain.times import Instant
from rebate.simulation.plain import (
    are_refunded,
    instant_in,
    instant_or_none,
    is_amount,
    is_id,
    is_plain,
)
from rebate.simulation.tape import NOTHING, ORDER, PLAIN, REFUNDED, SAVED, Tape

_SAVES = frozenset({"MemberSaved", "ProductSaved", "StoreSaved"})
_NOBODY = {"id": "guest"}
"""Stands in for a guest where the contract is asked about the rest of an order."""


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


def read_history(lines: Iterable[bytes]) -> Iterator[History]:
    """Read numbered lines; yield the history so far after each, for those who watch."""
    reader = _Reader()
    for number, line in enumerate(lines, start=1):
        if line.strip():
            reader.take(number, line)
        yield reader.history
    yield reader.history


class _Reader:
    def __init__(self) -> None:
        self.history = History()
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
            self._event(number, entry.get("detail-type"), entry)
        except UnreadableEvent as unreadable:
            self._set_aside(number, unreadable.code, "; ".join(map(str, unreadable.problems)))

    def _event(self, number: int, kind: object, entry: Mapping[str, Any]) -> None:
        detail, tape, sender = entry.get("detail"), self.history.tape, entry.get("source")
        if kind == "OrderPaid":
            self._order(number, detail, sender)
        elif kind == "OrderCompleted":
            at, order = _completion(detail)
            if self._may_tell(number, order, sender):
                tape.add_completed(at, order, number)
                self._latest = max(self._latest, at)
        elif kind == "OrderRefunded":
            said = _refund(detail)
            at = instant_in(said["refunded_at"])
            if self._may_tell(number, said["order_id"], sender):
                tape.add(REFUNDED, at, said["order_id"], said, number)
                self._latest = max(self._latest, at)
        elif kind in _SAVES:
            saved = _checked(kind, detail)
            at = instant_in(entry["time"]) if entry.get("time") is not None else self._latest
            tape.add(SAVED, at, str(kind), saved, number)
        else:  # what feeds reports alone, or nothing that there is
            parse_event(kind, detail)

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

    def _order(self, number: int, detail: object, sender: object) -> None:
        tape = self.history.tape
        row = len(tape)
        plain = _add_plain(tape, detail, number)
        if not plain:
            said = _checked_order(detail)
            tape.add(ORDER, instant_in(said["paid_at"]), said["order_id"], said, number)
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
    return digest(parse_event("OrderPaid", {**detail, "member": detail["member"] or _NOBODY}))


def _drop_last(tape: Tape) -> None:
    if tape.kinds.pop() != PLAIN:
        tape.details.pop()
    for column in (tape.at, tape.members, tape.levels, tape.products, tape.paid, tape.other):
        column.pop()
    tape.source.pop()
    tape.orders.pop()
    tape.line_names.pop(len(tape.kinds), None)


def _add_plain(tape: Tape, detail: object, source: int) -> bool:
    """Add an order if it is one line of the mall and nothing special is said; tell if it is."""
    if type(detail) is not dict or detail.get("channel") != "mall":
        return False
    lines = detail.get("lines")
    if type(lines) is not list or len(lines) != 1 or not is_id(detail.get("order_id")):
        return False
    if detail.get("store_id") is not None or detail.get("currency") is not None:
        return False
    return is_plain(lines[0]) and _add_bought(tape, detail, detail.get("member", 0), source)


def _add_bought(tape: Tape, detail: dict[str, Any], buyer: object, source: int) -> bool:
    member = level = None
    said = True
    if buyer is not None:
        if type(buyer) is not dict or not is_id(buyer.get("id")):
            return False
        member, level, said = buyer["id"], buyer.get("level"), "level" in buyer
        if level is not None and not is_id(level):
            return False
    at = instant_or_none(detail.get("paid_at"))
    if at is None:
        return False
    line = detail["lines"][0]
    tape.add_plain(
        detail["order_id"],
        at,
        member,
        line["paid"],
        line=line["line_id"],
        product=line.get("product_id"),
        level=level,
        level_said=said,
        source=source,
    )
    return True


def _checked(kind: object, detail: object) -> dict[str, Any]:
    """Return what an event says, as far as it says it; raises UnreadableEvent."""
    event = parse_event(kind, detail)
    return event.model_dump(mode="json", exclude_unset=True)


def _checked_order(detail: object) -> dict[str, Any]:
    if isinstance(detail, Mapping) and "member" in detail and detail["member"] is None:
        return {**_checked("OrderPaid", {**detail, "member": _NOBODY}), "member": None}
    return _checked("OrderPaid", detail)


def _completion(detail: object) -> tuple[Instant, str]:
    if type(detail) is dict and is_id(detail.get("order_id")):
        at = instant_or_none(detail.get("completed_at"))
        if at is not None:
            return at, detail["order_id"]
    said = _checked("OrderCompleted", detail)
    return instant_in(said["completed_at"]), said["order_id"]


def _refund(detail: object) -> Mapping[str, Any]:
    """Return what a refund says: lines, of which some may be of 0, or an amount (Rule 1.6.6)."""
    if type(detail) is dict and is_id(detail.get("order_id")) and is_id(detail.get("refund_id")):
        lines = detail.get("lines")
        fits = are_refunded(lines) or (not lines and is_amount(detail.get("amount")))
        if fits and instant_or_none(detail.get("refunded_at")) is not None:
            return detail
    return _checked("OrderRefunded", detail)
