"""What letters say of a member who is erased goes, and they can be replayed as before (Rule 8.10).

Of an event of ours nothing stays but what it is read for, less the name and the picture. What a
platform sent loses whatever tells of people; what cannot be read at all goes, where it names them.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel

from rebate.contracts.events_in import EVENTS_IN
from rebate.domain.letters import DeadLetter, LetterState
from rebate.domain.names import MemberId
from rebate.domain.records import replace
from rebate.domain.senders import SendersTerms
from rebate.usecases.catalog.save_catalog import PERSONAL
from rebate.usecases.storage.in_time import oldest_first
from rebate.usecases.storage.ports import Put, Store, Write

ERASED = "erased"
"""What stays of a letter, or of the reason for it, of which nothing else may."""

ROWS_AT_ONCE = 50

_OF_PEOPLE = frozenset(
    {
        *("billing", "billing_address", "shipping", "shipping_address", "default_address"),
        *("addresses", "address_info", "buyer_info", "receiver_name", "receiver_tel"),
        *("email", "contact_email", "phone", "first_name", "last_name", "company", "username"),
        *("browser_ip", "client_details", "customer_ip_address", "customer_user_agent"),
        *("customer_locale", "customer_note", "note", "note_attributes", "buyer_message"),
        *("landing_site", "referring_site", "meta_data", "payment_details", "cart_token"),
    }
)
"""What platforms' payloads tell of people; no converter reads it."""


def letters_without(store: Store, senders: SendersTerms, member: MemberId) -> Iterator[Write]:
    """Yield the letters that name a member, as they are without what is personal."""
    ids = _names(senders, member)
    for state in LetterState:
        for row in oldest_first(store, DeadLetter, state, at_once=ROWS_AT_ONCE):
            bare = _without(row, ids)
            if bare != row:
                yield Put(bare)


def _names(senders: SendersTerms, member: MemberId) -> frozenset[str]:
    """Return what letters may call a member: senders leave out the prefix that is put before."""
    prefixes = (each.prefix for each in senders.named.values() if not each.members_shared)
    return frozenset({member, *(member.removeprefix(prefix) for prefix in prefixes)})


def _without(letter: DeadLetter, ids: frozenset[str]) -> DeadLetter:
    try:
        document = json.loads(letter.body)
    except (ValueError, RecursionError):
        named = any(name in letter.body for name in ids)
        return replace(letter, body=ERASED, reason=ERASED) if named else letter
    if ids.isdisjoint(_values(document)):
        return letter
    bare = _bare(document)
    if bare == document:
        return letter
    return replace(letter, body=json.dumps(bare, ensure_ascii=False), reason=ERASED)


def _values(part: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Yield all that stands anywhere in a document, as text."""
    if isinstance(part, Mapping):
        for value in part.values():
            yield from _values(value)
    elif isinstance(part, list):
        for value in part:
            yield from _values(value)
    else:
        yield str(part)


def _bare(document: Any) -> Any:  # noqa: ANN401 - JSON
    kind = document.get("detail-type") if isinstance(document, Mapping) else None
    if (model := EVENTS_IN.get(str(kind))) is not None:
        return {**document, "detail": _only(document.get("detail"), model)}
    return _less(document, _OF_PEOPLE | PERSONAL)


def _only(part: Any, model: type[BaseModel]) -> Any:  # noqa: ANN401 - JSON
    """Return of a part of an event what it is read for, less name and picture."""
    if isinstance(part, list):
        return [_only(each, model) for each in part]
    if not isinstance(part, Mapping):
        return part
    fields = {name: each for name, each in model.model_fields.items() if name not in PERSONAL}
    inner = {name: next(_models(each.annotation), None) for name, each in fields.items()}
    return {
        name: _only(part[name], inside) if (inside := inner[name]) else part[name]
        for name in part
        if name in fields
    }


def _less(part: Any, names: frozenset[str]) -> Any:  # noqa: ANN401 - JSON
    if isinstance(part, Mapping):
        return {name: _less(value, names) for name, value in part.items() if name not in names}
    return [_less(each, names) for each in part] if isinstance(part, list) else part


def _models(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - any type
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for each in get_args(annotation):
        yield from _models(each)
