"""Files of exports: whole or not there, and fetched by links that end."""

import os
import time
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from rebate.adapters import export_files
from rebate.adapters.export_files import FILES_PATH, KEPT_SECONDS, BucketFiles, FolderFiles
from rebate.adapters.signing import SecretKey
from rebate.domain.errors import Unavailable

REGION = "eu-central-1"
NAME = "a1b2/orders.csv"
CSV = "text/csv; charset=utf-8"


@pytest.fixture
def s3(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        client = boto3.client("s3", REGION)
        client.create_bucket(
            Bucket="exports", CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        yield client


@pytest.fixture
def folder(tmp_path):
    return FolderFiles(tmp_path / "exports", SecretKey(b"x"))


def broken():
    yield b"first\n"
    raise ValueError("the store is gone")


def opened(folder, link):
    target = urlsplit(link)
    return folder.opened(target.path.removeprefix(FILES_PATH), target.query)


@pytest.mark.parametrize("lines", [0, 1, 7])
def test_a_bucket_gets_a_file_in_parts_of_which_none_is_lost(s3, monkeypatch, lines):
    monkeypatch.setattr(export_files, "PART_BYTES", 5 * 1024 * 1024)
    line = b"x" * (1024 * 1024 * 2 - 1) + b"\n"
    BucketFiles("exports", REGION).write(NAME, CSV, [line] * lines)
    found = s3.get_object(Bucket="exports", Key=NAME)
    assert found["Body"].read() == line * lines
    assert found["ContentType"] == CSV
    assert found["ContentDisposition"] == 'attachment; filename="orders.csv"'


def test_nothing_stays_in_a_bucket_of_a_file_that_was_cut_off(s3):
    with pytest.raises(ValueError, match="gone"):
        BucketFiles("exports", REGION).write(NAME, CSV, broken())
    with pytest.raises(ClientError):
        s3.get_object(Bucket="exports", Key=NAME)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket="exports")


def test_a_bucket_that_does_not_answer_is_unavailable(s3):
    with pytest.raises(Unavailable, match="S3"):
        BucketFiles("not-there", REGION).write(NAME, CSV, [b"x"])


def test_a_link_into_a_bucket_is_signed_and_ends(s3):
    link = urlsplit(BucketFiles("exports", REGION).link(NAME))
    said = parse_qs(link.query)
    assert link.path.endswith(NAME)
    assert said["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert said["X-Amz-Expires"] == ["900"]


def test_a_link_into_a_folder_leads_to_its_file_and_no_other(folder):
    folder.write(NAME, CSV, [b"first\n", b"second\n"])
    folder.write("c3d4/orders.csv", CSV, [b"another\n"])
    link = folder.link(NAME)
    file = opened(folder, link)
    assert file.read_bytes() == b"first\nsecond\n"
    assert opened(folder, link.replace("a1b2", "c3d4")) is None
    assert opened(folder, link.partition("?")[0]) is None
    assert opened(folder, link[:-1]) is None
    assert opened(folder, link.replace("until=", "until=1")) is None
    assert opened(folder, folder.link("../exports.key")) is None


def test_a_link_into_a_folder_ends(folder, monkeypatch):
    folder.write(NAME, CSV, [b"first\n"])
    link, now = folder.link(NAME), time.time()
    monkeypatch.setattr(time, "time", lambda: now + 899)
    assert opened(folder, link)
    monkeypatch.setattr(time, "time", lambda: now + 901)
    assert opened(folder, link) is None


def test_a_folder_has_no_half_files_and_none_older_than_a_day(folder, tmp_path):
    with pytest.raises(ValueError, match="gone"):
        folder.write(NAME, CSV, broken())
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []
    folder.write(NAME, CSV, [b"first\n"])
    old = time.time() - KEPT_SECONDS - 1
    os.utime(tmp_path / "exports" / "a1b2", (old, old))
    folder.write("c3d4/orders.csv", CSV, [b"another\n"])
    assert opened(folder, folder.link(NAME)) is None
    assert opened(folder, folder.link("c3d4/orders.csv"))
