"""Bonds, teams and what they earned, each against what it follows from (Rules 2.5.1 and 2.8)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from rebate.domain.invitations import TeamFigures, TeamMember
from rebate.domain.money import Amount
from rebate.domain.names import MemberId
from rebate.domain.times import Instant
from rebate.usecases.audit.finding import AuditDifference, wrong
from rebate.usecases.storage.rows.catalog import Member
from rebate.usecases.storage.rows.commissions import Commission


@dataclass(slots=True)
class PeopleAudit:
    """What is known of members, their places in teams, and what promoters were paid by month."""

    bound: dict[MemberId, MemberId] = field(default_factory=dict)
    places: dict[tuple[MemberId, MemberId], Instant] = field(default_factory=dict)
    earned: Counter[tuple[MemberId, str]] = field(default_factory=Counter)

    def commission(self, row: Commission) -> None:
        """Note what an order paid to those above its buyer."""
        for part in row.paid if row.month else ():
            if part.reward.is_for_a_team:
                self._earn(part.reward.member, row.month or "", part.amount)

    def member(self, row: Member) -> None:
        """Note who referred a member, and since when that is written down."""
        if row.referrer is not None:
            self.bound[row.id] = row.referrer
            if row.bound_at is not None:
                self.places[row.referrer, row.id] = row.bound_at

    def loops(self) -> Iterator[AuditDifference]:
        """Yield who stands above themselves."""
        ends: set[MemberId] = set()
        for name in self.bound:
            line: dict[MemberId, None] = {}
            above: MemberId | None = name
            while above is not None and above not in ends and above not in line:
                line[above] = None
                above = self.bound.get(above)
            if above in line:
                yield AuditDifference(f"members.{above}", "stands above themselves")
            ends |= line.keys()

    def place(self, row: TeamMember) -> Iterator[AuditDifference]:
        """Yield whether a place in a team is not that of who is bound there."""
        known = self.places.pop((row.referrer, row.member), None)
        path = f"team_members.{row.referrer}.{row.member}"
        yield from wrong(path, "at", found=row.at, expected=known)

    def without_place(self) -> Iterator[AuditDifference]:
        """Yield who is bound and stands in no team."""
        for referrer, member in self.places:
            yield AuditDifference(f"members.{member}", f"has no place in the team of {referrer}")

    def figures(self, row: TeamFigures) -> None:
        """Take what a promoter's figures say off what the promoter was paid."""
        for month, amount in row.earned.items():
            self._earn(row.promoter, month, -amount)

    def untold(self) -> Iterator[AuditDifference]:
        """Yield which figures are not what was paid."""
        for (promoter, month), amount in sorted(self.earned.items()):
            if amount:
                path = f"team_figures.{promoter}.{month}"
                yield AuditDifference(path, f"is off by {-amount} from what was paid")

    def _earn(self, member: MemberId, month: str, amount: Amount) -> None:
        self.earned[member, month] += amount
