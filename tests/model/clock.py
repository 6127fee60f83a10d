"""Rule 0.9: instants, and the shop's days, weeks, months and windows."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

FIRST_STEP = "2026-03-01T10:00:00+08:00"


def instant(text: str) -> datetime:
    """An aware instant from ISO 8601 text."""
    moment = datetime.fromisoformat(text)
    assert moment.tzinfo is not None, f"an instant without an offset: {text}"
    return moment


def period(moment: datetime, timezone: str, every: str) -> str:
    """The shop's calendar day, ISO week (from Monday) or month of an instant, as a name."""
    local = moment.astimezone(ZoneInfo(timezone))
    if every == "day":
        return local.strftime("%Y-%m-%d")
    if every == "week":
        year, week, _ = local.isocalendar()
        return f"{year}-W{week}"
    if every == "month":
        return local.strftime("%Y-%m")
    raise ValueError(every)


def in_window(moment: datetime, timezone: str, window: dict) -> bool:
    """Rule 1.5.3: starts are inside, ends are not; over midnight it belongs to its first day."""
    if "from" in window or "to" in window:
        begins, ends = window.get("from"), window.get("to")
        after_start = begins is None or instant(begins) <= moment
        return after_start and (ends is None or moment < instant(ends))
    local = moment.astimezone(ZoneInfo(timezone))
    weekdays = window.get("weekdays") or [1, 2, 3, 4, 5, 6, 7]
    start = time.fromisoformat(window.get("start") or "00:00")
    end = time.fromisoformat(window.get("end") or "00:00")
    today = local.isoweekday() in weekdays
    yesterday = (local - timedelta(days=1)).isoweekday() in weekdays
    clock = local.time()
    if start < end:
        return today and start <= clock < end
    return (today and start <= clock) or (yesterday and clock < end)
