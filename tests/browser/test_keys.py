"""Keys act where the editor means them, and nowhere else."""

from playwright.sync_api import expect


def test_keys_do_nothing_while_a_note_is_written(service, desk):
    article = desk.article()
    desk.press("n")
    desk.page.keyboard.type("1us?hw")
    desk.press("ArrowRight")
    expect(desk.page.locator("#note")).to_have_value("1us?hw")
    expect(desk.page.locator("dialog")).to_have_count(0)
    assert desk.article() == article
    assert service.corrections() == []
    expect(desk.page.locator("#heads [aria-pressed=true]")).to_have_text("topic")


def test_keys_do_nothing_while_a_search_is_written(service, desk):
    desk.view("decided")
    desk.page.locator("#search").focus()
    desk.page.keyboard.type("1us?")
    expect(desk.page.locator("#search")).to_have_value("1us?")
    expect(desk.page.locator("dialog")).to_have_count(0)
    assert service.corrections() == []


def test_keys_do_nothing_while_a_dialog_is_open_or_another_view_is_shown(service, desk):
    desk.press("?")
    expect(desk.page.get_by_role("dialog", name="Keys")).to_be_visible()
    desk.press("1")
    desk.press("Escape")
    expect(desk.page.locator("dialog")).to_have_count(0)
    desk.view("models")
    desk.press("1")
    desk.view("desk")
    expect(desk.odds).to_have_count(0)
    assert service.corrections() == []


def test_keys_do_nothing_with_a_modifier_or_once_they_are_switched_off(service, desk):
    desk.press("Control+1", "Alt+1")
    desk.switch("Single keys act")
    desk.press("1")
    expect(desk.odds).to_have_count(0)
    desk.switch("Single keys act")
    desk.press("1")
    desk.answered("conflict")
    assert len(service.corrections()) == 1


def test_a_key_that_is_held_answers_one_article(service, desk):
    desk.switch("Go on to the next article at once")
    first = desk.article()
    desk.page.keyboard.down("1")
    desk.page.keyboard.down("1")
    desk.page.keyboard.down("1")
    desk.page.keyboard.up("1")
    desk.answered("conflict")
    assert [row["id"] for row in service.corrections()] == [first["id"]]


def test_arrows_go_through_the_queue_and_back(desk):
    first = desk.article()
    desk.press("ArrowRight")
    expect(desk.text).not_to_contain_text(first["text"].split("\n")[0])
    desk.press("ArrowLeft")
    expect(desk.text).to_contain_text(first["text"].split("\n")[0])
    desk.current.focus()
    desk.press("ArrowDown")
    expect(desk.text).not_to_contain_text(first["text"].split("\n")[0])
    expect(desk.current).to_be_focused()


def test_the_open_article_stays_in_view_in_the_queue(service, window):
    for width in (900, 1280):
        desk = window(service.url, width=width, height=420).open(f"anna{width}")
        if width == 900:
            desk.page.locator("#queue-title").click()
        for _ in range(8):
            desk.press("ArrowRight")
        expect(desk.page.locator("#queue > li").nth(8).locator("[aria-current]")).to_have_count(1)
        expect(desk.current).to_be_in_viewport(ratio=0.9)


def test_everything_is_reached_by_tab(desk):
    desk.press("1")
    desk.answered("conflict")
    seen = set()
    for _ in range(80):
        desk.press("Tab")
        seen.add(desk.page.evaluate(
            "(document.activeElement.closest('#views, .tools, #queue, #article, #heads, #labels, #actions, "
            ".note, #learning') ?? {}).className || (document.activeElement.closest('[id]') ?? {}).id || ''"))
        seen.add(desk.page.evaluate("document.activeElement.closest('section, header, article, footer')?.id "
                                    "|| document.activeElement.closest('section')?.className || ''"))
    assert {"article", "queue", "answer", "learning", "tools", "note"} <= seen
