"""Who has signed a delivery (pitfalls of signatures: the bytes as they came, no empty secrets)."""

import base64
import hmac

import pytest

from rebate.connectors import PLATFORMS

SECRET = b"a secret of a shop"
BODY = '{"note":"a & b / c ü"}'.encode()

every_platform = pytest.mark.parametrize("platform", PLATFORMS.values(), ids=list(PLATFORMS))


HMAC = {"shopify", "woocommerce"}


def signature(platform, secret: bytes, body: bytes) -> str:
    if platform.name in HMAC:
        return base64.b64encode(hmac.new(secret, body, "sha256").digest()).decode()
    return str(platform.sign(secret, body).decode())


@every_platform
def test_the_bytes_are_signed_as_they_came(platform):
    assert platform.signs([SECRET], signature(platform, SECRET, BODY), BODY)
    assert not platform.signs(
        [SECRET], signature(platform, SECRET, BODY), BODY.replace(b"/", b"\\/")
    )


@every_platform
def test_of_two_secrets_either_is_good(platform):
    assert platform.signs([b"another old secret", SECRET], signature(platform, SECRET, BODY), BODY)


@every_platform
@pytest.mark.parametrize("secret", [b"", b"fifteen letters"])
def test_a_secret_that_is_too_short_signs_nothing(platform, secret):
    assert not platform.signs([secret], signature(platform, secret, BODY), BODY)


@every_platform
@pytest.mark.parametrize("given", [None, "", "ü", "AAAA"])
def test_other_signatures_are_none(platform, given):
    assert not platform.signs([SECRET], given, BODY)
    assert not platform.signs([], given, BODY)
