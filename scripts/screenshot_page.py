"""Pictures of the page at three widths, with the champion of this project on the invented samples.

python scripts/screenshot_page.py [--out docs/images]
"""

import argparse
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
WIDTHS = {360: ("dark", 1), 768: ("light", 1), 1280: ("light", 2)}
"""Width: colour scheme, and how many articles."""
COLOURS = 64


def main(out: Path) -> None:
    from tests.serving.browser import browsing
    from tests.serving.conftest import running

    from framing.serving.app import make_app
    from framing.tracking.registry import load

    articles = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "data/samples").glob("*.txt"))]
    out.mkdir(parents=True, exist_ok=True)
    with running(make_app(load("models:/framing@champion"))) as address, browsing() as browser:
        for width, (scheme, count) in WIDTHS.items():
            page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
            read(page, address, articles[:count])
            picture(page, out / f"page-{width}.png", full_page=True)
            if width == 1280:
                page.locator(".frame").first.click()
                picture(page, out / "page-reasons.png", full_page=False)
            page.close()


def read(page: "Page", address: str, articles: list[str]) -> None:
    page.goto(address)
    if len(articles) > 1:
        page.get_by_role("button", name="Compare two articles").click()
    for field, text in zip(page.locator("textarea").all(), articles, strict=True):
        field.fill(text)
    page.get_by_role("button", name="Read", exact=True).click()
    page.locator("#found").wait_for(state="visible")
    page.evaluate("document.activeElement.blur()")


def picture(page: "Page", path: Path, *, full_page: bool) -> None:
    """A PNG with few colours, which is a third of the size and looks the same."""
    from PIL import Image

    image = Image.open(io.BytesIO(page.screenshot(full_page=full_page)))
    image.convert("RGB").quantize(COLOURS).save(path, optimize=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "docs/images", help="folder of the pictures")
    main(parser.parse_args().out)
