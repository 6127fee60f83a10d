"""Days and instants as people give them."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rebate.contracts.problems import shown
from rebate.domain.times import Instant, instant_of


def moment_of_text(text: str, zone: ZoneInfo, *, days: int) -> Instant:
    """Return an instant, or of a day in the shop's timezone the beginning, `days` later.

    Raises:
        ValueError: it is neither; the message goes on behind the name of the field.
    """
    try:
        if len(text) == len("2026-03-01"):
            day = date.fromisoformat(text) + timedelta(days=days)
            return instant_of(datetime.combine(day, time(), zone))
        return instant_of(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        message = (
            f"must be a day such as 2026-03-01 or an instant with an offset, not {shown(text)}"
        )
        raise ValueError(message) from None
