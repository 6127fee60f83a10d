"""Rows of what the clock has done: the marks of runs, and sums."""

from typing import Annotated

from rebate.domain.queue_sums import AllSums
from rebate.domain.records import dataclass
from rebate.domain.times import Instant
from rebate.domain.wire import stored_as, wire


@stored_as("run_mark", 2)
@dataclass(frozen=True, slots=True)
class RunMark:
    """Up to which instant a scheduled run was looked for, and started where it was due.

    Of what is done in steps: when it was begun last, and `after` which row it goes on (empty: it
    is over).
    """

    run: Annotated[str, wire("run")]
    at: Annotated[Instant, wire("at")]
    after: Annotated[str, wire("after", absent="")] = ""


SUMS, SUMS_BEGUN = "kept", "begun"
"""Under what sums over all queues stand: those that are told, and those that are being made."""


@stored_as("stored_sums")
@dataclass(frozen=True, slots=True)
class StoredSums:
    """Sums over all queues and members, as the clock made them or is making them."""

    id: Annotated[str, wire("id")]
    sums: Annotated[AllSums, wire("sums")]
