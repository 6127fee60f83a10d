"""A promoter's team: two levels of people by nickname, and what they earned (Rule 2.8)."""

from collections.abc import Iterable

from rebate.contracts.api import PAGE_SIZE
from rebate.contracts.people import MonthEarned, PersonShown, TeamShown
from rebate.domain.errors import Code, Rejected
from rebate.domain.invitations import TeamFigures, TeamMember
from rebate.domain.money import sum_of
from rebate.domain.names import GUEST, MemberId
from rebate.domain.times import datetime_of
from rebate.usecases.people.team_figures import EVER, figures_of
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.catalog import Member
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key, figures_key


def show_team(
    store: Store,
    currency: str,
    promoter: MemberId,
    *,
    of: str | None = None,
    after: str | None = None,
    to_operators: bool = False,
) -> TeamShown:
    """Return a page of a promoter's people, or of those of one of them: `of` says of whom.

    Raises:
        Rejected: `unknown_member`: nobody in the team is meant by `of`.
    """
    leader = promoter if of is None else _person(store, promoter, of)
    places = store.query(TeamMember, leader, after=after, limit=PAGE_SIZE, backwards=True)
    total = figures_of(store, promoter, GUEST).orders
    end = key_of(places[-1]).sort if len(places) == PAGE_SIZE else None
    return TeamShown(
        level=1 if of is None else 2,
        members=tuple(_shown(store, promoter, places, to_operators=to_operators)),
        buyers={month: total[month] for month in sorted(total) if month != EVER and total[month]},
        buyers_ever=total.get(EVER, 0),
        currency=currency,
        next=end,
    )


def _person(store: Store, promoter: MemberId, of: str) -> MemberId:
    found = store.get(TeamMember, Key(promoter, of))
    if found is None:
        raise Rejected(Code.UNKNOWN_MEMBER, "of must be a `person` of the team")
    return found.member


def _shown(
    store: Store, promoter: MemberId, places: Iterable[TeamMember], *, to_operators: bool
) -> Iterable[PersonShown]:
    rows = list(places)
    members = store.get_many(Member, [Key(each.member) for each in rows])
    figures = store.get_many(TeamFigures, [figures_key(promoter, each.member) for each in rows])
    for each in rows:
        member = members.get(Key(each.member)) or Member(each.member)
        known = TeamFigures(promoter, each.member)
        known = figures.get(figures_key(promoter, each.member), known)
        yield PersonShown(
            person=key_of(each).sort,
            nickname=member.nickname,
            avatar_url=member.avatar_url,
            joined_at=datetime_of(each.at),
            bought=member.bought,
            earned=sum_of(known.earned.values()),
            orders=sum(known.orders.values()),
            months=tuple(
                MonthEarned(month, known.earned[month], known.orders.get(month, 0))
                for month in sorted(known.earned)
            ),
            member=each.member if to_operators else None,
        )
