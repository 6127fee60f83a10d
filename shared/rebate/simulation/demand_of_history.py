"""Demand like that of a history: days, growth, weekdays, amounts and buyers who come back."""

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from rebate.domain.times import Instant, datetime_of
from rebate.simulation.demand import Demand
from rebate.simulation.tape import ORDER, PLAIN, Tape

_DAYS_A_MONTH = 30.4375
_PERCENT = 100


def fitted(demand: Demand, tape: Tape, zone: ZoneInfo) -> Demand:
    """Return the demand with what a history tells: amounts, weekdays, growth, buyers, span."""
    rows = [row for row in range(len(tape)) if tape.kinds[row] in {PLAIN, ORDER}]
    if not rows:
        return demand
    days = [datetime_of(Instant(tape.at[row]), zone).date() for row in rows]
    first, last = min(days), max(days)
    span = (last - first).days + 1
    buyers = {_buyer(tape, row) for row in rows}
    repeat = _PERCENT * (len(rows) - len(buyers)) / len(rows)
    return replace(
        demand,
        starts=first,
        days=span,
        growth=_growth(days, first, span),
        weekdays=_by_weekday(days, first, span),
        noise=0.2,
        baskets=tuple(sorted(_amount(tape, row) for row in rows)),
        repeat=repeat,
    )


def _buyer(tape: Tape, row: int) -> str | None:
    if tape.kinds[row] == PLAIN:
        return tape.member_names.name(tape.members[row])
    buyer = tape.detail(row).get("member")
    return buyer["id"] if buyer else None


def _amount(tape: Tape, row: int) -> int:
    if tape.kinds[row] == PLAIN:
        return int(tape.paid[row])
    return sum(line["paid"] for line in tape.detail(row)["lines"])


def _by_weekday(days: list[date], first: date, span: int) -> tuple[float, ...]:
    """Return orders a day by weekday; a weekday that never came is like the others."""
    seen = [0] * 7
    for number in range(span):
        seen[(first + timedelta(days=number)).weekday()] += 1
    orders = [0] * 7
    for day in days:
        orders[day.weekday()] += 1
    mean = len(days) / span
    return tuple(orders[d] / seen[d] if seen[d] else mean for d in range(7))


def _growth(days: list[date], first: date, span: int) -> float:
    """Return the growth a month in per cent, from the first half to the second."""
    half = span // 2
    if half < _DAYS_A_MONTH:
        return 0
    early = sum(1 for day in days if (day - first).days < half)
    late = sum(1 for day in days if span - half <= (day - first).days)
    if not early or not late:
        return 0
    return float(((late / early) ** (_DAYS_A_MONTH / (span - half)) - 1) * _PERCENT)
