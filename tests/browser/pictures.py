"""Makes the pictures of docs/desk.md: STANDPOINT=… python pictures.py FOLDER"""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from desk import Desk
from service import Service

# Width, height, language and colours of each picture.
PICTURES = {
    "desk": (1200, 760, "en-GB", "light"),
    "desk-dark": (900, 760, "de-DE", "dark"),
}


def main(folder: Path):
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as work:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        service = Service(Path(work))
        for name, (width, height, locale, colours) in PICTURES.items():
            context = browser.new_context(
                viewport={"width": width, "height": height}, locale=locale, color_scheme=colours
            )
            desk = Desk(context.new_page(), service.url).open()
            desk.page.keyboard.press("1")
            expect(desk.marks.first).to_be_visible(timeout=30_000)
            # Bars grow, and a model is made.
            desk.page.wait_for_timeout(2500)
            desk.page.screenshot(path=folder / f"{name}.png")
            context.close()
        service.stop()
        browser.close()


main(Path(sys.argv[1]))
