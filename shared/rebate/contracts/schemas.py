"""The documents that are generated from the contracts, so that they cannot differ from the code.

    python -m rebate.contracts.schemas            writes them into docs/
    python -m rebate.contracts.schemas --check    exit 1, with their names, where any is out of date

They are `docs/events/{detail-type}.json`, `docs/openapi.json`, `docs/settings.schema.json`, and in
both languages `settings.md` and `errors.md`.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from rebate.contracts.errors_page import errors_page
from rebate.contracts.events_in import EVENTS_IN
from rebate.contracts.events_out import EVENTS_OUT
from rebate.contracts.openapi import openapi
from rebate.contracts.settings import settings_model
from rebate.contracts.settings_page import settings_page

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def generated() -> dict[str, str]:
    """Return the text of every generated file by its path below docs/."""
    events: Mapping[str, type[BaseModel]] = {**EVENTS_IN, **EVENTS_OUT}
    files = {f"events/{name}.json": _schema_text(model, name) for name, model in events.items()}
    files["openapi.json"] = _json(openapi())
    files["settings.schema.json"] = _schema_text(settings_model(), "Settings")
    files["settings.md"] = settings_page()
    files["zh-CN/settings.md"] = settings_page("zh-CN")
    files["errors.md"] = errors_page()
    files["zh-CN/errors.md"] = errors_page("zh-CN")
    return files


def outdated(docs: Path) -> list[str]:
    """Return the paths below `docs` that are missing, differ, or are of no event any more."""
    files = generated()
    strangers = {f"events/{path.name}" for path in (docs / "events").glob("*.json")} - files.keys()
    differ = {name for name, text in files.items() if _text_of(docs / name) != text}
    return sorted(differ | strangers)


def write(docs: Path) -> None:
    """Write every generated file below `docs`, and remove schemas of events that are no more."""
    for name in outdated(docs):
        (docs / name).unlink(missing_ok=True)
    for name, text in generated().items():
        path = docs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Write or check the files; return the exit status."""
    parser = argparse.ArgumentParser(description="Writes what is generated from the contracts.")
    parser.add_argument("--check", action="store_true", help="only tell what is out of date")
    parser.add_argument("--docs", type=Path, default=Path("docs"), help="where the files stand")
    options = parser.parse_args(arguments)
    if not options.check:
        write(options.docs)
        return 0
    names = outdated(options.docs)
    sys.stderr.writelines(f"{options.docs / name} differs from the code\n" for name in names)
    return 1 if names else 0


def _schema_text(model: type[BaseModel], title: str) -> str:
    schema: dict[str, Any] = {"$schema": _DIALECT, **model.model_json_schema(), "title": title}
    return _json(schema)


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _text_of(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
