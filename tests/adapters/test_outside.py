"""What stands outside the tables: keys of KMS and in files, a locked bucket and a folder."""

import boto3
import pytest
from moto import mock_aws

from rebate.adapters.archive import BucketArchive, FolderArchive, MemoryArchive
from rebate.adapters.signing import KmsKey, SecretKey, key_in

REGION = "eu-central-1"


@pytest.fixture
def aws(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        yield


def of_kms(_):
    made = boto3.client("kms", REGION).create_key(
        KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC"
    )
    return KmsKey(made["KeyMetadata"]["KeyId"], REGION)


def in_a_file(tmp_path):
    return key_in(tmp_path / "keys" / "books.key")


@pytest.mark.parametrize("make", [of_kms, in_a_file, lambda _: SecretKey(b"x")])
def test_a_key_knows_what_it_signed(aws, tmp_path, make):
    key = make(tmp_path)
    mac = key.sign(b"a head")
    assert key.sign(b"a head") == mac
    assert key.verifies(b"a head", mac)
    assert not key.verifies(b"another head", mac)
    assert not key.verifies(b"a head", b"\0" * 32)


def test_a_key_in_a_file_is_the_same_the_next_time_and_nobody_elses(tmp_path):
    file = tmp_path / "books.key"
    first = key_in(file).sign(b"a head")
    assert key_in(file).verifies(b"a head", first)
    assert file.stat().st_mode & 0o077 == 0


def in_a_bucket(_):
    s3 = boto3.client("s3", REGION)
    where = {"LocationConstraint": REGION}
    s3.create_bucket(
        Bucket="archive", CreateBucketConfiguration=where, ObjectLockEnabledForBucket=True
    )
    return BucketArchive("archive", REGION)


@pytest.mark.parametrize(
    "make", [in_a_bucket, lambda path: FolderArchive(path / "archive"), lambda _: MemoryArchive()]
)
def test_what_was_kept_first_under_a_name_stays(aws, tmp_path, make):
    archive = make(tmp_path)
    assert archive.read("books/1.json") is None
    assert list(archive.names("books/")) == []
    archive.keep("books/2.json", "two")
    archive.keep("books/1.json", "one")
    archive.keep("draws/1.json", "a seed")
    archive.keep("books/1.json", "forged")
    assert archive.read("books/1.json") == "one"
    assert list(archive.names("books/")) == ["books/1.json", "books/2.json"]


def test_what_was_hidden_in_the_bucket_is_read_all_the_same(aws, tmp_path):
    """A locked version cannot be removed, but a marker can be put before it."""
    archive = in_a_bucket(tmp_path)
    archive.keep("books/1.json", "one")
    boto3.client("s3", REGION).delete_object(Bucket="archive", Key="books/1.json")
    assert list(archive.names("books/")) == ["books/1.json"]
    assert archive.read("books/1.json") == "one"
