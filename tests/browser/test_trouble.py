"""Answers survive whatever happens between the page and the service."""

import json
import os

from playwright.sync_api import expect

from waiting import until

READER = "reader-0123456789abcdef"
EDITOR = "editor-0123456789abcdef"


def test_an_answer_given_while_the_connection_is_lost_is_kept_and_sent(service, desk):
    article = desk.article()
    service.kill()
    expect(desk.page.locator("#connection")).to_contain_text("Connection lost")
    desk.press("1")
    expect(desk.page.locator("#trouble")).to_contain_text("1 answer waits in this browser")
    desk.press("ArrowRight", "2")
    expect(desk.page.locator("#trouble")).to_contain_text("2 answers wait in this browser")

    service.start()

    expect(desk.page.locator("#connection")).to_have_text("Connected")
    expect(desk.page.locator("#trouble")).to_be_empty()
    # What the model says could not be asked before.
    expect(desk.marks).not_to_have_count(0)
    rows = service.in_force()
    assert [row["labels"] for row in rows] == [["conflict"], ["crime"]]
    assert rows[0]["id"] == article["id"]
    expect(desk.log).to_contain_text("Answer saved: crime.")


def test_an_answer_is_sent_by_the_next_window_where_the_first_was_closed(service, desk):
    service.kill()
    desk.press("1")
    expect(desk.page.locator("#trouble")).to_contain_text("1 answer waits in this browser")
    context = desk.page.context
    desk.page.close()
    service.start()
    page = context.new_page()
    page.goto(service.url + "/desk")
    until(lambda: [row["labels"] for row in service.in_force()] == [["conflict"]])
    expect(page.locator("#trouble")).to_be_empty()


def test_an_answer_that_was_never_sent_is_taken_back_in_the_browser(service, desk):
    desk.page.route("**/v1/corrections", lambda route: route.abort())
    desk.press("1")
    expect(desk.page.locator("#trouble")).to_contain_text("1 answer waits in this browser")
    desk.press("ArrowRight", "2", "u")
    expect(desk.log).to_contain_text("The last answer is taken back: crime.")
    desk.page.unroute("**/v1/corrections")
    desk.answered("conflict")
    assert [row["labels"] for row in service.corrections()] == [["conflict"]]


def test_an_answer_that_a_busy_service_puts_off_is_sent_again(service, desk):
    busy = {"type": "/docs#busy", "title": "Busy", "status": 503, "detail": "too many requests wait"}
    refusals = []

    def refuse_once(route):
        if refusals:
            return route.continue_()
        refusals.append(1)
        return route.fulfill(status=503, content_type="application/problem+json", body=json.dumps(busy))

    desk.page.route("**/v1/corrections", refuse_once)
    desk.press("1")
    expect(desk.page.locator("#trouble")).to_contain_text("too many requests wait")
    desk.answered("conflict")
    expect(desk.page.locator("#trouble")).to_be_empty()
    assert len(service.corrections()) == 1


def test_an_answer_that_is_refused_for_good_is_kept_for_the_editor(desk):
    problem = {"type": "/docs#broken-row", "title": "No answer", "status": 422, "detail": "the label is unknown"}
    desk.page.route("**/v1/corrections", lambda route: route.fulfill(
        status=422, content_type="application/problem+json", body=json.dumps(problem)))
    article = desk.article()
    desk.press("1")
    expect(desk.log).to_contain_text("The service refused an answer: the label is unknown")
    expect(desk.page.locator("#trouble")).to_contain_text("1 answer was refused and is kept")
    with desk.page.expect_download() as download:
        desk.page.get_by_role("button", name="Download").click()
    [kept] = json.loads(download.value.path().read_text())
    assert article["text"] in kept["body"]["text"]
    assert kept["why"] == "the label is unknown"
    expect(desk.odds).to_have_count(0)
    desk.page.get_by_role("button", name="Discard").click()
    expect(desk.page.locator("#trouble")).to_be_empty()


def test_the_page_asks_for_a_token_and_sends_it(start, tmp_path, window):
    tokens = tmp_path / "tokens"
    tokens.write_text(f"reader {READER}\neditor {EDITOR}\n")
    os.chmod(tokens, 0o600)
    service = start("--token-file", str(tokens), token=EDITOR)
    desk = window(service.url)
    desk.page.goto(service.url + "/desk")
    dialog = desk.page.get_by_role("dialog")
    dialog.locator("input").fill("anna")
    desk.press("Enter")
    expect(dialog).to_contain_text("This service asks for a token.")
    dialog.locator("input").fill("wrong-0123456789abcdef")
    desk.press("Enter")
    expect(dialog).to_contain_text("The service does not know this token.")
    dialog.locator("input").fill(EDITOR)
    desk.press("Enter")

    expect(desk.current).to_have_count(1)
    desk.press("1")
    desk.answered("conflict")
    assert desk.page.evaluate("sessionStorage.getItem('standpoint.token')") == EDITOR
    assert EDITOR not in desk.page.evaluate("JSON.stringify(localStorage)")
    # Events come with the token, too.
    ben = {"text": "Talks go on.", "head": "topic", "labels": ["politics"], "annotator": "ben"}
    service.ask("/v1/corrections", ben)
    expect(desk.log).to_contain_text("ben answered 1 article.")


def test_a_token_that_may_only_read_loses_no_answer(start, tmp_path, window):
    tokens = tmp_path / "tokens"
    tokens.write_text(f"reader {READER}\neditor {EDITOR}\n")
    os.chmod(tokens, 0o600)
    service = start("--token-file", str(tokens), token=EDITOR)
    desk = window(service.url)
    desk.page.add_init_script(f"sessionStorage.getItem('standpoint.token') "
                              f"|| sessionStorage.setItem('standpoint.token', '{READER}')")
    desk.open()
    desk.press("1")
    expect(desk.page.locator("#trouble")).to_contain_text("The service does not accept answers")
    desk.page.locator("#settings-button").click()
    desk.page.get_by_role("button", name="Another token").click()
    desk.page.get_by_role("dialog").locator("input").fill(EDITOR)
    desk.press("Enter")
    desk.answered("conflict")
    assert [row["labels"] for row in service.in_force()] == [["conflict"]]
