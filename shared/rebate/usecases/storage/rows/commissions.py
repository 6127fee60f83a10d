"""Rows of commissions and dividends (Rule 2)."""

from typing import Annotated

from rebate.domain.commissions import Reward
from rebate.domain.money import NOTHING, ZERO_BPS, Amount, Bps
from rebate.domain.names import MemberId, OrderId
from rebate.domain.records import dataclass, field
from rebate.domain.times import Instant
from rebate.domain.wire import money, stored_as, wire


@stored_as("paid", 2)
@dataclass(frozen=True, slots=True)
class Paid:
    """A referral reward and what was paid of it so far, in minor units."""

    reward: Annotated[Reward, wire("reward")]
    amount: Annotated[Amount, money("amount", absent=0)] = NOTHING


@stored_as("commission", 5, retired=("divided",))
@dataclass(frozen=True, slots=True)
class Commission:
    """An order's referral rewards as they are paid; `turnover` is what is left of its amount.

    `period` is the dividend's in whose turnover the order counts, None: in no one's (Rule 2.3.1).
    `head` is the fingerprint of its last journal row.
    `month` is that in which it counts in promoters' figures, None: in none (Rule 2.8).
    """

    order: Annotated[OrderId, wire("order")]
    paid: Annotated[tuple[Paid, ...], wire("paid")]
    turnover: Annotated[Amount, money("turnover", absent=0)] = NOTHING
    version: Annotated[int, wire("version", absent=0)] = 0
    period: Annotated[int | None, wire("period", absent=None)] = None
    head: Annotated[str, wire("head", absent="")] = ""
    month: Annotated[str | None, wire("month", absent=None)] = None


@stored_as("tally")
@dataclass(frozen=True, slots=True)
class Tally:
    """A shard of what orders add to sums outside queues, so that they do not wait for each other.

    `paid_on` is what was paid on each of the last days (Rule 8.4), `turnover` what was settled
    less what was refunded since the last dividend, by the period of the order. What is settled
    here now is of `period`.
    """

    shard: Annotated[str, wire("shard")]
    version: Annotated[int, wire("version", absent=0)] = 0
    period: Annotated[int, wire("period", absent=1)] = 1
    paid_on: Annotated[dict[str, Amount], wire("paid_on", absent={})] = field(default_factory=dict)
    turnover: Annotated[dict[str, Amount], wire("turnover", absent={})] = field(
        default_factory=dict
    )


@stored_as("dividend", 4)
@dataclass(frozen=True, slots=True)
class DividendRun:
    """A run that closes a period and shares a part of its turnover in a rank (Rule 2.3.1).

    First it takes what the first `closed` tallies hold, by period, into `taken`; then it notes who
    holds the rank, having read the members up to `noted`, and how many have each weight in
    `weights`; then it pays them in order of their ids, up to `reached`. `paid` is what all of them
    got. `parts` are those of runs of earlier releases, of which the first `done` are paid.
    `head` is the fingerprint of its last journal row.
    """

    id: Annotated[str, wire("id")]
    at: Annotated[Instant, wire("at")]
    turnover: Annotated[Amount, money("turnover", absent=0)] = NOTHING
    parts: Annotated[tuple[tuple[MemberId, Amount], ...], wire("parts", absent=[])] = ()
    done: Annotated[int, wire("done", absent=0)] = 0
    finished: Annotated[bool, wire("finished", absent=False)] = False
    version: Annotated[int, wire("version", absent=0)] = 0
    period: Annotated[int, wire("period", absent=0)] = 0
    bps: Annotated[Bps, wire("bps", absent=0)] = ZERO_BPS
    rank: Annotated[str, wire("rank", absent="")] = ""
    closed: Annotated[int, wire("closed", absent=0)] = 0
    taken: Annotated[dict[str, Amount], wire("taken", absent={})] = field(default_factory=dict)
    noted: Annotated[MemberId | None, wire("noted", absent=None)] = None
    weights: Annotated[dict[str, int], wire("weights", absent={})] = field(default_factory=dict)
    sharing: Annotated[bool, wire("sharing", absent=False)] = False
    reached: Annotated[MemberId | None, wire("reached", absent=None)] = None
    shared: Annotated[int, wire("shared", absent=0)] = 0
    paid: Annotated[Amount, money("paid", absent=0)] = NOTHING
    head: Annotated[str, wire("head", absent="")] = ""


@stored_as("dividend_holder")
@dataclass(frozen=True, slots=True)
class Holder:
    """A member who holds the rank in a dividend's run, with a weight, and what the run paid."""

    run: Annotated[str, wire("run")]
    member: Annotated[MemberId, wire("member")]
    weight: Annotated[int, wire("weight", absent=1)] = 1
    paid: Annotated[Amount, money("paid", absent=0)] = NOTHING


@stored_as("dividend_periods")
@dataclass(frozen=True, slots=True)
class Periods:
    """The periods of the dividend: which is open, what the last left over, which lapsed.

    `carried` is a minus that goes on into the open period. Refunds of orders of a period that
    `lapsed` count nowhere. `run` is the run that closes the open period just now.
    """

    version: Annotated[int, wire("version", absent=0)] = 0
    open: Annotated[int, wire("open", absent=1)] = 1
    carried: Annotated[Amount, money("carried", absent=0)] = NOTHING
    lapsed: Annotated[tuple[int, ...], wire("lapsed", absent=[])] = ()
    run: Annotated[str | None, wire("run", absent=None)] = None
