"""The page in a real browser: what a reader sees, does with the keyboard, downloads, disputes."""

import csv
import io
import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from framing.data import corrections
from framing.serving.app import make_app
from framing.serving.settings import Settings
from tests.serving.browser import CHROMIUM, browsing
from tests.serving.conftest import running
from tests.serving.keywords import keyword_model

pytestmark = pytest.mark.skipif(
    not CHROMIUM.is_file(), reason="needs Chromium at /usr/bin/chromium: `apt-get install chromium`"
)

ARTICLE = (
    "The ministry said its troops had liberated the hills after a planned withdrawal.\n\n"
    "🕊 Doves rose when our men liberated the harbour. The end is only a matter of time. Rain fell.\n"
)
OTHER = "The rebels called it a planned withdrawal. They made a planned withdrawal again."
NASTY = (
    '<img src=x onerror="window.hit = 1"><script>window.hit = 1</script> The troops liberated <b>all</b> of it.\n\n'
    '"><svg onload="window.hit = 1"> Rain fell.'
)


@pytest.fixture(scope="module")
def inbox(tmp_path_factory):
    return tmp_path_factory.mktemp("page") / "runs" / corrections.PLACE


@pytest.fixture(scope="module")
def address(conflict, inbox):
    with running(make_app(keyword_model(conflict), Settings(corrections=str(inbox)))) as address:
        yield f"{address}/"


@pytest.fixture(scope="module")
def browser():
    with browsing() as browser:
        yield browser


@pytest.fixture
def opened(browser, address):
    """A new page of given width and scheme; at the end no page asked another address or raised an error."""
    pages, asked, errors = [], [], []

    def opened(width=1280, scheme="light"):
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(address)
        pages.append(page)
        return page

    opened.errors = errors
    yield opened
    for page in pages:
        page.close()
    assert [url for url in asked if not url.startswith((address, "blob:"))] == []
    assert errors == []


def read(page, *texts):
    if len(texts) > 1:
        page.get_by_role("button", name="Compare two articles").click()
    for field, text in zip(page.locator("textarea").all(), texts, strict=True):
        field.fill(text)
    page.get_by_role("button", name="Read", exact=True).click()
    page.locator("#found").wait_for(state="visible")
    return page


def shown(page):
    return [row.inner_text() for row in page.locator(".sentence:visible .words").all()]


def test_each_sentence_shows_its_frames_evidence_voice_score_and_doubt(opened):
    page = read(opened(), ARTICLE)

    rows = page.locator(".sentence").all()
    assert [mark.inner_text() for mark in rows[0].locator("mark").all()] == ["liberated", "planned withdrawal"]
    assert [b.inner_text().split() for b in rows[0].locator(".frame").all()] == [
        ["Liberation", "score", "0.90", ":", "“liberated”"],
        ["Euphemistic", "retreat", "score", "0.90", ":", "“planned", "withdrawal”"],
    ]
    assert rows[0].locator(".voice").first.inner_text() == "indirect · The ministry"
    assert rows[1].locator("mark").inner_text() == "liberated"
    assert rows[1].locator(".voice").inner_text() == "narrator"
    assert rows[2].locator(".doubts").inner_text() == "in doubt: Inevitable or total victory"
    assert rows[3].locator(".frame, .voice, .doubts").count() == 0
    assert [i for i, row in enumerate(rows) if "opens" in row.get_attribute("class")] == [1]
    assert page.locator("#summary").inner_text() == ("Article: 4 sentences, 2 with a frame, 1 with a label in doubt.")
    assert page.locator("#model").inner_text() == "Read by framing version 7 (rules), labels conflict/1.0."


def test_labels_differ_in_line_within_a_colour(opened):
    page = read(opened(), ARTICLE)

    looks = page.evaluate(
        """async () => {
            const { withLooks, look } = await import("/page/labels.js");
            const taxonomy = await (await fetch("v1/taxonomy")).json();
            const ids = taxonomy.labels.map((label) => label.id);
            const bare = [...Array(14)].map((_, k) => `L${k}`);
            const tables = [withLooks(taxonomy, ids), withLooks({ labels: [] }, bare)];
            return tables.map((table) => [...table.values()].map(look));
        }"""
    )
    for labels in looks:
        assert len(set(labels)) == len(labels)


def test_overlapping_evidence_is_cut_at_every_edge(opened):
    pieces = opened().evaluate(
        """async () => {
            const { pieces } = await import("/page/text.js");
            const a = { label: "a", evidence: [{ start: 2, end: 5 }] };
            const b = { label: "b", evidence: [{ start: 4, end: 6 }] };
            return pieces("🕊 cdefg", [a, b]).map((p) => [p.text, p.frames.map((f) => f.label).join("")]);
        }"""
    )

    assert pieces == [["🕊 ", ""], ["cd", "a"], ["e", "ab"], ["f", "b"], ["g", ""]]


def test_a_frame_opens_its_definition_reason_and_near_misses(opened, conflict):
    page = read(opened(), ARTICLE)
    page.locator("mark").first.click()

    panel = page.locator("#panel").inner_text()
    label = conflict.by_id["liberation"]
    assert page.locator("#panel-title").inner_text().strip() == "Liberation"
    for words in (label.definition, label.include[0], label.exclude[0], label.counter_frame[0], label.negatives[0].why):
        assert words in panel
    assert "It scored 0.90; the label is given from 0.60." in panel
    assert page.locator(".reason li").inner_text() == "liberated indirect · The ministry"


def test_the_keyboard_reaches_a_frame_opens_it_and_comes_back(opened):
    page = read(opened(), ARTICLE)
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.frame')"):
            break
    page.keyboard.press("Enter")
    assert page.locator("#panel-title").inner_text().strip() == "Liberation"
    assert page.evaluate("document.activeElement.closest('#panel') !== null")

    page.keyboard.press("Escape")
    assert not page.locator("#panel").is_visible()
    assert page.evaluate("document.activeElement.dataset.label") == "liberation"


def test_focus_goes_to_what_was_found(opened):
    page = read(opened(), ARTICLE)

    assert page.evaluate("document.activeElement.id") == "found-title"


def test_all_scores_of_a_sentence_lead_to_any_label(opened):
    page = read(opened(), ARTICLE)
    page.get_by_role("button", name="All scores of sentence 3").click()

    assert page.locator(".scores tr").count() == 12
    first = [cell.inner_text().strip() for cell in page.locator(".scores tr").first.locator("th, td").all()]
    assert first == ["Inevitable or total victory", "0.50", "in doubt"]
    page.locator(".scores button", has_text="Heroic sacrifice").click()
    assert "Not given here" in page.locator("#panel").inner_text()


def test_filters_by_label_and_voice(opened):
    page = read(opened(), ARTICLE)
    chips = page.locator("#filters")
    assert len(shown(page)) == 4

    chips.get_by_role("button", name="Liberation").click()
    assert [text.split()[0] for text in shown(page)] == ["The", "🕊"]
    chips.get_by_role("button", name="narrator").click()
    assert [text.split()[0] for text in shown(page)] == ["🕊"]
    assert page.locator("#shown").inner_text() == "1 of 4 sentences shown"
    assert chips.get_by_role("button", name="narrator").get_attribute("aria-pressed") == "true"

    chips.get_by_role("button", name="Liberation").click()
    assert [text.split()[0] for text in shown(page)] == ["🕊", "The", "Rain"]
    chips.get_by_role("button", name="narrator").click()
    assert len(shown(page)) == 4


def test_two_articles_stand_side_by_side_with_a_table(opened):
    page = read(opened(), ARTICLE, OTHER)

    rows = [
        [cell.inner_text().strip() for cell in row.locator("th, td").all()]
        for row in page.locator("#compare tbody tr").all()
    ]
    assert rows == [
        ["Liberation", "2 indirect 1, narrator 1only here", "none"],
        ["Euphemistic retreat", "1 indirect 1", "2 indirect 1, narrator 1"],
    ]
    left, right = (each.bounding_box() for each in page.locator(".article").all())
    assert left["x"] + left["width"] <= right["x"]
    page.locator("#compare").get_by_role("button", name="Liberation").click()
    assert page.locator(".dispute").count() == 0


def test_markup_in_an_article_is_shown_and_never_run(opened):
    page = read(opened(), NASTY)
    page.locator(".frame").first.click()

    assert page.evaluate("window.hit") is None
    assert page.locator("#articles :is(img, script, svg, b), #panel :is(img, script, svg)").count() == 0
    assert '<img src=x onerror="window.hit = 1">' in " ".join(shown(page))


def test_the_browser_refuses_markup_by_policy(opened):
    page = opened()

    with pytest.raises(Exception, match="TrustedHTML"):
        page.evaluate("() => { document.body.innerHTML = '<p>markup</p>'; }")
    opened.errors.clear()


def test_json_is_the_answer_of_the_service(opened, address):
    page = read(opened(), ARTICLE)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download JSON").click()

    saved = json.loads(download.value.path().read_text(encoding="utf-8"))
    again = page.request.post(
        f"{address}v1/predict", data={"texts": [ARTICLE.strip() + "\n"], "unit": "article"}
    ).json()
    assert saved == again
    assert download.value.suggested_filename == "framing.json"


def test_csv_has_a_row_for_each_frame_and_no_formula(opened):
    page = read(opened(), ARTICLE + '\n=HYPERLINK("x") said "no" and liberated it.')
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()

    raw = download.value.path().read_bytes()
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert raw.startswith(b"\xef\xbb\xbf")
    assert [(row["sentence"], row["label"], row["evidence"]) for row in rows][:5] == [
        ("0", "liberation", "liberated"),
        ("0", "euphemistic_retreat", "planned withdrawal"),
        ("1", "liberation", "liberated"),
        ("2", "", ""),
        ("3", "", ""),
    ]
    assert [row["in_doubt"] for row in rows[2:5]] == ["", "inevitable_victory", ""]
    assert rows[0]["evidence_source"] == "The ministry"
    assert rows[5]["text"].startswith('\'=HYPERLINK("x")')


def test_a_disputed_label_reaches_the_inbox(opened, inbox):
    page = read(opened(), ARTICLE)
    page.locator(".frame", has_text="Liberation").first.click()
    page.get_by_label("Why (optional)").fill("plain reversal 🕊")
    page.get_by_role("button", name="It does not belong here").click()
    page.get_by_text("Thank you.").wait_for()

    row = corrections.read(inbox)[-1]
    assert (row["label"], row["verdict"], row["provenance"]["note"]) == ("liberation", "absent", "plain reversal 🕊")
    assert row["text"] == ARTICLE.partition("\n")[0]
    assert len(row["document"]) == 16
    assert row["provenance"]["model"]["version"] == "7"


def test_a_label_in_doubt_is_asked_for_with_its_words(opened, inbox):
    page = read(opened(), ARTICLE)
    page.locator(".doubt").first.click()
    page.get_by_label("The words that carry it").fill("stands nowhere")
    page.get_by_role("button", name="It belongs here").click()
    page.get_by_text("words that stand in the sentence").wait_for()
    opened.errors.clear()  # Chromium logs the 422

    page.get_by_label("The words that carry it").fill("only a matter of time")
    page.get_by_role("button", name="It belongs here").click()
    page.get_by_text("Thank you.").wait_for()
    row = corrections.read(inbox)[-1]
    assert row["verdict"] == "present"
    assert [(e["label"], e["start"], e["end"]) for e in row["evidence"]] == [("inevitable_victory", 11, 32)]


DROP = """([name, text]) => {
    const data = new DataTransfer();
    data.items.add(new File([text], name));
    document.querySelector(".sheet").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true }));
}"""
DROP_BYTES = DROP.replace("[text]", "[new Uint8Array(text)]")
HTML = "<html><body><nav>Menu</nav><article><h1>Head</h1><p>{}</p></article></body></html>"


@pytest.mark.parametrize("name", ["a.txt", "a.html"])
def test_a_dropped_file_fills_the_field(opened, name):
    page, words = opened(), "The troops liberated the valley, and nobody there had asked them to come. " * 5
    page.evaluate(DROP, [name, HTML.format(words) if name.endswith("html") else words])

    expect(page.locator("textarea")).to_have_value(re.compile("liberated the valley"))
    assert "<p>" not in page.locator("textarea").input_value()


def test_other_files_and_empty_fields_are_refused_in_words(opened):
    page = opened()
    page.evaluate(DROP, ["a.pdf", "%PDF"])
    page.get_by_text("Only .txt and .html files can be read.").wait_for()
    page.evaluate(DROP_BYTES, ["a.txt", [0xFF, 0xFE, 0x41]])
    page.get_by_text("This file is not UTF-8 text.").wait_for()

    page.get_by_role("button", name="Read", exact=True).click()
    assert page.get_by_role("alert").inner_text() == "Article is empty: paste or drop a text first."
    assert page.evaluate("document.activeElement.id") == "text-0"


def test_a_refusal_and_a_dead_service_are_told(opened):
    page = opened()
    page.locator("textarea").fill("x" * 1_000_001)
    page.get_by_role("button", name="Read", exact=True).click()
    page.get_by_text("The service refused this (4").wait_for()

    page.route("**/v1/*", lambda route: route.abort())
    page.locator("textarea").fill("Rain.")
    page.get_by_role("button", name="Read", exact=True).click()
    page.get_by_text("The service did not answer.").wait_for()
    assert page.get_by_role("button", name="Read", exact=True).is_enabled()
    opened.errors.clear()  # Chromium logs both


def test_a_service_with_keys_asks_for_one_and_gets_it(opened):
    page, sent = opened(), []

    def guard(route):
        sent.append(route.request.headers.get("authorization"))
        route.continue_() if sent[-1] == "Bearer k1" else route.fulfill(status=401, json={"detail": "no key"})

    page.route("**/v1/*", guard)
    page.locator("textarea").fill("Rain fell.")
    page.get_by_role("button", name="Read", exact=True).click()
    page.get_by_text("This service asks for a key.").wait_for()
    opened.errors.clear()  # Chromium logs the 401
    page.get_by_label("Key of this service").fill("k1")
    page.get_by_role("button", name="Read", exact=True).click()
    page.locator("#found").wait_for(state="visible")

    assert set(sent) == {None, "Bearer k1"}


def test_labels_without_a_taxonomy_go_by_their_ids(opened):
    page = opened()
    page.route("**/v1/taxonomy", lambda route: route.fulfill(status=404, json={"detail": "none"}))
    read(page, ARTICLE)
    opened.errors.clear()  # Chromium logs the 404
    page.locator(".frame").nth(1).click()

    assert page.locator("#panel-title").inner_text().strip() == "euphemistic_retreat"
    assert "This taxonomy gives no definition." in page.locator("#panel").inner_text()


def test_the_example_can_be_read(opened):
    page = opened()
    page.get_by_role("button", name="Compare two articles").click()
    page.get_by_role("button", name="Use an example").click()
    for field in page.locator("textarea").all():
        expect(field).not_to_have_value("")
    page.get_by_role("button", name="Read", exact=True).click()

    page.locator("#compare table").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_screen(opened, width, scheme):
    page = opened(width, scheme)
    states = {"asked": lambda: None, "found": lambda: read(page, ARTICLE, OTHER)}
    states |= {"label": page.locator(".frame").first.click, "scores": lambda: scores(page)}

    for name, reach in states.items():
        reach()
        found = Axe().run(page).response["violations"]
        assert [(name, v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in {"serious", "critical"}] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def scores(page):
    page.keyboard.press("Escape")
    page.locator(".all-scores").first.click()
