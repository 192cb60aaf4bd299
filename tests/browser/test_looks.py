"""The page in both languages and both modes, in narrow windows, and for screen readers."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from desk import VIEWS

NAMES = {
    "en-GB": ["Desk", "Evaluation", "Agreement", "Decided", "Models"],
    "de-DE": ["Arbeitsplatz", "Auswertung", "Übereinstimmung", "Entschieden", "Modelle"],
}


@pytest.mark.parametrize("locale", NAMES)
def test_the_page_speaks_the_language_of_the_browser(service, window, locale):
    desk = window(service.url, locale=locale).open()
    expect(desk.page.locator("html")).to_have_attribute("lang", locale[:2])
    assert desk.page.locator("#views a").all_inner_texts() == NAMES[locale]
    # A key without a text would be shown itself.
    shown = desk.page.locator("body").inner_text()
    assert "undefined" not in shown and "{" not in shown


def test_the_language_is_chosen_and_kept(service, window):
    desk = window(service.url).open()
    desk.page.locator("#settings-button").click()
    desk.page.get_by_label("Language").select_option("de")
    expect(desk.page.get_by_role("dialog", name="Einstellungen")).to_be_visible()
    desk.press("Escape")
    expect(desk.page.locator("#queue-title")).to_have_text("Warteschlange")
    desk.press("1")
    expect(desk.log).to_contain_text("Antwort gespeichert: conflict.")
    desk.page.reload()
    expect(desk.page.locator("#queue-title")).to_have_text("Warteschlange")


def brightness(desk):
    return desk.page.evaluate(
        "(() => { const c = document.createElement('canvas').getContext('2d');"
        "c.fillStyle = getComputedStyle(document.body).backgroundColor; c.fillRect(0, 0, 1, 1);"
        "return c.getImageData(0, 0, 1, 1).data[0]; })()")


def test_the_page_is_dark_where_the_system_is_or_the_editor_says(service, window):
    dark = window(service.url, color_scheme="dark").open()
    assert brightness(dark) < 60
    light = window(service.url, color_scheme="light").open("ben")
    assert brightness(light) > 200
    light.page.locator("#settings-button").click()
    light.page.get_by_label("Light and dark").select_option("dark")
    assert brightness(light) < 60


@pytest.mark.parametrize("locale", NAMES)
@pytest.mark.parametrize("width", [320, 360, 900])
def test_no_view_scrolls_sideways(service, window, locale, width):
    desk = window(service.url, width=width, height=700, locale=locale).open()
    sideways = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert desk.page.evaluate(sideways) <= 0
    desk.press("1")
    expect(desk.marks).not_to_have_count(0)
    for view in VIEWS:
        desk.view(view)
        assert desk.page.evaluate(sideways) <= 0, view
    for open_dialog in ("#settings-button", "#help-button"):
        desk.page.locator(open_dialog).click()
        dialog = desk.page.locator("dialog")
        assert dialog.evaluate("dialog => dialog.scrollWidth - dialog.clientWidth") <= 0, open_dialog
        desk.press("Escape")


def serious(desk):
    found = Axe().run(desk.page).response["violations"]
    return [(of["id"], of["nodes"][0]["html"], of["nodes"][0]["failureSummary"])
            for of in found if of["impact"] in ("serious", "critical")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_serious(service, window, scheme, width):
    desk = window(service.url, width=width, color_scheme=scheme, reduced_motion="reduce")
    desk.page.goto(service.url + "/desk")
    expect(desk.page.locator("dialog")).to_be_visible()
    assert serious(desk) == []
    desk.open()
    assert serious(desk) == []
    desk.press("1")
    expect(desk.log).to_contain_text("learnt from")
    expect(desk.marks).not_to_have_count(0)
    assert serious(desk) == []
    desk.press("h", "1", "Enter")
    desk.answered("diplomacy")
    assert serious(desk) == []
    for view in VIEWS[1:]:
        desk.view(view)
        assert serious(desk) == [], view
    for open_dialog in ("#settings-button", "#help-button"):
        desk.page.locator(open_dialog).click()
        assert serious(desk) == [], open_dialog
        desk.press("Escape")
    service.kill()
    expect(desk.page.locator("#connection")).to_contain_text("Connection lost")
    assert serious(desk) == []
