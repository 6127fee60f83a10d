"""What a queue's line was given of late, from which its wait is forecast (Rules 7.5 and 8.2)."""

from typing import Annotated

from rebate.domain.money import NOTHING, WHOLE, Amount, Bps, ratio_of, sum_of, times
from rebate.domain.records import dataclass, replace
from rebate.domain.times import DAY, Instant
from rebate.domain.wire import money, stored_as, wire

DAYS_SEEN = 7
"""Whole days over which the pace is taken; the day that is not over is kept besides."""


@stored_as("day_flow", 2)
@dataclass(frozen=True, slots=True)
class DailyVolume:
    """What happened on one day, counted from 1970 in UTC.

    `given` is what orders contributed for the line, in `gifts` contributions; `promised` is what
    may get back in all what joined.
    """

    day: Annotated[int, wire("day")]
    given: Annotated[Amount, money("given", absent=0)] = NOTHING
    gifts: Annotated[int, wire("gifts", absent=0)] = 0
    promised: Annotated[Amount, money("promised", absent=0)] = NOTHING

    def plus(self, given: Amount, gifts: int, promised: Amount) -> "DailyVolume":
        """Return the day with so much more."""
        return DailyVolume(
            self.day, self.given + given, self.gifts + gifts, self.promised + promised
        )


@dataclass(frozen=True, slots=True)
class PayoutRate:
    """What `days` days together came to; they are not known before a whole day is over."""

    days: int = 1
    given: Amount = NOTHING
    gifts: int = 0
    promised: Amount = NOTHING
    is_known: bool = True

    def days_for(self, amount: Amount) -> int | None:
        """Return in how many days so much is given at this pace, rounded up; None: never."""
        return _days(amount, self.given, self.days)

    def days_for_gifts(self, count: int) -> int | None:
        """Return in how many days there are so many gifts, rounded up; None: never."""
        return _days(count, self.gifts, self.days)

    def ever_paid(self) -> Bps | None:
        """Return what share of all that is promised can ever be paid (Rule 8.2), at most all."""
        return min(WHOLE, ratio_of(self.given, self.promised)) if self.promised else None

    def at_most(self, a_day: Amount | None) -> "PayoutRate":
        """Return the pace where no more than so much is paid a day (Rule 7.5)."""
        return (
            self if a_day is None else replace(self, given=min(self.given, times(a_day, self.days)))
        )


@stored_as("flow")
@dataclass(frozen=True, slots=True)
class RecentVolume:
    """The last days on which a queue was given anything, and the first day ever."""

    began: Annotated[int | None, wire("began", absent=None)] = None
    days: Annotated[tuple[DailyVolume, ...], wire("days", absent=[])] = ()

    def plus(
        self, at: Instant, *, given: Amount = NOTHING, gifts: int = 0, promised: Amount = NOTHING
    ) -> "RecentVolume":
        """Return the flow with what happened at an instant; days long past are forgotten."""
        day = at // DAY
        if self.days and self.days[-1].day == day:  # nearly always: what is settled is of today
            return replace(self, days=(*self.days[:-1], self.days[-1].plus(given, gifts, promised)))
        known = {each.day: each for each in self.days}
        known[day] = known.get(day, DailyVolume(day)).plus(given, gifts, promised)
        latest = max(known)
        kept = sorted(name for name in known if name >= latest - DAYS_SEEN)
        began = day if self.began is None else min(self.began, day)
        return RecentVolume(began, tuple(known[name] for name in kept))

    def pace(self, now: Instant) -> PayoutRate:
        """Return the pace of the last whole days; of today's hours where there was none yet."""
        today = now // DAY
        first = max(today - DAYS_SEEN, today if self.began is None else self.began)
        last = max(first, today - 1)
        seen = [each for each in self.days if first <= each.day <= last]
        return PayoutRate(
            days=last - first + 1,
            given=sum_of(each.given for each in seen),
            gifts=sum(each.gifts for each in seen),
            promised=sum_of(each.promised for each in seen),
            is_known=self.began is not None and self.began < today,
        )


def _days(wanted: int, given: int, days: int) -> int | None:
    if wanted <= 0:
        return 0
    return -(-wanted * days // given) if given > 0 else None
