"""The page as an editor uses it."""

import re

from playwright.sync_api import Locator, Page, expect

from articles import ARTICLES

BY_ID = {article["id"]: article for article in ARTICLES}
VIEWS = ["desk", "evaluation", "agreement", "decided", "models"]


class Desk:
    def __init__(self, page: Page, url: str):
        self.page = page
        self.url = url
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self.note(message.text))

    def note(self, text: str):
        # Whatever breaks the content policy is reported here.
        if "Content Security Policy" in text:
            self.errors.append(text)

    def open(self, name: str | None = "anna"):
        self.page.goto(self.url + "/desk")
        if name:
            self.page.locator("dialog input").fill(name)
            self.page.keyboard.press("Enter")
            expect(self.current).to_have_count(1)
            expect(self.model).not_to_be_empty()
        return self

    @property
    def current(self) -> Locator:
        return self.page.locator("#queue [aria-current]")

    @property
    def model(self) -> Locator:
        return self.page.locator("#model")

    @property
    def text(self) -> Locator:
        return self.page.locator("#article .text")

    @property
    def log(self) -> Locator:
        return self.page.locator("#log")

    @property
    def marks(self) -> Locator:
        return self.page.locator("#article mark")

    @property
    def odds(self) -> Locator:
        """The probabilities that are shown, each of which shows its reasons."""
        return self.page.locator("#labels .why:visible")

    def label(self, name: str) -> Locator:
        return self.page.locator("#labels .label").filter(has_text=re.compile(name))

    def press(self, *keys: str):
        for key in keys:
            self.page.keyboard.press(key)

    def answered(self, labels: str):
        expect(self.log).to_contain_text(f"Answer saved: {labels}.")

    def article(self) -> dict:
        """The article that is open."""
        text = self.text.inner_text()
        return next(article for article in ARTICLES if article["text"].split("\n")[0] in text)

    def go_to(self, ids: set[str]) -> dict:
        """Goes through the queue by keyboard to one of the articles."""
        for _ in ARTICLES:
            article = self.article()
            if article["id"] in ids:
                return article
            self.press("ArrowRight")
            expect(self.text).not_to_contain_text(article["text"].split("\n")[0])
        raise AssertionError(f"none of {ids} is in the queue")

    def view(self, name: str):
        self.page.locator(f"#views a[href='#{name}']").click()
        if name != "desk":
            expect(self.page.locator("#other h1 ~ *").first).to_be_visible()
            expect(self.page.locator("#other > p", has_text=re.compile("Loading|Wird geladen"))).to_have_count(0)

    def switch(self, name: str):
        """Changes one of the switches of the settings."""
        self.page.locator("#settings-button").click()
        self.page.get_by_role("switch", name=name).click()
        self.press("Escape")
        expect(self.page.locator("dialog")).to_have_count(0)
