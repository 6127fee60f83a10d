"""Senders in the settings, and ids with their prefix (rule 0.13)."""

import pytest

from rebate.contracts.event_ids import with_prefix
from rebate.contracts.events_in import UnreadableEvent, parse_event
from rebate.contracts.settings import InvalidSettings, parse_settings
from rebate.usecases.settings.terms import terms_of
from tests.contracts.documents import MINIMAL

PAID = {
    "order_id": "o1",
    "member": {"id": "A"},
    "channel": "store",
    "store_id": "W",
    "paid_at": "2026-03-01T10:00:00+08:00",
    "lines": [{"line_id": "1", "paid": 1, "product_id": "p"}],
}


def problems(senders) -> dict[str, str]:
    with pytest.raises(InvalidSettings) as refused:
        parse_settings({**MINIMAL, "senders": senders})
    return {problem.path: problem.message for problem in refused.value.problems}


@pytest.mark.parametrize("kind", ["sources", "keys"])
def test_two_senders_are_not_spoken_for_by_one(kind):
    found = problems({"a": {kind: ["x"]}, "b": {kind: ["y", "x"]}})
    assert found == {f"senders.b.{kind}[1]": "speaks for a already"}


def test_a_source_that_is_called_as_another_sender_is_refused():
    assert "senders.a.sources[0]" in problems({"a": {"sources": ["b"]}, "b": {}})


def test_prefixes_that_could_make_one_id_of_two_are_refused():
    assert "senders.b.prefix" in problems({"a": {"prefix": "a"}, "b": {"prefix": "a-"}})
    assert "senders.b.prefix" in problems({"a": {"prefix": "a"}, "b": {"prefix": "a"}})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("prefix", "a\u200b"),
        ("keys", ["a b"]),
        ("keys", ["../x"]),
        ("types", ["OrderPayed"]),
        ("members", "own"),
        ("orders_per_minute", 0),
        ("order_max", -1),
    ],
)
def test_what_cannot_be_is_refused_by_its_path(field, value):
    assert any(path.startswith(f"senders.a.{field}") for path in problems({"a": {field: value}}))


def test_whoever_is_not_named_is_a_sender_by_itself():
    terms = terms_of(
        parse_settings({**MINIMAL, "senders": {"a": {"sources": ["s"], "keys": ["k"]}}})
    )
    senders = terms.senders
    assert [senders.of_source(each).name for each in ("s", "t")] == ["a", "t"]
    assert [senders.of_key(each).name for each in ("k", "default")] == ["a", "key/default"]
    assert senders.of_source("a").name == "source/a", "nobody becomes a by being called so"
    assert [senders.has_key(each) for each in ("k", "default", "t")] == [True, True, False]


def test_a_prefix_is_put_before_ids_but_not_those_of_lines():
    event = with_prefix(parse_event("OrderPaid", PAID), "a-", members_shared=False)
    assert (event.order_id, event.member.id, event.store_id) == ("a-o1", "a-A", "a-W")
    assert (event.lines[0].product_id, event.lines[0].line_id) == ("a-p", "1")


def test_shared_members_keep_their_ids():
    saved = parse_event("MemberSaved", {"member_id": "A", "referrer_id": "B"})
    assert with_prefix(saved, "a-", members_shared=True) == saved
    assert with_prefix(saved, "a-", members_shared=False).referrer_id == "a-B"


def test_what_an_event_leaves_out_stays_left_out():
    saved = with_prefix(parse_event("MemberSaved", {"member_id": "A"}), "a-", members_shared=False)
    assert saved.model_fields_set == {"member_id"}


def test_an_id_is_not_too_long_with_its_prefix():
    event = parse_event("OrderPaid", {**PAID, "order_id": "x" * 127})
    with pytest.raises(UnreadableEvent, match="order_id: must have at most 128 characters"):
        with_prefix(event, "a-", members_shared=False)


def test_a_prefix_makes_no_repurchase_of_an_order():
    event = parse_event("OrderPaid", {**PAID, "order_id": "r1"})
    with pytest.raises(UnreadableEvent, match="order_id"):
        with_prefix(event, "a-", members_shared=False)
