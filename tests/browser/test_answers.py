"""An editor answers, takes back, and sees what the model learns."""

import json
import re

from playwright.sync_api import expect

from desk import BY_ID, Desk
from offsets import added_at
from waiting import until

LABELS = "conflict crime culture disaster economy environment health politics science sport".split()


def other_label(service, article) -> str:
    """A label that the model does not give."""
    said = service.explain(article)["heads"]["topic"]["label"]
    return "politics" if said != "politics" else "conflict"


def key_of(label: str) -> str:
    return str((LABELS.index(label) + 1) % 10)


def test_an_article_is_corrected_by_keyboard_alone_and_the_model_learns(service, desk):
    article = desk.go_to(service.learnt_ids())
    label = other_label(service, article)
    before = service.explain(article)["heads"]["topic"]["scores"][label]

    desk.press(key_of(label))

    desk.answered(label)
    expect(desk.model).to_have_text("Model 1")
    expect(desk.log).to_contain_text("Model 1 learnt from 1 correction")
    after = service.explain(article)["heads"]["topic"]["scores"][label]
    assert after > before
    fill = desk.label(label).locator(".fill")
    until(lambda: abs(float(fill.evaluate("bar => bar.style.width").rstrip("%")) - after * 100) < 0.01)
    [row] = service.in_force()
    assert (row["id"], row["labels"], row["annotator"]) == (article["id"], [label], "anna")
    assert row["reason"] == "margin"


def test_digits_mark_several_labels_and_enter_saves_them(service, desk):
    desk.press("h")
    expect(desk.page.locator("#heads [aria-pressed=true]")).to_have_text("stance")
    first = desk.article()
    desk.press("1", "3", "3", "2")
    expect(desk.page.locator("#labels :checked")).to_have_count(2)
    assert service.corrections() == []

    desk.press("Enter")

    desk.answered("diplomacy, escalation")
    [row] = service.in_force()
    assert (row["head"], row["id"], row["labels"]) == ("stance", first["id"], ["diplomacy", "escalation"])
    desk.press("Enter")
    expect(desk.text).not_to_contain_text(first["text"].split("\n")[0])
    desk.press("Enter")
    desk.answered("none")


def test_undo_takes_back_the_last_answer_and_returns_to_its_article(service, desk):
    first = desk.article()
    desk.press("1")
    desk.answered("conflict")
    desk.press("Enter")
    expect(desk.text).not_to_contain_text(first["text"].split("\n")[0])
    second = desk.article()
    desk.press("2")
    desk.answered("crime")
    desk.press("ArrowRight", "u")

    expect(desk.log).to_contain_text("The last answer is taken back: crime.")
    assert desk.article()["id"] == second["id"]
    expect(desk.page.locator("#labels .choice[aria-pressed=true]")).to_have_count(0)
    until(lambda: [row["id"] for row in service.in_force()] == [first["id"]])

    desk.press("u")
    expect(desk.log).to_contain_text("The last answer is taken back: conflict.")
    assert desk.article()["id"] == first["id"]
    until(lambda: service.in_force() == [])
    desk.press("u")
    expect(desk.log).to_contain_text("You have no answer to undo.")


def test_undo_knows_the_last_answer_after_the_page_is_loaded_again(service, desk):
    first = desk.article()
    desk.press("1")
    desk.answered("conflict")
    desk.page.reload()
    expect(desk.current).to_have_count(1)
    desk.press("u")
    expect(desk.log).to_contain_text("The last answer is taken back: conflict.")
    assert desk.article()["id"] == first["id"]
    until(lambda: service.in_force() == [])


def test_another_digit_changes_the_answer_and_undo_brings_the_former_back(service, desk):
    desk.press("1")
    desk.answered("conflict")
    desk.press("2")
    desk.answered("crime")
    desk.press("u")
    expect(desk.label("conflict").locator(".choice")).to_have_attribute("aria-pressed", "true")
    until(lambda: any(row["undoes"] for row in service.corrections()))


def test_the_model_is_hidden_until_the_editor_has_answered(desk):
    expect(desk.page.locator("#verdict")).to_have_text("The model’s answer appears after yours.")
    expect(desk.odds).to_have_count(0)
    expect(desk.marks).to_have_count(0)
    desk.press("1")
    expect(desk.odds).to_have_count(10)
    expect(desk.marks).not_to_have_count(0)


def test_a_switch_shows_the_model_first(desk):
    desk.switch("Show the model’s answer before mine")
    expect(desk.odds).to_have_count(10)
    expect(desk.marks).not_to_have_count(0)


def test_a_marked_word_tells_what_its_terms_add(service, desk):
    # Their bytes are more than their characters.
    article = desk.go_to({"river", "genf", "umspannwerk"})
    desk.press("1")
    expect(desk.log).to_contain_text(re.compile("learnt from|Nothing new"))
    mark = desk.page.locator("#article mark[tabindex='0']")
    mark.focus()
    tip = desk.page.get_by_role("tooltip")
    expect(tip).to_be_visible()
    word = mark.inner_text()

    added = added_at(service.explain(article), "topic", "conflict", word)

    expect(tip.locator(".sum .number")).to_have_text(f"{added:+.3f}".replace("-", "−"))
    desk.press(".")
    expect(mark).not_to_have_text(word)
    desk.press("Escape")
    expect(tip).to_be_hidden()


def test_w_marks_the_reasons_for_the_next_label(desk):
    desk.press("1")
    chosen = desk.page.locator("#labels .why[aria-pressed=true]")
    expect(chosen).to_have_attribute("title", "Show the reasons for conflict")
    desk.press("w")
    expect(chosen).to_have_attribute("title", "Show the reasons for crime")
    expect(desk.page.locator("#article summary")).to_contain_text("crime")


def test_without_learning_after_every_answer_the_editor_decides_when(service, desk):
    desk.switch("Learn after every answer")
    desk.go_to(service.learnt_ids())
    desk.press("1")
    desk.answered("conflict")
    assert service.history()["serving"] == 0
    desk.page.get_by_role("button", name="Learn now").click()
    expect(desk.model).to_have_text("Model 1")


def test_skipping_goes_on_and_the_article_does_not_come_back(service, desk):
    first = desk.article()
    desk.press("s")
    expect(desk.text).not_to_contain_text(first["text"].split("\n")[0])
    queue = "/v1/queue?limit=100&head=topic&annotator=anna"
    until(lambda: first["id"] not in [article["id"] for article in service.ask(queue)["articles"]])


def test_a_note_goes_with_the_answer(service, desk):
    desk.press("n")
    desk.page.keyboard.type("unclear who fired first")
    desk.press("Escape", "1")
    desk.answered("conflict")
    assert service.in_force()[0]["note"] == "unclear who fired first"


def test_the_answers_are_exported_with_who_gave_them(service, desk):
    article = desk.article()
    desk.press("1")
    desk.answered("conflict")
    desk.view("decided")
    with desk.page.expect_download() as download:
        desk.page.get_by_role("button", name="Export the answers").click()
    rows = [json.loads(line) for line in download.value.path().read_text().splitlines()]
    [row] = [row for row in rows if row["id"] == article["id"]]
    assert article["text"] in row["text"]
    assert row["topic.anna"] in ("conflict", ["conflict"])


def test_decided_answers_are_found_and_undone(service, desk):
    for label in ("1", "2"):
        desk.press(label)
        desk.answered({"1": "conflict", "2": "crime"}[label])
        desk.press("Enter")
    desk.view("decided")
    answers = desk.page.locator("#other .answers > li")
    expect(answers).to_have_count(2)
    desk.page.locator("#search").fill("crime")
    desk.press("Enter")
    expect(answers).to_have_count(1)
    desk.page.locator("#search").fill("")
    desk.press("Enter")
    expect(answers).to_have_count(2)
    answers.first.get_by_role("button").click()
    until(lambda: [row["labels"] for row in service.in_force()] == [["conflict"]])


def test_one_click_goes_back_to_a_former_model(service, desk):
    article = desk.go_to(service.learnt_ids())
    first = service.explain(article)["heads"]["topic"]["scores"]
    desk.press(key_of(other_label(service, article)))
    expect(desk.model).to_have_text("Model 1")
    desk.view("models")
    desk.page.get_by_role("button", name="Back to 0").click()
    expect(desk.model).to_have_text("Model 0")
    assert service.history()["serving"] == 0
    assert service.explain(article)["heads"]["topic"]["scores"] == first


def test_answers_of_others_and_their_models_appear_as_they_come(service, desk, window):
    other: Desk = window(service.url).open("ben")
    other.go_to(service.learnt_ids(annotator="ben"))
    other.press("1")
    expect(desk.log).to_contain_text("ben answered 1 article.")
    expect(desk.model).to_have_text("Model 1")


def test_new_articles_appear_by_themselves(service, desk):
    fresh = {"id": "late", "title": "Envoy arrives late", "text": "The envoy arrived late at night for the talks."}
    for _ in BY_ID:
        desk.press("s")
    expect(desk.page.locator("#queue-note")).to_contain_text("Nothing waits.")
    service.ask("/v1/queue", fresh)
    expect(desk.page.locator("#queue")).to_contain_text("Envoy arrives late")


def test_what_looks_like_markup_is_shown_as_text(desk):
    desk.go_to({"markup"})
    desk.press("1")
    expect(desk.marks).not_to_have_count(0)
    expect(desk.text).to_contain_text("<img src=x onerror=alert(1)>")
    expect(desk.text).to_contain_text("<b>holds</b> & the envoy")
    expect(desk.page.locator("img, #article b")).to_have_count(0)


def test_the_evaluation_shows_the_test_articles_alone(service, desk):
    reports = [{"id": f"report{n}", "text": f"The brigade reported shelling at post {n}, and no losses."} for n in range(60)]
    service.ask("/v1/queue", reports)
    waiting = service.ask("/v1/queue?limit=100&head=topic&annotator=ben")["articles"]
    for number, article in enumerate(waiting):
        given = {key: article[key] for key in ("id", "title", "text", "reason") if article.get(key)}
        label = "politics" if number % 3 == 0 else "conflict"
        service.ask("/v1/corrections", {**given, "head": "topic", "labels": [label], "annotator": "ben"})
    kept_apart = sum(article["reason"] == "random" for article in waiting)
    assert kept_apart > 2
    desk.view("evaluation")
    expect(desk.page.locator("#other h2").first).to_have_text(f"topic {kept_apart} test articles")
    expect(desk.page.locator("svg.whisker").first).to_be_visible()
    expect(desk.page.locator("svg.matrix")).to_have_count(1)
    assert "NaN" not in desk.page.locator("#other").inner_text()
    conflict = desk.page.locator("#other tbody tr").filter(has=desk.page.locator("th", has_text="conflict")).first
    assert re.search(r"conflict\s+[1-9]", conflict.inner_text())


def test_annotators_who_agree_are_seen_to(service, desk):
    for number in range(8):
        for annotator in ("anna", "ben"):
            label = "politics" if number % 2 else "conflict"
            service.ask("/v1/corrections", {"id": f"same{number}", "text": f"Both sides said so at hour {number}.",
                                            "head": "topic", "labels": [label], "annotator": annotator})
    desk.view("agreement")
    expect(desk.page.locator("#other")).to_contain_text("8 articles answered by several")
    expect(desk.page.locator("#other")).to_contain_text("Annotators: anna, ben")
    expect(desk.page.locator("#other .figure strong").first).to_have_text("1.00")


def test_every_order_of_the_queue_is_one_of_the_service(desk):
    for order in ["margin", "entropy", "shuffled", ""]:
        desk.page.locator("#settings-button").click()
        with desk.page.expect_response(re.compile(r"/v1/queue\?")) as answered:
            desk.page.locator("dialog select").first.select_option(order)
        assert answered.value.status == 200, order
        desk.page.keyboard.press("Escape")
        expect(desk.page.locator("dialog[open]")).to_have_count(0)
        expect(desk.current).to_have_count(1)
