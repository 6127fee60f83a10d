"""Withdrawals: asked, approved or rejected, then paid or failed (Rule 3.1).

    asked ── approved ── paid
      └ rejected  └ failed ┘

Each step returns the withdrawal as it is afterwards: unchanged, if it was taken before.
"""

from enum import StrEnum
from typing import Annotated

from rebate.domain.errors import Mismatch
from rebate.domain.money import NOTHING, Amount
from rebate.domain.names import MemberId
from rebate.domain.records import dataclass, replace
from rebate.domain.times import Instant
from rebate.domain.wire import money, stored_as, wire


class WithdrawalState(StrEnum):
    """How far a withdrawal is."""

    ASKED = "asked"
    APPROVED = "approved"
    REJECTED = "rejected"
    PAID = "paid"
    FAILED = "failed"


@stored_as("withdrawal", 4)
@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A member's request to pay cash out; `fee` is part of `amount`.

    `approvals` are the operators who approved it so far; `approved` None: it is not decided.
    `paid` is the reference that the payout service gave it. `has_account`: the member said to
    which account. `decided_by` is who rejected it, or was the last to approve, at `decided_at`;
    `settled_at` is when what became of the payout was told last (None: before that was kept).
    """

    member: Annotated[MemberId, wire("member")]
    id: Annotated[str, wire("id")]
    amount: Annotated[Amount, money("amount")]
    at: Annotated[Instant, wire("at")]
    fee: Annotated[Amount, money("fee", absent=0)] = NOTHING
    has_account: Annotated[bool, wire("has_account", absent=False)] = False
    approvals: Annotated[tuple[str, ...], wire("approvals", absent=[])] = ()
    approved: Annotated[bool | None, wire("approved", absent=None)] = None
    decided_by: Annotated[str | None, wire("decided_by", absent=None)] = None
    reason: Annotated[str | None, wire("reason", absent=None)] = None
    paid: Annotated[str | None, wire("paid", absent=None)] = None
    failed: Annotated[bool, wire("failed", absent=False)] = False
    version: Annotated[int, wire("version", absent=1)] = 1
    decided_at: Annotated[Instant | None, wire("decided_at", absent=None)] = None
    settled_at: Annotated[Instant | None, wire("settled_at", absent=None)] = None

    @property
    def state(self) -> WithdrawalState:
        """How far it is."""
        if self.approved is None:
            return WithdrawalState.ASKED
        if not self.approved:
            return WithdrawalState.REJECTED
        if self.failed:
            return WithdrawalState.FAILED
        return WithdrawalState.APPROVED if self.paid is None else WithdrawalState.PAID

    @property
    def is_out(self) -> bool:
        """Whether its amount has left the wallet for good, as far as is known."""
        return bool(self.approved) and not self.failed

    @property
    def is_over(self) -> bool:
        """Whether nothing is to be paid out any more, so that its account is not needed."""
        return self.state not in {WithdrawalState.ASKED, WithdrawalState.APPROVED}

    def approve(self, by: str, *, needs: int) -> "Withdrawal":
        """Approve; `needs` different operators have to, and one twice is one.

        Raises:
            Mismatch: it was rejected.
        """
        if self.approved is False:
            raise Mismatch(f"withdrawal {self.id} was decided otherwise: it was rejected")
        if self.approved or by in self.approvals:
            return self
        approvals = (*self.approvals, by)
        if len(approvals) < needs:
            return replace(self, approvals=approvals)
        return replace(self, approvals=approvals, approved=True, decided_by=by)

    def reject(self, by: str, reason: str | None) -> "Withdrawal":
        """Reject; one operator is enough, also where others have approved.

        Raises:
            Mismatch: it was approved by all who have to.
        """
        if self.approved:
            raise Mismatch(f"withdrawal {self.id} was decided otherwise: it was approved")
        if self.approved is False:
            return self
        return replace(self, approved=False, decided_by=by, reason=reason)

    def pay(self, reference: str) -> "Withdrawal":
        """Remember that the payout service has paid, and its reference.

        Raises:
            Mismatch: it is not approved, failed before, or was paid under another reference.
        """
        if not self.is_out or self.paid not in {None, reference}:
            raise Mismatch(f"withdrawal {self.id} is {self.state}: {self._why_not(reference)}")
        return replace(self, paid=reference)

    def fail(self, reference: str | None) -> "Withdrawal":
        """Remember that the payout failed, or came back after it was paid; it is over then.

        Raises:
            Mismatch: it is not approved, or was paid under another reference.
        """
        other = None not in {self.paid, reference} and self.paid != reference
        if not self.approved or other:
            raise Mismatch(f"withdrawal {self.id} is {self.state}: {self._why_not(reference)}")
        if self.failed:
            return self
        return replace(self, failed=True, paid=self.paid or reference)

    def _why_not(self, reference: str | None) -> str:
        if self.failed and self.paid in {None, reference}:
            return "a new payout is a new withdrawal"
        if self.approved:
            return f"under another reference than {reference}"
        return "only what is approved is paid out"


@stored_as("payout_account")
@dataclass(frozen=True, slots=True)
class PayoutAccount:
    """To which account a member's withdrawal goes: the only row that says so (Rules 3.1 and 8.10).

    `label` is for people, `reference` for the payout service, and never shown whole again.
    """

    member: Annotated[MemberId, wire("member")]
    withdrawal: Annotated[str, wire("withdrawal")]
    label: Annotated[str, wire("label")]
    reference: Annotated[str, wire("reference")]


SHOWN_CHARS = 4
HIDDEN = "****"


def masked(reference: str) -> str:
    """Return of a payout reference what may be shown: its last characters, if it has many."""
    shown = reference[-SHOWN_CHARS:] if len(reference) >= 3 * SHOWN_CHARS else ""
    return HIDDEN + shown
