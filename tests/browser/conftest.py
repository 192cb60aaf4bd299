import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from desk import Desk
from service import Service

expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or "/usr/bin/chromium"
        with playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"]) as browser:
            yield browser


@pytest.fixture
def start(tmp_path):
    """Starts services, which end with the test."""
    services = []

    def start(*options, **named):
        services.append(Service(tmp_path, *options, **named))
        return services[-1]

    yield start
    for service in services:
        service.stop()


@pytest.fixture
def service(start):
    return start()


@pytest.fixture
def window(browser):
    """Opens windows of browsers that share nothing; none may break the content policy."""
    opened = []

    def window(url, width=1280, height=900, locale="en-GB", **options):
        context = browser.new_context(viewport={"width": width, "height": height}, locale=locale, **options)
        desk = Desk(context.new_page(), url)
        opened.append(desk)
        return desk

    yield window
    for desk in opened:
        desk.page.context.close()
        assert not desk.errors


@pytest.fixture
def desk(service, window):
    return window(service.url).open()
