"""Linking over HTTP, and what Cognito puts into tokens of whoever is linked."""

import copy
import json

import pytest

from functions.sign_in_token.handler import handler as sign_in_token
from rebate.contracts.signatures import sign
from tests.functions.cloud import SETTINGS, bought, context

MEMBER = {"sub": "s-1", "scope": "openid rebate/member"}
ASKED = {
    "version": "2",
    "triggerSource": "TokenGeneration_HostedAuth",
    "region": "eu-central-1",
    "userPoolId": "eu-central-1_members",
    "userName": "8f2c",
    "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": "c"},
    "request": {
        "userAttributes": {
            "sub": "s-1",
            "email_verified": "true",
            "cognito:user_status": "CONFIRMED",
            "email": "ann@example.com",
        },
        "groupConfiguration": {
            "groupsToOverride": [],
            "iamRolesToOverride": [],
            "preferredRole": None,
        },
        "scopes": ["openid", "rebate/member"],
    },
    "response": {"claimsAndScopeOverrideDetails": None},
}
"""What Cognito sends for version V2_0."""


def offered(cloud, key=None, **body):
    text = json.dumps({"id": "l1", "member_id": "A", **body})
    now = cloud.now()
    signature = sign(b"new secret", now, text.encode())
    headers = {"X-Rebate-Timestamp": str(now), "X-Rebate-Signature": signature}
    headers |= {} if key is None else {"X-Rebate-Key": key}
    return cloud.request("POST", "/v1/links", text, headers=headers)


def used(cloud, code, **claims):
    return cloud.request("POST", "/v1/me/link", {"code": code}, claims={**MEMBER, **claims})


def tokens(pool="eu-central-1_members", **attributes):
    """Return the claims that are added to an access token of somebody with these attributes."""
    event = copy.deepcopy(ASKED) | {"userPoolId": pool}
    event["request"]["userAttributes"] |= attributes
    said = sign_in_token(event, context("sign_in_token"))
    assert said["version"] == "2", "Cognito wants its event back"
    made = said["response"]["claimsAndScopeOverrideDetails"]
    access, identity = made["accessTokenGeneration"], made["idTokenGeneration"]
    assert access == identity
    return access["claimsToAddOrOverride"]


def test_the_buyer_of_an_order_signs_in_as_its_member(cloud):
    """Purpose of linking: A of an order, whoever Cognito says they are."""
    cloud.send(bought("o1", "A"))
    cloud.settle()
    status, offer = offered(cloud)
    assert (status, offer["member_id"]) == (200, "A")
    assert offered(cloud) == (status, offer)
    status, link = used(cloud, offer["code"])
    assert (status, link["member"]) == (200, "A")
    claims = {**MEMBER, **tokens()}
    assert claims["member_id"] == "A"
    (entry,) = cloud.request("GET", "/v1/me/entries", claims=claims)[1]["entries"]
    assert entry["order_id"] == "o1"


def test_whoever_is_linked_is_the_member_whatever_the_token_says(cloud):
    """A token from before the link, or of an issuer that knows no links, invites under A too."""
    cloud.send(bought("o1", "A"))
    cloud.settle()
    before = cloud.request("GET", "/v1/me", claims=MEMBER)[1]
    assert (before["member"], before["figures"]["in_line"]) == ("s-1", 0)
    used(cloud, offered(cloud)[1]["code"])
    after = cloud.request("GET", "/v1/me", claims=MEMBER)[1]
    assert (after["member"], after["figures"]["in_line"]) == ("A", 10_000)
    assert after["invite"] == before["invite"], "a code that was handed out still holds"
    claims = {**MEMBER, "member_id": "A"}
    assert cloud.request("GET", "/v1/me", claims=claims)[1] == after
    unverified = {**MEMBER, "contact_verified": "false"}
    assert cloud.request("GET", "/v1/me", claims=unverified)[1]["member"] == "s-1"


def test_a_shop_links_its_own_members(cloud):
    """Whoever is called so at another shop is somebody else."""
    senders = {"b": {"keys": ["k1"], "prefix": "b-", "members": "prefixed"}}
    cloud.use({**SETTINGS, "senders": senders})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REBATE_SHOP_KEYS", json.dumps({"k1": "new secret"}))
        status, offer = offered(cloud, "k1")
    assert status == 401 or used(cloud, offer["code"])[1]["member"] == "b-A"


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [
        ("", 422, "invalid_request"),
        ("x" * 65, 422, "invalid_request"),
        (7, 422, "invalid_request"),
        ("ABCDEFGHJK", 422, "invalid_request"),
    ],
)
def test_a_bad_code_is_refused(cloud, code, status, said):
    assert (used(cloud, code)[0], used(cloud, code)[1]["code"]) == (status, said)


def test_a_link_is_for_good(cloud):
    code, other = (
        offered(cloud, id=name, member_id=member)[1]["code"]
        for name, member in (("l1", "A"), ("l2", "B"))
    )
    used(cloud, code)
    assert (used(cloud, other)[0], used(cloud, other)[1]["code"]) == (403, "forbidden")
    assert offered(cloud, id="l1", member_id="B")[0] == 409


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"email_verified": "false"}, 403),
        ({"email_verified": "false", "phone_number_verified": "true"}, 200),
        ({"contact_verified": "false"}, 403),
        ({"contact_verified": "true"}, 200),
        ({}, 200),
    ],
)
def test_an_unverified_email_or_phone_never_links(cloud, claims, status):
    assert used(cloud, offered(cloud)[1]["code"], **claims)[0] == status


@pytest.mark.parametrize(
    "attributes",
    [
        {"email_verified": "false"},
        {"email_verified": "", "phone_number_verified": "false"},
    ],
)
def test_tokens_of_the_unverified_name_no_member(cloud, attributes):
    """An email that was changed, and not verified anew, may be somebody else's."""
    used(cloud, offered(cloud)[1]["code"])
    assert tokens() == {"contact_verified": "true", "member_id": "A"}
    assert tokens(**attributes) == {"contact_verified": "false"}
    assert tokens(**{**attributes, "phone_number_verified": "true"})["member_id"] == "A"


def test_attributes_that_people_write_make_nobody_a_member(cloud):
    """Pitfall 23."""
    claims = tokens(**{"custom:member_id": "A", "member_id": "A"})
    assert claims == {"contact_verified": "true"}


def test_an_administrator_says_which_member_an_operator_is(cloud, monkeypatch):
    """Pitfall 13: the member account of an operator counts as theirs."""
    monkeypatch.setenv("REBATE_OPERATOR_POOL", "operators")
    assert tokens("operators", **{"custom:member_id": "A"})["member_id"] == "A"
    assert "member_id" not in tokens("operators")


def test_who_is_linked_to_nobody_is_who_they_are(cloud):
    assert tokens(sub="s-2") == {"contact_verified": "true"}
