"""Takes the two pictures that the README describes, into `build/pictures`."""

from tests.pages.browsing import (
    DESK,
    PHONE,
    ROOT,
    Visit,
    chromium,
    new_context,
    shop_after_a_day,
    signed_in,
)

FOLDER = ROOT / "build/pictures"
PICTURES = {
    "member.png": ("member", "m01", "/", PHONE),
    "desk.png": ("operator", "anna", "/desk/order?id=d-0001", DESK),
}


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with shop_after_a_day() as (address, issuer), chromium() as browser:
        for name, (role, who, path, size) in PICTURES.items():
            kept = signed_in(issuer, role, who)
            context = new_context(browser, address, locale="en", theme="light")
            visit = Visit(context, kept=kept, locale="en", size=size)
            visit.open(path).screenshot(path=FOLDER / name)
            visit.close()
            print(FOLDER / name)


if __name__ == "__main__":
    main()
