"""Merchants: applications through all their states, rights to stores, and desk bills (Rule 2.7).

    draft ── submitted ── negotiating ── approved
      └──────── edited ──────┘  └ rejected ┘

Each step returns the application as it is afterwards: unchanged, if it was taken before.
"""

from enum import StrEnum
from typing import Annotated, NamedTuple

from rebate.domain.errors import Mismatch
from rebate.domain.money import Amount, Bps
from rebate.domain.names import MemberId, OrderId, StoreId
from rebate.domain.records import dataclass, replace
from rebate.domain.times import Instant
from rebate.domain.wire import money, stored_as, wire


class ApplicationState(StrEnum):
    """Where an application stands; lists are shown in this order."""

    SUBMITTED = "submitted"
    DRAFT = "draft"
    NEGOTIATING = "negotiating"
    APPROVED = "approved"
    REJECTED = "rejected"


OPEN = (ApplicationState.DRAFT, ApplicationState.SUBMITTED, ApplicationState.NEGOTIATING)
"""The states in which an application is still to be decided."""
HANDED_IN = frozenset({ApplicationState.SUBMITTED, ApplicationState.NEGOTIATING})
"""The states in which an operator may decide on it."""


class StoreRole(StrEnum):
    """What somebody is in a store."""

    OWNER = "owner"
    CASHIER = "cashier"
    NOBODY = "nobody"
    """Nothing any more."""


ROLES = (StoreRole.OWNER, StoreRole.CASHIER)

STEPS_MAX = 100
"""Steps that an application keeps: each edit, submission and answer is one."""


class Particulars(NamedTuple):
    """What somebody applies with; `concession_bps` is what the store would concede."""

    name: str = ""
    contact: str = ""
    licence: str = ""
    address: str = ""
    category: str = ""
    concession_bps: Bps | None = None
    attachments: tuple[str, ...] = ()

    @property
    def missing(self) -> str | None:
        """The first field that an application needs before it is submitted, and has not."""
        needed = ("name", "contact", "licence", "address", "category")
        return next((name for name in needed if not getattr(self, name).strip()), None)


class NegotiatedTerms(NamedTuple):
    """What was agreed: what the store concedes, and in place of the plan's its referrer's ratio."""

    concession_bps: Bps | None = None
    merchant_bps: Bps | None = None


class ApplicationStep(NamedTuple):
    """A step of an application: what it was in then, who took the step, when, with what words."""

    state: str
    by: str
    at: Instant
    note: str = ""


@stored_as("application")
@dataclass(frozen=True, slots=True)
class Application:
    """A member's application to become a merchant; `referrer` brought them in, if anybody did.

    `asked`: an operator sent it back with questions, so it may be edited. `store` is the store
    that its approval created.
    """

    id: Annotated[str, wire("id")]
    member: Annotated[MemberId, wire("member")]
    at: Annotated[Instant, wire("at")]
    particulars: Annotated[Particulars, wire("particulars")] = Particulars()
    state: Annotated[str, wire("state", absent="draft")] = ApplicationState.DRAFT
    asked: Annotated[bool, wire("asked", absent=False)] = False
    agreed: Annotated[NegotiatedTerms, wire("agreed", absent=[None, None])] = NegotiatedTerms()
    referrer: Annotated[MemberId | None, wire("referrer", absent=None)] = None
    store: Annotated[StoreId | None, wire("store", absent=None)] = None
    reason: Annotated[str | None, wire("reason", absent=None)] = None
    steps: Annotated[tuple[ApplicationStep, ...], wire("steps", absent=[])] = ()
    version: Annotated[int, wire("version", absent=0)] = 0

    @property
    def may_be_edited(self) -> bool:
        """Whether who applies may change it now."""
        return self.state == ApplicationState.DRAFT or (
            self.state == ApplicationState.NEGOTIATING and self.asked
        )

    def edited(
        self, particulars: Particulars, referrer: MemberId | None, at: Instant
    ) -> "Application":
        """Change what somebody applies with.

        Raises:
            Mismatch: it was submitted, and nobody has sent it back.
        """
        after = replace(self, particulars=particulars, referrer=referrer)
        if after == self:
            return self
        if not self.may_be_edited:
            raise Mismatch(f"application {self.id} is {self.state} and cannot be edited now")
        return after.with_step(self.member, at, "edited" if self.version else "")

    def submitted(self, at: Instant) -> "Application":
        """Hand it in.

        Raises:
            Mismatch: it was decided.
        """
        if self.state in HANDED_IN and not self.asked:
            return self
        if not self.may_be_edited:
            raise Mismatch(f"application {self.id} is {self.state}: apply anew")
        return replace(self, state=ApplicationState.SUBMITTED, asked=False).with_step(
            self.member, at
        )

    def negotiated(
        self, agreed: NegotiatedTerms, note: str, by: str, at: Instant, *, asks: bool
    ) -> "Application":
        """Note what was agreed so far, or with `asks` send it back with questions.

        Raises:
            Mismatch: it is not handed in, or was decided.
        """
        if self.state not in HANDED_IN:
            raise Mismatch(f"application {self.id} is {self.state}: there is nothing to negotiate")
        after = replace(self, state=ApplicationState.NEGOTIATING, agreed=agreed, asked=asks)
        if after == self and self.steps[-1].note == note:
            return self
        return after.with_step(by, at, note)

    def approved(self, store: StoreId, by: str, at: Instant) -> "Application":
        """Make it a store.

        Raises:
            Mismatch: it is not handed in, sent back, or was decided otherwise.
        """
        if self.state == ApplicationState.APPROVED and self.store == store:
            return self
        if self.state not in HANDED_IN or self.asked:
            state = "sent back with questions" if self.asked else self.state
            raise Mismatch(f"application {self.id} is {state}: it cannot be approved")
        return replace(self, state=ApplicationState.APPROVED, store=store).with_step(by, at)

    def rejected(self, reason: str, by: str, at: Instant) -> "Application":
        """Turn it down.

        Raises:
            Mismatch: it is not handed in, or was decided otherwise.
        """
        if self.state == ApplicationState.REJECTED and self.reason == reason:
            return self
        if self.state not in HANDED_IN:
            raise Mismatch(f"application {self.id} is {self.state}: it cannot be rejected")
        return replace(self, state=ApplicationState.REJECTED, asked=False, reason=reason).with_step(
            by, at, reason
        )

    def erased(self, by: str, at: Instant) -> "Application":
        """Return the application of a member who is erased: what is personal goes (Rule 8.10).

        One that is not decided ends as rejected. What was agreed stays, and who took which step.
        """
        steps = tuple(step._replace(note="") for step in self.steps)
        bare = Particulars(concession_bps=self.particulars.concession_bps)
        after = replace(self, particulars=bare, steps=steps, reason=None, asked=False)
        if self.state in OPEN:
            return replace(after, state=ApplicationState.REJECTED).with_step(by, at)
        return self if after == self else replace(after, version=self.version + 1)

    def with_step(self, by: str, at: Instant, note: str = "") -> "Application":
        """Return the application with its step noted; of very many the oldest are dropped."""
        step = ApplicationStep(self.state, by, at, note)
        steps = (*self.steps, step)[-STEPS_MAX:]
        return replace(self, steps=steps, version=self.version + 1)


@stored_as("applicant")
@dataclass(frozen=True, slots=True)
class Applicant:
    """Which application of a member is the last one."""

    member: Annotated[MemberId, wire("member")]
    application: Annotated[str, wire("application")]
    version: Annotated[int, wire("version", absent=1)] = 1


@stored_as("store_right")
@dataclass(frozen=True, slots=True)
class StoreRight:
    """What a member may do in a store: all as `owner`, or enter bills and look as `cashier`.

    `nobody`: nothing any more.
    """

    store: Annotated[StoreId, wire("store")]
    member: Annotated[MemberId, wire("member")]
    role: Annotated[str, wire("role")]
    by: Annotated[str, wire("by")]
    at: Annotated[Instant, wire("at")]
    version: Annotated[int, wire("version", absent=1)] = 1


@stored_as("bill")
@dataclass(frozen=True, slots=True)
class Bill:
    """A bill that was entered at a store's desk, as the order that it became.

    `member` None: a guest's.
    """

    store: Annotated[StoreId, wire("store")]
    id: Annotated[str, wire("id")]
    order: Annotated[OrderId, wire("order")]
    member: Annotated[MemberId | None, wire("member")]
    amount: Annotated[Amount, money("amount")]
    by: Annotated[MemberId, wire("by")]
    at: Annotated[Instant, wire("at")]

    @property
    def content(self) -> tuple[object, ...]:
        """What must be the same in a repetition."""
        return self.member, self.amount
