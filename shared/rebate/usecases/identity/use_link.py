"""Who signed in uses a code of the shop's: subject and member are one from then on, for good."""

from collections.abc import Sequence

from rebate.domain.errors import Code, Rejected
from rebate.domain.invitations import Invitation
from rebate.domain.links import IdentityLink, LinkCode, LinkedMember, LinkOffer, tidy_code
from rebate.domain.merchants import OPEN, ROLES, Applicant, Application
from rebate.domain.names import MemberId
from rebate.domain.records import replace
from rebate.domain.tickets import Ticket
from rebate.domain.wallets import Wallet
from rebate.usecases.catalog.bonds import Bond, bind, bond_of
from rebate.usecases.merchants.rights import rights_held
from rebate.usecases.money.ledger import WalletLedger
from rebate.usecases.office.places import introductions
from rebate.usecases.people.desk import has_bought
from rebate.usecases.storage.ports import Check, Put, Write
from rebate.usecases.storage.rows.catalog import Member, new_member
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key, request_key

LINK = "link"
"""What offers are called among a caller's requests."""


def use_link(ledger: WalletLedger, subject: str, code: str, *, is_verified: bool) -> IdentityLink:
    """Link who signed in as `subject` to the member for whom the shop asked for a code.

    The referrer to whom an invitation bound the subject is carried over, if the member has none and
    has not bought; whoever follows the subject's invite code comes to the member from then on. The
    same again changes nothing. `is_verified`: whether the subject's email or
    telephone number is known to be theirs.

    Raises:
        Rejected: `invalid_request`: there is no such code, it was used, or is over; `forbidden`:
            either is linked otherwise, or the subject has entries, money, a team, a right in a
            store or an application that is not decided, or is not verified.
        Unavailable: others kept writing to the same rows.
    """
    return ledger.carry_out(lambda: _link(ledger, subject, code, is_verified=is_verified))


def _link(ledger: WalletLedger, subject: str, code: str, *, is_verified: bool) -> IdentityLink:
    offer = _offer_of(ledger, tidy_code(code))
    known = ledger.store.get(IdentityLink, Key(subject))
    if known is not None and offer.used_by == subject:
        return known
    now = ledger.clock.now()
    used = offer.use(subject, now)
    if not is_verified:
        raise _forbidden("verify your email or telephone number first")
    if known is not None:
        raise _forbidden(f"you are linked to {known.member} already, for good")
    if ledger.store.get(LinkedMember, Key(offer.member)) is not None:
        raise _forbidden("the member is linked to another account, for good")
    link = IdentityLink(subject, offer.member, now)
    ledger.store.commit(
        [
            Put(used),
            Put(link, expects=0),
            Put(LinkedMember(offer.member, subject, now), expects=0),
            *_given_up(ledger, MemberId(subject), offer.member),
        ]
    )
    return link


def _offer_of(ledger: WalletLedger, code: str) -> LinkOffer:
    place = ledger.store.get(LinkCode, Key(code))
    if place is None:
        raise Rejected(Code.INVALID_REQUEST, "code: there is no such code")
    offer = ledger.store.get(LinkOffer, request_key(LINK, place.caller, place.id))
    assert offer is not None, "a code and its offer are stored together"
    return offer


def _given_up(ledger: WalletLedger, subject: MemberId, name: MemberId) -> Sequence[Write]:
    """Return what becomes of what the subject was so far: nobody may be left behind in it.

    Raises:
        Rejected: `forbidden`: it has entries, money, a team, a right in a store, or has applied.
    """
    if subject == name:
        return ()
    wallet = ledger.wallet(subject)
    if any(wallet.balances.values()) or ledger.store.query(Ticket, subject, limit=1):
        raise _forbidden("this account has entries or money of its own")
    known, member = _member(ledger, subject), _member(ledger, name)
    if known.refers:
        raise _forbidden("others are bound to this account: the shop's operators move them first")
    heir = replace(member, invite=member.invite or known.invite)
    writes = [
        Check(Wallet, Key(subject), wallet.version),
        _no_applicant(ledger, subject),
        *_code_moved(ledger, known.invite, name),
        *_carried_over(ledger, known, heir),
    ]
    is_written = any(isinstance(w, Put) and getattr(w.row, "id", "") == name for w in writes)
    if heir != member and not is_written:
        stored = Put(replace(heir, version=heir.version + 1), expects=member.version)
        writes += [stored, *introductions([stored], ledger.clock.now())]
    return writes


def _no_applicant(ledger: WalletLedger, subject: MemberId) -> Write:
    """Insist that nothing of the subject's is with merchants, where nobody would find it again."""
    row = ledger.store.get(Applicant, Key(subject))
    last = ledger.store.get(Application, Key(row.application)) if row else None
    if last is not None and last.state in OPEN:
        raise _forbidden("this account has applied to become a merchant: that is decided first")
    if any(right.role in ROLES for right in rights_held(ledger.store, subject)):
        raise _forbidden("this account has a right in a store: its owner takes it away first")
    return Check(Applicant, Key(subject), row.version if row else 0)


def _code_moved(ledger: WalletLedger, code: str | None, member: MemberId) -> Sequence[Write]:
    """Return what leads whoever has the subject's invite code to the member (Rule 2.5.1)."""
    known = None if code is None else ledger.store.get(Invitation, Key(code))
    if known is None:
        return ()
    after = replace(known, member=member, version=known.version + 1)
    return [Put(after, expects=known.version)]


def _carried_over(ledger: WalletLedger, subject: Member, member: Member) -> Sequence[Write]:
    """Return what binds the member to the subject's referrer, whom the subject leaves."""
    if subject.referrer is None:
        return [Check(Member, key_of(subject), subject.version)]
    now = ledger.clock.now()
    left = bind(ledger.store, subject, Bond(), now, "code")
    if member.referrer is not None or has_bought(ledger.store, member):
        return left
    bond = bond_of(ledger.store, member, subject.referrer)
    return left if bond.refused else [*left, *bind(ledger.store, member, bond, now, "code")]


def _member(ledger: WalletLedger, name: MemberId) -> Member:
    return ledger.store.get(Member, Key(name)) or new_member(name)


def _forbidden(why: str) -> Rejected:
    return Rejected(Code.FORBIDDEN, why)
