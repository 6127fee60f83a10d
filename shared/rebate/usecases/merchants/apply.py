"""Applying to become a merchant: edited as a draft, and handed in (Rule 2.7.1)."""

from collections.abc import Sequence
from uuid import uuid4

from rebate.domain.errors import Code, Rejected
from rebate.domain.events import Event, MerchantApplied
from rebate.domain.merchants import OPEN, Applicant, Application, Particulars
from rebate.domain.names import MemberId
from rebate.usecases.people.desk import PeopleDesk
from rebate.usecases.people.invite import inviter_of
from rebate.usecases.storage.chains import previous_of
from rebate.usecases.storage.ports import Put, Remove, Write
from rebate.usecases.storage.rows.journal import Journal
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key
from rebate.usecases.storage.rows.lists import ListItem


def of_state(state: str) -> str:
    """Return the list of all applications in a state."""
    return f"applications/{state}"


def of_member(member: MemberId) -> str:
    """Return the list of a member's applications."""
    return f"applications of/{member}"


def own_application(desk: PeopleDesk, member: MemberId) -> Application:
    """Return a member's last application.

    Raises:
        Rejected: `unknown_entry`: there is none.
    """
    row = desk.store.get(Applicant, Key(member))
    found = desk.store.get(Application, Key(row.application)) if row else None
    if found is None:
        raise Rejected(Code.UNKNOWN_ENTRY, f"{member} has not applied")
    return found


def edit_application(
    desk: PeopleDesk, member: MemberId, particulars: Particulars, code: str | None = None
) -> Application:
    """Write down what a member applies with, in a new application if the last was decided.

    `code` is the invite code of who brought them in; without one it is who referred the member.

    Raises:
        Rejected: `invalid_request`, `unknown_member` or `over_limit`, as of `inviter_of`;
            `referrer_bound`: the code is the member's own.
        Mismatch: it was handed in, and nobody has sent it back.
        Unavailable: others kept writing to it.
    """
    referrer = None
    if code is not None:
        referrer = inviter_of(desk, code, tried_by=f"member/{member}").member
        if referrer == member:
            raise Rejected(Code.REFERRER_BOUND, "code is your own")
    return desk.carry_out(lambda: _edit(desk, member, particulars, referrer))


def submit_application(desk: PeopleDesk, member: MemberId) -> Application:
    """Hand a member's application in; the same again changes nothing.

    Raises:
        Rejected: `unknown_entry`: there is none; `invalid_request`: something is missing.
        Mismatch: it was decided.
        Unavailable: others kept writing to it.
    """
    return desk.carry_out(lambda: _submit(desk, member))


def store_application(
    desk: PeopleDesk,
    known: Application,
    after: Application,
    events: Sequence[Event] = (),
    more: Sequence[Write] = (),
) -> Application:
    """Store an application as it is now, with its place among those of its state."""
    if after == known:
        return known
    was, now = (ListItem(of_state(a.state), a.at, a.id) for a in (known, after))
    moved: list[Write] = [Put(now)]
    if not known.version:
        moved.append(Put(ListItem(of_member(after.member), after.at, after.id)))
    elif was != now:
        moved.append(Remove(ListItem, key_of(was)))
    writes = [Put(after, expects=known.version), *moved, *more]
    if events:
        source, number = f"application/{after.id}", after.version
        previous = previous_of(desk.store, source, number)
        told = Journal(source, number, desk.clock.now(), (), tuple(events), previous)
        writes.append(Put(told))
    desk.store.commit(writes)
    return after


def _edit(
    desk: PeopleDesk, member: MemberId, particulars: Particulars, referrer: MemberId | None
) -> Application:
    now = desk.clock.now()
    row = desk.store.get(Applicant, Key(member))
    last = desk.store.get(Application, Key(row.application)) if row else None
    if last is None or last.state not in OPEN:
        fresh = Application(uuid4().hex, member, now)
        version = row.version if row else 0
        applies = Put(Applicant(member, fresh.id, version + 1), expects=version)
        after = fresh.edited(particulars, referrer, now)
        after = after if after != fresh else fresh.with_step(member, now)
        return store_application(desk, fresh, after, more=[applies])
    return store_application(desk, last, last.edited(particulars, referrer or last.referrer, now))


def _submit(desk: PeopleDesk, member: MemberId) -> Application:
    known = own_application(desk, member)
    after = known.submitted(desk.clock.now())
    missing = known.particulars.missing
    if after != known and missing:
        raise Rejected(Code.INVALID_REQUEST, f"{missing} is missing")
    referrer = known.referrer or desk.member(member).referrer
    return store_application(desk, known, after, [MerchantApplied(known.id, member, referrer)])
