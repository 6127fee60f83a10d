"""Whatever people type about a member is gone from every table once they are erased (Rule 8.10).

A text that a route or an event takes is either planted here, or named with why it stays: a new one
fails until somebody has thought about it.
"""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

import boto3
import pytest

from functions.scheduled_letters.handler import handler as scheduled_letters
from rebate import bootstrap
from rebate.adapters.codec import encode
from rebate.adapters.tables import TABLES
from rebate.bootstrap import app
from rebate.contracts.openapi import openapi
from rebate.contracts.routes import ROUTES
from rebate.domain.letters import DeadLetter
from rebate.domain.times import Instant
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.storage.ports import Put
from rebate.usecases.storage.rows.key_of import key_of
from tests.functions.cloud import REGION, SETTINGS, context, envelope
from tests.functions.test_links import offered, used

WITHDRAWALS, APPLICATION = "POST /v1/me/withdrawals", "PUT /v1/me/application"

PLANTED = {
    (WITHDRAWALS, "account.label"),
    (WITHDRAWALS, "account.reference"),
    *((APPLICATION, name) for name in ("name", "contact", "licence", "address", "category")),
    (APPLICATION, "attachments[]"),
    ("POST /v1/applications/negotiate", "note"),
    ("POST /v1/events", "detail.nickname"),
    ("POST /v1/events", "detail.avatar_url"),
    ("POST /v1/notes", "text"),
    ("POST /v1/dead-letters/replay", "body"),
}
"""What tells of a member."""

_WHY = "why somebody decided: it is part of the books, and names people by their ids"
STAY = {
    **{
        (f"{method} /v1/{path}", "reason"): _WHY
        for method, path in (
            *(("POST", "applications/reject"), ("POST", "withdrawals/decide")),
            *(("POST", "adjustments"), ("POST", "redemptions/state"), ("POST", "bindings")),
            *(("POST", "parked/release"), ("POST", "parked/drop"), ("POST", "erasures")),
        )
    },
    ("POST /v1/redemptions/state", "tracking"): "the carrier's number of a parcel",
    ("POST /v1/events", "detail.currency"): "a code of ISO 4217",
    ("POST /v1/events", "detail.name"): "a product's or a store's",
    ("PUT /v1/gifts", "name"): "a gift's",
    ("PUT /v1/gifts", "picture_url"): "a gift's",
    ("PUT /v1/notices/wordings", "text"): "the same for all members",
    ("POST /v1/simulate", "seed"): "not stored",
    ("PUT /v1/webhooks", "address"): "another service's",
    ("PUT /v1/webhooks", "secret"): "another service's",
    ("POST /v1/webhooks/redeliver", "after"): "names of deliveries",
    ("POST /v1/exports", "from"): "a day",
    ("POST /v1/exports", "to"): "a day",
    ("PUT /v1/settings", "at"): "a day",
    ("POST /v1/webhooks/redeliver", "deliveries[]"): "names of deliveries",
    ("POST /v1/dead-letters/replay", "letters[]"): "names of letters",
    ("POST /v1/me/link", "code"): "looked up, not stored",
    **{
        (key, "code"): "looked up, not stored"
        for key in (
            *("POST /v1/me/referrer", APPLICATION, "POST /v1/store/bills", "PUT /v1/store/staff"),
        )
    },
    **{
        (f"POST /v1/me/entries/{verb}", "entry"): "names an entry by ids"
        for verb in ("exchange", "draw")
    },
}
"""What stays, and why it tells of nobody."""

NAME, PICTURE = "MARKnickname", "https://MARKpicture.example/a.png"
LABEL, REFERENCE = "MARKbank", "MARKreference-6222"
PARTICULARS = {
    name: f"MARK{name}" for name in ("name", "contact", "licence", "address", "category")
}
LINK, NOTE, TALK = "https://MARKattachment.example/x.pdf", "MARKnote", "MARKtalk"
BUYER, STREET, RAW = "MARKunknown-field", "MARKstreet", "MARKraw"
MARKS = (NAME, PICTURE, LABEL, REFERENCE, *PARTICULARS.values(), LINK, NOTE, TALK)
LETTERS = (BUYER, STREET, RAW)


def free_texts() -> set[tuple[str, str]]:
    """Return what bodies hold of texts that are no ids, instants or choices, by route and path."""
    document = openapi()
    found = set()
    for route in ROUTES:
        if route.takes:
            body = document["paths"][route.path][route.method.lower()]["requestBody"]
            (content,) = body["content"].values()
            found |= {(route.key, path) for path in _texts(document, content["schema"], "")}
    return found


def _texts(document: Any, schema: Any, path: str) -> Iterator[str]:
    if "$ref" in schema:
        inner = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        yield from _texts(document, inner, path)
    for each in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from _texts(document, each, path)
    for name, each in schema.get("properties", {}).items():
        yield from _texts(document, each, f"{path}.{name}" if path else name)
    if schema.get("type") == "array":
        yield from _texts(document, schema["items"], f"{path}[]")
    is_text = schema.get("type") == "string" and not {"enum", "const", "format"} & schema.keys()
    if is_text and not str(schema.get("pattern", "")).startswith("^[^"):
        yield path


def test_every_text_that_people_type_is_erased_or_says_why_it_stays():
    assert free_texts() == PLANTED | STAY.keys()
    assert not PLANTED & STAY.keys()


def stored() -> str:
    """Return all that lies in all tables, keys included."""
    kinds: list[type[Any]] = [table.kind for table in TABLES]
    rows = (row for kind in kinds for row in app().store.scan(kind))
    return "\n".join(f"{key_of(row)} {encode(row)}" for row in rows)


def left(marks: tuple[str, ...]) -> list[str]:
    text = stored()
    return [mark for mark in marks if mark in text]


def apply(cloud, member: str, *, decide: str | None = None) -> str:
    """Let a member apply, and talk with them; return the application's id."""
    body = {**PARTICULARS, "attachments": [LINK]}
    assert cloud.as_member(member, "PUT", "/v1/me/application", body)[0] == 200
    name = cloud.as_member(member, "POST", "/v1/me/application/submit", {})[1]["id"]
    note = {"id": name, "note": TALK}
    assert cloud.as_operator("POST", "/v1/applications/negotiate", note)[0] == 200
    if decide == "reject":
        said = {"id": name, "reason": "no"}
        assert cloud.as_operator("POST", "/v1/applications/reject", said)[0] == 200
    if decide == "approve":
        said = {"id": name, "store": f"store-of-{member}"}
        assert cloud.as_operator("POST", "/v1/applications/approve", said)[0] == 200
    return str(name)


def letter(name: str, body: Any, function: str = "on_catalog_saved", quoted: str = NAME) -> None:
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    reason = f"nickname: must be a text, not {quoted}"
    row = DeadLetter(name, Instant(app().clock.now()), function, text, "unreadable_event", reason)
    app().store.commit([Put(row)])


@pytest.fixture
def planted(cloud):
    """A deployment in which the markers lie wherever people can put them."""
    told = {"member_id": "A", "nickname": NAME, "avatar_url": PICTURE}
    cloud.send({"detail-type": "MemberSaved", "detail": told})
    gift = {"member": "A", "asset": "cash", "amount": 1000, "reason": "opening"}
    assert cloud.as_operator("POST", "/v1/adjustments", {"id": "a1", **gift})[0] == 200
    account = {"label": LABEL, "reference": REFERENCE}
    for name in ("w1", "w2"):
        asked = {"id": name, "amount": 100, "account": account}
        assert cloud.as_member("A", "POST", "/v1/me/withdrawals", asked)[0] == 200
    cloud.as_operator("POST", "/v1/withdrawals/decide", {"id": "w1", "approve": False})
    note = {"id": "n1", "member": "A", "text": NOTE}
    assert cloud.as_operator("POST", "/v1/notes", note)[0] == 200
    apply(cloud, "A", decide="reject")
    apply(cloud, "A")
    letter("l1", envelope("member_saved", **told))
    strange = envelope("order_paid", order_id="o9", member={"id": "A", "name": BUYER})
    strange["detail"]["delivery"] = {"street": STREET}
    letter("l2", strange, "on_order_paid")
    shopify = {"customer": {"id": "A", "email": BUYER}, "shipping_address": {"address1": STREET}}
    letter("l3", {"connector": "s", "detail": {"payload": shopify}}, "connect_orders")
    letter("l4", '{"customer_id": "A", "email": "MARKraw', "on_shop_webhook")
    other = {"member_id": "B", "nickname": "somebody else"}
    letter("l5", envelope("member_saved", **other), quoted="it")
    assert left(MARKS + LETTERS) == [*MARKS, *LETTERS]
    return cloud


def erase(cloud, name: str = "e1", member: str = "A") -> None:
    body = {"id": name, "member": member, "reason": "asked to be forgotten"}
    status, said = cloud.as_operator("POST", "/v1/erasures", body)
    assert status == 200, said


def test_no_mark_is_left_in_any_table_but_of_what_is_still_to_be_paid(planted):
    digest = sha256(REFERENCE.encode()).hexdigest()
    erase(planted)
    assert left(MARKS + LETTERS) == [LABEL, REFERENCE]
    planted.as_operator("POST", "/v1/withdrawals/decide", {"id": "w2", "approve": False})
    assert left((*MARKS, *LETTERS, digest)) == []
    assert "somebody else" in stored(), "nobody else is erased"
    assert audit_books(app().store).differences == []


def test_what_the_api_shows_and_exports_has_no_mark_either(planted):
    erase(planted)
    planted.as_operator("POST", "/v1/withdrawals/decide", {"id": "w2", "approve": False})
    shown = [
        planted.as_operator("GET", "/v1/member", query="id=A"),
        planted.as_operator("GET", "/v1/members", query="query=MARK"),
        planted.as_operator("GET", "/v1/applications", query="state=rejected"),
        planted.as_operator("GET", "/v1/dead-letters"),
        planted.as_operator("GET", "/v1/audit"),
        planted.as_member("A", "GET", "/v1/me/notices"),
        planted.as_member("A", "GET", "/v1/me/application"),
        *(
            planted.text("/v1/exports", query=f"what={what}")
            for what in ("orders", "entries", "withdrawals")
        ),
    ]
    assert "MARK" not in json.dumps(shown)
    assert planted.as_operator("GET", "/v1/applications")[1]["applications"] == []


def test_letters_can_be_replayed_as_before_and_bring_no_name_back(planted, monkeypatch):
    sqs = boto3.client("sqs", region_name=REGION)
    url = sqs.create_queue(QueueName="to-on_order_paid")["QueueUrl"]
    monkeypatch.setenv("REBATE_REPLAY_QUEUES", f"on_order_paid {url}")
    bootstrap.app.cache_clear()
    erase(planted)
    found = planted.as_operator("GET", "/v1/dead-letters")[1]["letters"]
    orders = next(each for each in found if each["replays_to"] == "on_order_paid")
    said = planted.as_operator(
        "POST", "/v1/dead-letters/replay", {"id": "r1", "letters": [orders["letter"]]}
    )
    assert said[1]["replayed"] == 1
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert planted.send(json.loads(message["Body"])) == []
    planted.settle()
    assert "o9/1" in json.dumps(planted.outcome())
    assert NAME not in stored()
    erase(planted, "e2")
    assert planted.as_operator("GET", "/v1/dead-letters", query="state=replayed")[1]["letters"]


def test_a_letter_is_found_by_the_id_that_its_sender_uses(cloud):
    senders = {"b": {"sources": ["shop.b"], "prefix": "b-", "members": "prefixed"}}
    cloud.use({**SETTINGS, "senders": senders})
    told = {"member_id": "7", "nickname": NAME}
    saved = {**envelope("member_saved", member_id="7", nickname="x"), "source": "shop.b"}
    cloud.send(saved)
    letter("l1", {**envelope("member_saved", **told), "source": "shop.b"})
    erase(cloud, member="b-7")
    assert left((NAME,)) == []


def test_who_only_applied_is_erased_and_their_store_stays(cloud):
    apply(cloud, "M", decide="approve")
    erase(cloud, member="M")
    assert left(tuple(PARTICULARS.values())) == ["MARKname"], "the store is called so"
    assert left((LINK, TALK)) == []
    claims = {"sub": "M", "scope": "rebate/merchant"}
    (right,) = cloud.request("GET", "/v1/stores", claims=claims)[1]["rights"]
    assert right["role"] == "owner"


def test_what_the_account_did_before_it_was_linked_goes_too(cloud):
    apply(cloud, "s-1", decide="reject")
    cloud.send({"detail-type": "MemberSaved", "detail": {"member_id": "A"}})
    assert used(cloud, offered(cloud)[1]["code"])[0] == 200
    erase(cloud)
    assert left((*PARTICULARS.values(), LINK, TALK)) == []


def test_who_is_erased_may_apply_again_and_is_erased_again(planted):
    erase(planted)
    apply(planted, "A")
    assert left((TALK,)) == [TALK]
    erase(planted, "e2")
    assert left((TALK, *PARTICULARS.values())) == []


def test_letters_that_come_by_the_queues_are_kept_as_they_came(cloud, monkeypatch):
    """Only erasing takes anything out: a letter has to be replayed whole."""
    monkeypatch.setenv("REBATE_LETTER_QUEUES", f"on_catalog_saved {cloud.dead_letter_url}")
    bootstrap.app.cache_clear()
    broken: Mapping[str, Any] = envelope("member_saved", member_id="A", nickname=7)
    cloud.send(broken)
    assert scheduled_letters({}, context("scheduled_letters")) == {"kept": 1}
    (kept,) = cloud.as_operator("GET", "/v1/dead-letters")[1]["letters"]
    assert json.loads(kept["body"]) == broken
