"""Rows of audits, and of what they know between two steps."""

from typing import Annotated

from rebate.domain.records import dataclass, field
from rebate.domain.times import Instant
from rebate.domain.wire import stored_as, wire


@stored_as("audit")
@dataclass(frozen=True, slots=True)
class AuditRun:
    """An audit that runs by the clock, in steps, and what it found; `finished_at` None: not yet.

    `differences` are (path, message), the first of them. `waiting` counts what is accepted and not
    settled, `unjudged` what looked wrong and was being written meanwhile. `mac` is of what is kept
    of it in `parts` between two steps. `head` is the name of the signed head that was made of it.
    """

    began_at: Annotated[Instant, wire("began_at")]
    finished_at: Annotated[Instant | None, wire("finished_at", absent=None)] = None
    steps: Annotated[int, wire("steps", absent=0)] = 0
    differences: Annotated[tuple[tuple[str, str], ...], wire("differences", absent=[])] = ()
    more: Annotated[bool, wire("more", absent=False)] = False
    waiting: Annotated[int, wire("waiting", absent=0)] = 0
    unjudged: Annotated[int, wire("unjudged", absent=0)] = 0
    rows: Annotated[dict[str, int], wire("rows", absent={})] = field(default_factory=dict)
    parts: Annotated[int, wire("parts", absent=0)] = 0
    mac: Annotated[str, wire("mac", absent="")] = ""
    head: Annotated[str | None, wire("head", absent=None)] = None
    version: Annotated[int, wire("version", absent=1)] = 1


@stored_as("audit_part")
@dataclass(frozen=True, slots=True)
class AuditPart:
    """A part of what an audit knows between two steps, until it is over."""

    began_at: Annotated[Instant, wire("began_at")]
    step: Annotated[int, wire("step")]
    part: Annotated[int, wire("part")]
    text: Annotated[str, wire("text")]
