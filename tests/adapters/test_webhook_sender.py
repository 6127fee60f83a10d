"""Sending to receivers that fail, hang, redirect, drip or flood, and to none that is not public."""

import socket
import ssl
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from rebate.adapters.clock import SystemClock
from rebate.adapters.webhook_sender import ANSWER_BYTES_MAX, AddressRules, HttpWebhookSender
from rebate.usecases.webhooks.deliver_webhooks import WebhookRequest
from tests.receiver import (
    answers,
    babbles,
    continues,
    drips,
    floods,
    hangs,
    hangs_up,
    receiver,
)

HERE = AddressRules(loopback=True)
SECONDS = 0.6


def send(*addresses, rules=HERE, tls=None, timeout=SECONDS):
    sender = HttpWebhookSender(SystemClock(), rules, timeout=timeout, tls=tls)
    requests = [WebhookRequest(each, {"webhook-id": "msg_1"}, '{"a":"ü"}') for each in addresses]
    return sender.send(requests)


def came_of(*behaviours, path=""):
    with receiver(*behaviours) as made:
        (attempt,) = send(made.url + path)
        return attempt, made


def test_what_is_sent_arrives_byte_for_byte():
    attempt, made = came_of(answers(204, b""), path="?a=1")
    ((headers, body),) = made.got
    assert (attempt.status, attempt.error, attempt.succeeded) == (204, None, True)
    assert body == '{"a":"ü"}'.encode()
    assert headers["webhook-id"] == "msg_1"
    assert headers["host"] == f"127.0.0.1:{made.port}"
    assert headers["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("status", [400, 404, 410, 429, 500, 503])
def test_a_failure_is_told_with_the_head_of_its_answer(status):
    attempt, _ = came_of(answers(status, "nö\x07\n".encode() + b"x" * 5000))
    assert (attempt.status, attempt.error) == (status, None)
    assert attempt.answer.startswith("nö \nx")
    assert len(attempt.answer.encode()) <= ANSWER_BYTES_MAX


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_a_failure_and_not_followed(status):
    with receiver() as other:
        attempt, _ = came_of(answers(status, Location=other.url))
        assert (attempt.status, attempt.error, attempt.succeeded) == (status, "redirect", False)
        assert other.got == []


@pytest.mark.parametrize("behaviour", [hangs, drips, continues])
def test_a_receiver_that_holds_on_is_cut_at_the_deadline(behaviour):
    begun = time.monotonic()
    attempt, _ = came_of(behaviour)
    assert (attempt.status, attempt.error) == (None, "timeout")
    assert time.monotonic() - begun < SECONDS + 1
    assert attempt.ms >= SECONDS * 1000 * 0.9


def test_one_that_hangs_holds_up_no_other():
    with receiver(hangs) as slow, receiver() as quick:
        attempts = send(slow.url, quick.url)
        assert [each.status for each in attempts] == [None, 200]
        assert attempts[1].ms < SECONDS * 1000


def test_a_flood_is_not_read():
    attempt, _ = came_of(floods)
    assert (attempt.status, len(attempt.answer)) == (500, ANSWER_BYTES_MAX)


def test_a_status_counts_though_its_body_does_not_come():
    def slow(connection):
        connection.say(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok")
        connection.wait(30)

    attempt, _ = came_of(slow)
    assert (attempt.status, attempt.answer, attempt.succeeded) == (200, "ok", True)


def test_answers_in_chunks_are_read():
    def chunks(connection):
        connection.say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")

    attempt, _ = came_of(chunks)
    assert (attempt.status, attempt.answer) == (200, "ok")


@pytest.mark.parametrize(
    ("behaviour", "error"), [(hangs_up, "no_connection"), (babbles, "bad_answer")]
)
def test_what_is_no_answer_is_a_failure(behaviour, error):
    attempt, _ = came_of(behaviour)
    assert (attempt.status, attempt.succeeded) == (None, False)
    assert attempt.error in {error, "bad_answer"}


def test_headers_without_end_are_a_failure():
    def many(connection):
        connection.say(b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 500 + b"\r\n")

    attempt, _ = came_of(many)
    assert (attempt.status, attempt.error) == (None, "bad_answer")


def test_nobody_listens():
    with receiver() as made:
        url = made.url
    (attempt,) = send(url)
    assert attempt.error == "no_connection"


@pytest.mark.parametrize(("said", "seconds"), [("120", 120), ("0", 0), ("x", 0), ("9" * 30, 86400)])
def test_a_pause_that_is_asked_for_is_told(said, seconds):
    attempt, _ = came_of(answers(503, Retry_After=said))
    assert attempt.retry_after == seconds


def test_a_pause_may_be_a_date():
    until = format_datetime(datetime.now(UTC) + timedelta(minutes=5), usegmt=True)
    attempt, _ = came_of(answers(503, Retry_After=until))
    assert 290 < attempt.retry_after <= 300


# Addresses


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "10.0.0.1",
        "169.254.169.254",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "[64:ff9b::7f00:1]",
        "0.0.0.0",
    ],
)
def test_an_address_that_is_not_public_is_refused_whatever_its_spelling(host):
    with receiver() as made:
        for scheme in ("https", "http"):
            address = f"{scheme}://{host}:{made.port}/"
            (attempt,) = send(address, rules=AddressRules())
            assert (attempt.error, attempt.status, attempt.answer) == ("refused_address", None, "")
            if host != "0.0.0.0" or scheme == "http":
                assert not AddressRules().allows(address)
        assert made.got == []


def test_the_address_connected_to_is_the_one_that_was_judged():
    """What a name says a moment later leads nowhere else."""
    asked = []

    def changing(host, _port):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    with receiver() as made:
        address = f"http://shop.example.test:{made.port}/"
        (attempt,) = send(address, rules=AddressRules(loopback=True, resolver=changing))
        assert (attempt.status, asked) == (200, ["shop.example.test"])
        assert made.got[0][0]["host"] == f"shop.example.test:{made.port}"
        (attempt,) = send(address, rules=AddressRules(loopback=True, resolver=changing))
        assert attempt.error == "refused_address", "it is judged at every sending"


@pytest.mark.parametrize(
    "addresses", [["93.184.216.34", "10.0.0.1"], ["127.0.0.1"], ["fe80::1%1"], []]
)
def test_a_name_that_leads_anywhere_else_is_refused(addresses):
    (attempt,) = send(
        "https://shop.example.test/", rules=AddressRules(resolver=lambda *_: addresses)
    )
    assert attempt.error == "refused_address"


def test_only_https_is_sent_to_the_public():
    public = AddressRules(resolver=lambda *_: ["93.184.216.34"])
    (attempt,) = send("http://shop.example.test/", rules=public)
    assert attempt.error == "refused_address"
    assert not public.allows("http://shop.example.test/")
    assert public.allows("https://shop.example.test/")


def test_a_name_that_there_is_not():
    def unknown(*_):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    (attempt,) = send("https://nowhere.example.test/", rules=AddressRules(resolver=unknown))
    assert attempt.error == "no_address"


def test_this_machine_is_allowed_only_where_it_is_said():
    assert HERE.allows("http://127.0.0.1:8000/hooks")
    assert HERE.allows("http://localhost:8000/hooks")
    assert not HERE.allows("http://10.0.0.1/")
    assert not AddressRules().allows("https://localhost/")


# TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> tuple[Path, Path]:
    """A certificate of `shop.example.test`, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "shop.example.test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("shop.example.test")]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths


@pytest.fixture
def tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*map(str, certificate))
    return context


def _send_by_tls(address, certificate, *, trusts=True):
    context = ssl.create_default_context(cafile=str(certificate[0]) if trusts else None)
    rules = AddressRules(loopback=True, resolver=lambda *_: ["127.0.0.1"])
    (attempt,) = send(address, rules=rules, tls=context, timeout=3)
    return attempt


def test_the_certificate_is_checked_for_the_name_not_for_the_address(tls, certificate):
    with receiver(tls=tls) as made:
        right = f"https://shop.example.test:{made.port}/hooks"
        assert _send_by_tls(right, certificate).status == 200
        wrong = f"https://other.example.test:{made.port}/hooks"
        assert _send_by_tls(wrong, certificate).error == "tls"
        assert _send_by_tls(right, certificate, trusts=False).error == "tls"
        assert len(made.got) == 1


def test_a_receiver_that_hangs_in_the_handshake_or_after_is_cut(tls, certificate):
    context = ssl.create_default_context(cafile=str(certificate[0]))
    rules = AddressRules(loopback=True, resolver=lambda *_: ["127.0.0.1"])
    with (
        receiver(hangs) as mute,
        receiver(hangs, tls=tls) as slow,
        receiver(drips, tls=tls) as drip,
    ):
        for made in (mute, slow, drip):
            begun = time.monotonic()
            address = f"https://shop.example.test:{made.port}/"
            (attempt,) = send(address, rules=rules, tls=context)
            assert attempt.error == "timeout"
            assert time.monotonic() - begun < SECONDS + 1
