"""Archives: an object-locked bucket, a folder, or memory for what is not kept anyway."""

from collections.abc import Iterable
from pathlib import Path

from rebate.adapters.aws import client


class BucketArchive:
    """A bucket of S3 whose objects are locked for years: see `Archive`.

    Who writes an object again adds a version; the first, which is locked, stays what is read.
    """

    def __init__(self, bucket: str, region: str) -> None:
        """Keep texts in a bucket."""
        self._bucket = bucket
        self._s3 = client("s3", region)

    def keep(self, name: str, text: str) -> None:
        """Keep a text."""
        self._s3.put_object(
            Bucket=self._bucket, Key=name, Body=text.encode(), ChecksumAlgorithm="SHA256"
        )

    def read(self, name: str) -> str | None:
        """Return what was kept first under a name, or None."""
        versions = [
            each
            for page in self._pages("list_object_versions", "Versions", name)
            for each in page
            if each["Key"] == name
        ]
        if not versions:
            return None
        first = versions[-1]  # they are listed from the newest on
        found = self._s3.get_object(Bucket=self._bucket, Key=name, VersionId=first["VersionId"])
        text: str = found["Body"].read().decode()
        return text

    def names(self, prefix: str) -> Iterable[str]:
        """Return the names that begin so, in order; what is hidden by a marker is there, too."""
        pages = self._pages("list_object_versions", "Versions", prefix)
        return sorted({each["Key"] for page in pages for each in page})

    def _pages(self, operation: str, what: str, prefix: str) -> Iterable[list[dict[str, str]]]:
        pages = self._s3.get_paginator(operation).paginate(Bucket=self._bucket, Prefix=prefix)
        return (page.get(what, []) for page in pages)


class FolderArchive:
    """A folder, for one machine: see `Archive`. Whoever may write to it may change it."""

    def __init__(self, folder: Path) -> None:
        """Keep texts below a folder."""
        self._folder = folder

    def keep(self, name: str, text: str) -> None:
        """Keep a text."""
        file = self._folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            file.write_text(text, "utf-8")

    def read(self, name: str) -> str | None:
        """Return what was kept first under a name, or None."""
        file = self._folder / name
        return file.read_text("utf-8") if file.is_file() else None

    def names(self, prefix: str) -> Iterable[str]:
        """Return the names that begin so, in order."""
        files = (each for each in self._folder.rglob("*") if each.is_file())
        names = (each.relative_to(self._folder).as_posix() for each in files)
        return sorted(name for name in names if name.startswith(prefix))


class MemoryArchive:
    """Keeps texts as long as this process lives: see `Archive`."""

    def __init__(self) -> None:
        """Begin with none."""
        self.texts: dict[str, str] = {}

    def keep(self, name: str, text: str) -> None:
        """Keep a text."""
        self.texts.setdefault(name, text)

    def read(self, name: str) -> str | None:
        """Return what was kept first under a name, or None."""
        return self.texts.get(name)

    def names(self, prefix: str) -> Iterable[str]:
        """Return the names that begin so, in order."""
        return sorted(name for name in self.texts if name.startswith(prefix))
