"""What a refund gives back of each line of its order (contracts, section 8; Rule 1.6.6)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rebate.connectors.amounts import divide, divide_within
from rebate.connectors.heard import Bought, BoughtLine, HeardRefund, LineBack
from rebate.domain.money import NOTHING, Amount, sum_of


@dataclass(slots=True)
class Left:
    """What is left of each line of an order; `by_line` None: the order is not known."""

    by_line: dict[str, Amount] | None

    @classmethod
    def of(cls, lines: Iterable[BoughtLine] | None) -> "Left":
        """Return the lines as they were paid."""
        return cls(None if lines is None else {line.line_id: line.paid for line in lines})

    @property
    def total(self) -> Amount:
        """What is left of the order; 0 where it is not known."""
        return sum_of((self.by_line or {}).values())

    def take(self, amounts: Mapping[str, Amount]) -> None:
        """Take off what went back."""
        for line, amount in amounts.items():
            if self.by_line is not None and line in self.by_line:
                self.by_line[line] = max(NOTHING, self.by_line[line] - amount)


def given_back(
    refund: HeardRefund, left: Left, bought: Bought | None, *, all_of_it: bool
) -> dict[str, Amount]:
    """Return the amount of each line that a refund gives back, lines of nothing left out."""
    if refund.unmoved:
        return {}
    if all_of_it:
        parts = dict(left.by_line or {})
    elif refund.moved is not None:
        parts = _money(refund, left, taxes_included=_taxes_included(refund, bought))
    else:
        parts = _lines(refund, left, taxes_included=bool(bought and bought.taxes_included))
    return {line: amount for line, amount in parts.items() if amount > 0}


def _money(refund: HeardRefund, left: Left, *, taxes_included: bool) -> dict[str, Amount]:
    """Divide the money that moved, less shipping, as the lines say; without lines over all.

    Lines that are named without amounts share it in proportion to what is left of each.
    """
    goods = _goods(refund, taxes_included=taxes_included)
    weights = _by_line(refund.lines, taxes_included=taxes_included)
    if left.by_line is not None and not any(weights.values()):
        weights = {line: left.by_line.get(line, NOTHING) for line in weights}
    if any(weights.values()):
        parts = divide(goods, weights)
        if left.by_line is None:
            return parts
        ours = {line: part for line, part in parts.items() if line in left.by_line}
        return divide_within(sum_of(ours.values()), ours, left.by_line)
    if left.by_line is None and len(weights) == 1:
        return dict.fromkeys(weights, goods)
    return divide_within(goods, left.by_line or {}, left.by_line or {})


def goods_money(refund: HeardRefund) -> Amount:
    """Return what goes back of an order that is not known, where no line says how much of it."""
    if refund.unmoved or any(_by_line(refund.lines, taxes_included=False).values()):
        return NOTHING
    if refund.moved is None:
        return refund.loose
    return _goods(refund, taxes_included=_taxes_included(refund, None))


def _goods(refund: HeardRefund, *, taxes_included: bool) -> Amount:
    return max(
        NOTHING, (refund.moved or NOTHING) - _sum(refund.shipping, taxes_included=taxes_included)
    )


def _lines(refund: HeardRefund, left: Left, *, taxes_included: bool) -> dict[str, Amount]:
    """Give back what the lines say, as far as it is left, and the rest over what is left then."""
    said = _by_line(refund.lines, taxes_included=taxes_included)
    if left.by_line is None:
        return said
    parts = {line: min(said.get(line, NOTHING), rest) for line, rest in left.by_line.items()}
    loose = refund.loose + sum_of(
        line.amount(taxes_included=taxes_included) for line in refund.lines if line.line_id is None
    )
    rooms = {line: rest - parts[line] for line, rest in left.by_line.items()}
    more = divide_within(loose, rooms, rooms)
    return {line: amount + more[line] for line, amount in parts.items()}


def _taxes_included(refund: HeardRefund, bought: Bought | None) -> bool:
    """Tell whether the refund's amounts hold the tax: as the order says, else as the sum fits."""
    if bought is not None:
        return bought.taxes_included
    parts = (*refund.lines, *refund.shipping)
    return refund.moved == _sum(parts, taxes_included=True)


def _by_line(lines: Iterable[LineBack], *, taxes_included: bool) -> dict[str, Amount]:
    """Add up what is said of each line (Rule 1.6.6)."""
    said: dict[str, Amount] = {}
    for line in lines:
        if line.line_id is not None:
            amount = line.amount(taxes_included=taxes_included)
            said[line.line_id] = said.get(line.line_id, NOTHING) + amount
    return said


def _sum(lines: Iterable[LineBack], *, taxes_included: bool) -> Amount:
    return sum_of(line.amount(taxes_included=taxes_included) for line in lines)
