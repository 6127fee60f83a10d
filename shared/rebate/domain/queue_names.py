"""A queue's id, parsed: its kind, whose queue it is, and the plan that it belongs to."""

from typing import TYPE_CHECKING, Any

from rebate.domain.names import QueueId
from rebate.domain.records import dataclass

if TYPE_CHECKING:
    from rebate.domain.plans.plan_type import PlanType


@dataclass(frozen=True, slots=True)
class QueueKind:
    """A kind of a plan's queues (contracts, section 3): what stands before the slash in their ids.

    `owned`: there is one for each owner, such as a store (`store/W`); else the kind is the id.
    `all_of` is the kind whose owners share this one queue (`stores`: every `store`). `has_line`:
    orders get a ticket in it; else only commands about them wait there.
    """

    name: str
    owned: bool = False
    all_of: str | None = None
    has_line: bool = True

    def reads(self, owner: str | None) -> bool:
        """Tell whether an id of this kind may have the owner (None: no slash stands in it)."""
        return bool(owner) if self.owned else owner is None


@dataclass(frozen=True, slots=True)
class QueueName:
    """A queue's id, parsed once; `owner` is the store, product or order whose queue it is."""

    plan: "PlanType[Any]"
    kind: QueueKind
    owner: str | None = None

    @property
    def id(self) -> QueueId:
        """The id, as it is stored."""
        return QueueId(self.kind.name if self.owner is None else f"{self.kind.name}/{self.owner}")

    @property
    def kinds(self) -> frozenset[str]:
        """By what a list of queues names it: its id and its kind, or the kind that it is all of."""
        return frozenset({self.id, self.kind.all_of or self.kind.name})
