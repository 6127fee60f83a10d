"""What matters of the pages in the cloud: where they lie, what stands beside them, what they do."""

import json
import subprocess
from base64 import b64encode
from hashlib import sha256
from typing import Any

import pytest

from rebate.contracts.pages import REWRITE, file_of, policy
from tests.infra.templates import OWN, Template, one

CLOUDFRONT = "AWS::CloudFront"
EMPTY = f"'sha256-{b64encode(sha256(b'').digest()).decode()}'"
"""A style element with nothing in it."""


def distribution(pages: Template) -> dict[str, Any]:
    config: dict[str, Any] = one(pages.all(f"{CLOUDFRONT}::Distribution"))["DistributionConfig"]
    return config


def test_the_bucket_is_private_and_only_the_distribution_reads_it(pages: Template) -> None:
    bucket = one(pages.all("AWS::S3::Bucket"))
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    control = one(pages.all(f"{CLOUDFRONT}::OriginAccessControl"))["OriginAccessControlConfig"]
    assert (control["SigningBehavior"], control["SigningProtocol"]) == ("always", "sigv4")
    policy = one(pages.all("AWS::S3::BucketPolicy"))["PolicyDocument"]["Statement"]
    readers = [
        each for each in policy if each["Effect"] == "Allow" and "s3:GetObject" in each["Action"]
    ]
    (reader,) = readers
    assert reader["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert "AWS:SourceArn" in reader["Condition"]["StringEquals"]


def test_the_api_stands_beside_the_pages_and_is_never_cached(pages: Template) -> None:
    config = distribution(pages)
    (beside,) = config["CacheBehaviors"]
    disabled, without_host = (
        "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
        "b689b0a8-53d0-40ab-baf2-68738e2966ac",
    )
    assert beside["PathPattern"] == "/v1/*"
    assert beside["CachePolicyId"] == disabled
    assert beside["OriginRequestPolicyId"] == without_host
    assert {"PUT", "POST", "GET"} <= set(beside["AllowedMethods"])


def test_pages_are_compressed_and_bring_their_policy(pages: Template) -> None:
    behaviour = distribution(pages)["DefaultCacheBehavior"]
    assert behaviour["Compress"]
    assert behaviour["ViewerProtocolPolicy"] == "redirect-to-https"
    (headers,) = pages.all(f"{CLOUDFRONT}::ResponseHeadersPolicy").values()
    security = headers["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    said = pages.text(security["ContentSecurityPolicy"]["ContentSecurityPolicy"])
    rules = dict(rule.split(" ", 1) for rule in said.split("; "))
    assert rules["script-src"] == "'self'"
    assert rules["style-src"].split() == ["'self'", EMPTY]
    assert "https://cognito-idp.{Region}.amazonaws.com" in rules["connect-src"].split()
    assert "unsafe" not in said


def test_files_that_change_are_asked_for_again_and_those_that_never_do_are_kept(
    pages: Template,
) -> None:
    cached = {
        name[: name.index("Custom")]: made["SystemMetadata"]["cache-control"]
        for name, made in pages.all("Custom::CDKBucketDeployment").items()
    }
    assert cached == {"Assets": "public, max-age=31536000, immutable", "Pages": "no-cache"}
    (told,) = (
        made
        for made in pages.all("Custom::CDKBucketDeployment").values()
        if "DistributionId" in made
    )
    assert told["DistributionPaths"] == ["/*"]


def test_outputs_name_the_addresses(pages: Template) -> None:
    outputs = {
        name: pages.text(output["Value"]) for name, output in pages.document["Outputs"].items()
    }
    assert outputs["MembersAddress"].startswith("https://")
    assert outputs["DeskAddress"] == f"{outputs['MembersAddress']}desk"
    assert "/signed-in/member" in outputs["Callbacks"]
    assert "/signed-in/operator" in outputs["Callbacks"]


def test_a_stage_with_an_issuer_of_its_own_asks_that_for_tokens(synthesised: Any) -> None:
    pages = Template(synthesised, f"rebate-{OWN}-pages")
    (headers,) = pages.all(f"{CLOUDFRONT}::ResponseHeadersPolicy").values()
    security = headers["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    assert "https://id.example.com;" in security["ContentSecurityPolicy"]["ContentSecurityPolicy"]


PATHS = {
    "/": "index.html",
    "/wallet": "index.html",
    "/i/AB12": "index.html",
    "/desk": "desk.html",
    "/desk/": "desk.html",
    "/desk/queues": "desk.html",
    "/api": "api.html",
    "/api/": "api.html",
    "/apiary": "index.html",
    "/desktop": "index.html",
    "/merchant": "desk.html",
    "/merchant/bill": "desk.html",
    "/merchants": "index.html",
    "/signed-in/member": "index.html",
    "/signed-in/operator": "desk.html",
    "/assets/desk/desk-1a2b.js": "assets/desk/desk-1a2b.js",
    "/config.json": "config.json",
}


@pytest.mark.parametrize("path", PATHS)
def test_paths_lead_to_the_page_of_their_application(path: str) -> None:
    assert file_of(path) == PATHS[path]


def test_cloudfront_leads_where_this_machine_does() -> None:
    script = f"{REWRITE}; console.log(JSON.stringify({json.dumps(list(PATHS))}.map(uri => "
    script += "handler({request: {uri}}).uri)))"
    done = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [f"/{file}" for file in PATHS.values()]


def test_what_is_asked_for_tokens_stands_in_the_policy() -> None:
    assert "connect-src 'self' https://id.example.com;" in policy(["https://id.example.com"])
