"""Files of exports: in a bucket, where links are signed by its owner, or in a folder.

Neither keeps a file for longer than a day: the bucket has a rule, the folder is swept when a file
is added.
"""

import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

from botocore.exceptions import BotoCoreError, ClientError

from rebate.adapters.aws import client
from rebate.domain.errors import Unavailable
from rebate.domain.exports import ExportFormat
from rebate.usecases.audit.outside import MacKey

LINK_SECONDS = 900
KEPT_SECONDS = 86_400

PART_BYTES = 8 * 1024 * 1024
"""What a part of an upload has at least, the last one excepted: S3 asks for 5 MB."""

FILES_PATH = "/exports/"
"""Below which path a machine gives out files of its folder."""


class BucketFiles:
    """Implements `rebate.usecases.office.export_jobs.ExportFiles` on a bucket of S3."""

    def __init__(self, bucket: str, region: str) -> None:
        """Keep files in a bucket."""
        self._bucket = bucket
        # Links signed any other way are not taken in all regions.
        self._s3 = client("s3", region, signature_version="s3v4")

    def write(self, name: str, media_type: str, parts: Iterable[bytes]) -> None:
        """Keep a file, in parts of some megabytes; nothing of it stays where that fails."""
        place = {"Bucket": self._bucket, "Key": name}
        said = {"ContentType": media_type, "ContentDisposition": _disposition(name)}
        try:
            upload = self._s3.create_multipart_upload(**place, **said)["UploadId"]
            with ExitStack() as failing:
                failing.callback(self._abort, place, upload)
                done = [
                    {"PartNumber": number, "ETag": self._put(place, upload, number, part)}
                    for number, part in enumerate(_in_parts(parts), 1)
                ]
                self._s3.complete_multipart_upload(
                    **place, UploadId=upload, MultipartUpload={"Parts": done}
                )
                failing.pop_all()
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(f"S3: {error}") from error

    def _put(self, place: dict[str, str], upload: str, number: int, part: bytes) -> str:
        made = self._s3.upload_part(**place, UploadId=upload, PartNumber=number, Body=part)
        tag: str = made["ETag"]
        return tag

    def _abort(self, place: dict[str, str], upload: str) -> None:
        """Give an upload up; where that fails as well, the bucket's rule does it."""
        try:
            self._s3.abort_multipart_upload(**place, UploadId=upload)
        except (BotoCoreError, ClientError):
            return

    def link(self, name: str) -> str:
        """Return where a file can be fetched, for a quarter of an hour."""
        place = {"Bucket": self._bucket, "Key": name}
        address: str = self._s3.generate_presigned_url(
            "get_object", Params=place, ExpiresIn=LINK_SECONDS
        )
        return address


class FolderFiles:
    """The same in a folder, for one machine that gives them out below `FILES_PATH`."""

    def __init__(self, folder: Path, key: MacKey) -> None:
        """Keep files below a folder; links are signed with `key`."""
        self._folder = folder
        self._key = key

    def write(self, name: str, media_type: str, parts: Iterable[bytes]) -> None:  # noqa: ARG002
        """Keep a file: it has its name once all of it is there."""
        self._sweep()
        file = self._folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        with ExitStack() as failing, NamedTemporaryFile(dir=file.parent, delete=False) as begun:
            failing.callback(Path(begun.name).unlink)
            begun.writelines(parts)
            failing.pop_all()
        Path(begun.name).replace(file)

    def _sweep(self) -> None:
        old = time.time() - KEPT_SECONDS
        for folder in self._folder.iterdir() if self._folder.is_dir() else ():
            if folder.stat().st_mtime < old:
                shutil.rmtree(folder, ignore_errors=True)

    def link(self, name: str) -> str:
        """Return the path and query at which a file can be fetched, for a quarter of an hour."""
        until = int(time.time()) + LINK_SECONDS
        signed = {"until": until, "signature": self._key.sign(_signed(name, until)).hex()}
        return f"{FILES_PATH}{quote(name)}?{urlencode(signed)}"

    def opened(self, name: str, query: str) -> Path | None:
        """Return the file to which a link leads; None: it leads nowhere, or not any more."""
        said = {key: values[0] for key, values in parse_qs(query).items()}
        until, signature = said.get("until", ""), said.get("signature", "")
        if not (until.isascii() and until.isdigit() and int(until) > time.time()):
            return None
        try:
            mac = bytes.fromhex(signature)
        except ValueError:
            return None
        if not self._key.verifies(_signed(name, int(until)), mac):
            return None
        root = self._folder.resolve()
        file = (root / name).resolve()
        return file if file.is_relative_to(root) and file.is_file() else None


def _signed(name: str, until: int) -> bytes:
    return f"{name}\n{until}".encode()


def _disposition(name: str) -> str:
    return f'attachment; filename="{name.rpartition("/")[2]}"'


def _in_parts(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield lines together, in parts large enough for an upload; one at least."""
    part, is_first = bytearray(), True
    for line in lines:
        part += line
        if len(part) >= PART_BYTES:
            yield bytes(part)
            part, is_first = bytearray(), False
    if part or is_first:
        yield bytes(part)


def disposition_of(file: Path) -> dict[str, Any]:
    """Return the headers under which a machine gives a file out."""
    kinds = {f".{each}": each.media_type for each in ExportFormat}
    return {"Content-Type": kinds[file.suffix], "Content-Disposition": _disposition(file.name)}
