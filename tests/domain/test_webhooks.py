"""Webhooks by the Standard Webhooks specification, verified by its own library."""

import time

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from rebate.domain.records import replace
from rebate.domain.times import DAY, SECOND, Instant
from rebate.domain.webhooks import (
    ATTEMPTS_KEPT,
    DEAD_AFTER,
    GIVES_UP_AFTER,
    HOUR,
    MINUTE,
    DeliveryState,
    WebhookAttempt,
    WebhookDelivery,
    WebhookHealth,
    WebhookSecret,
    message_id,
    secret_bytes,
    secret_of,
    signature,
)

NOW = Instant(1_800_000_000 * SECOND)
BODY = '{"type":"RebatePaid","data":{"queue":"product/茶"}}'
ONE, OTHER = secret_of(b"a" * 32), secret_of(b"b" * 32)


def headers(signed, seconds=None):
    return {
        "webhook-id": message_id("product/茶#7#0"),
        "webhook-timestamp": str(seconds or int(time.time())),
        "webhook-signature": signed,
    }


def test_what_is_signed_is_verified_by_the_library():
    seconds = int(time.time())
    signed = signature([ONE], message_id("product/茶#7#0"), seconds, BODY)
    said = Webhook(ONE).verify(BODY.encode(), headers(signed, seconds))
    assert said == {"type": "RebatePaid", "data": {"queue": "product/茶"}}
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER).verify(BODY.encode(), headers(signed, seconds))


def test_while_a_secret_is_replaced_both_verify():
    seconds = int(time.time())
    signed = signature([ONE, OTHER], message_id("product/茶#7#0"), seconds, BODY)
    for secret in (ONE, OTHER):
        Webhook(secret).verify(BODY.encode(), headers(signed, seconds))


@pytest.mark.parametrize(
    "secret", ["", "secret", "whsec_", "whsec_%%%", secret_of(b"a" * 23), secret_of(b"a" * 65)]
)
def test_what_is_no_secret_is_refused(secret):
    with pytest.raises(ValueError, match=r"must|base64|padding|characters"):
        secret_bytes(secret)


def test_a_secret_is_in_no_text():
    row = WebhookSecret("shop", 1, ONE)
    assert ONE not in f"{row} {row!r} {[row]}"


def test_a_name_of_an_event_is_plain_and_its_own():
    names = {message_id(f"mall#{number}#0") for number in range(1000)}
    assert len(names) == 1000
    assert all(name.isascii() and "." not in name for name in names)


def delivery(**changes):
    made = WebhookDelivery("shop", "msg_1", "mall#1#0", "RebatePaid", NOW, BODY, since=NOW)
    return replace(made, **changes)


def attempt(at, status=500, **changes):
    return WebhookAttempt(Instant(at), 0, status, **changes)


def test_the_pauses_are_those_of_the_specification_until_three_days_are_over():
    row, at, pauses = delivery(), NOW, []
    while row.state == DeliveryState.WAITING:
        row = row.after(attempt(at), dead=False, jitter=0)
        if row.next_at is not None:
            pauses.append(row.next_at - at)
            at = row.next_at
    hours = (2, 5, 10, 14, 20, 24)
    assert pauses == [5 * SECOND, 5 * MINUTE, 30 * MINUTE, *(each * HOUR for each in hours)]
    assert (row.state, row.reason, len(row.attempts)) == (DeliveryState.SET_ASIDE, "three_days", 10)
    assert at - NOW == GIVES_UP_AFTER
    assert 3 * DAY < GIVES_UP_AFTER < 3 * DAY + 4 * HOUR


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_any_2xx_is_taken(status):
    assert (
        delivery().after(attempt(NOW, status), dead=False, jitter=0).state
        == DeliveryState.DELIVERED
    )


@pytest.mark.parametrize("status", [100, 199, 300, 301, 302, 307, 404, 429, 500, None])
def test_anything_else_is_not(status):
    row = delivery().after(attempt(NOW, status), dead=False, jitter=0)
    assert (row.state, row.next_at) == (DeliveryState.WAITING, NOW + 5 * SECOND)


def test_a_receiver_may_ask_for_a_longer_pause():
    row = delivery().after(attempt(NOW, 503, retry_after=3600), dead=False, jitter=0)
    assert row.next_at == NOW + HOUR


def test_tries_that_failed_together_do_not_come_together():
    due = {
        delivery(tries=2).after(attempt(NOW), dead=False, jitter=each / 10).next_at
        for each in range(10)
    }
    assert len(due) == 10
    assert max(due) < NOW + 33 * MINUTE


def test_a_receiver_that_is_gone_gets_no_more():
    row = delivery().after(attempt(NOW, 410), dead=False, jitter=0)
    assert (row.state, row.reason) == (DeliveryState.SET_ASIDE, "gone")


def test_tries_of_a_dead_endpoint_use_up_no_pause():
    row = delivery(tries=1)
    for number in range(40):
        row = row.after(attempt(NOW + number), dead=True, jitter=0)
    assert (row.state, row.parked, row.tries) == (DeliveryState.WAITING, True, 1)
    assert len(row.attempts) == ATTEMPTS_KEPT
    assert (
        row.after(attempt(NOW + GIVES_UP_AFTER), dead=True, jitter=0).state
        == DeliveryState.SET_ASIDE
    )


def test_one_that_is_asked_for_again_begins_anew():
    row = delivery(state=DeliveryState.SET_ASIDE, reason="three_days", tries=9)
    again = row.once_more("r1", Instant(NOW + 5 * DAY))
    assert (again.state, again.tries, again.reason, again.asked) == (
        DeliveryState.WAITING,
        0,
        None,
        "r1",
    )
    assert again.is_due(Instant(NOW + 5 * DAY))
    assert not again.is_over(Instant(NOW + 5 * DAY))


def test_a_dead_endpoint_rests_twice_as_long_each_time_up_to_five_minutes():
    health = WebhookHealth("shop").failed(DEAD_AFTER - 1, NOW)
    assert (health.is_dead, health.rests_until) == (False, None)
    rests = []
    for _ in range(9):
        health = health.failed(1, NOW)
        rests.append((health.rests_until - NOW) // SECOND)
    assert rests == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    assert health.is_dead
    assert health.failed(10**9, NOW).rests_until == NOW + 300 * SECOND
    assert health.answered() == WebhookHealth("shop")
