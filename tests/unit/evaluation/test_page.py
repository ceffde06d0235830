import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest

from framing.evaluation.intervals import Interval
from framing.evaluation.page import charts, report_page
from framing.evaluation.page.html import Html, label, number, spread, table, tag
from tests.unit.evaluation.conftest import HARD

VOID = {"meta", "wbr"}


class Balanced(HTMLParser):
    """Fails on a tag that is closed out of order."""

    def __init__(self):
        super().__init__()
        self.open, self.words = [], []

    def handle_starttag(self, name, attributes):
        if name not in VOID:
            self.open.append(name)

    def handle_endtag(self, name):
        assert self.open.pop() == name

    def handle_data(self, data):
        self.words.append(data)


def read(page):
    parser = Balanced()
    parser.feed(page)
    assert parser.open == []
    return "".join(parser.words)


@pytest.fixture
def page(findings):
    return report_page(findings, facts={"run_id": "r1", "base": "<script>"})


def test_the_page_is_well_formed_and_needs_no_network_and_no_script(page):
    read(page)

    assert page.startswith("<!doctype html>")
    assert 'name="viewport"' in page
    assert re.findall(r"(?:src|href)=|https?://|url\(|@import|<script|<link", page) == []


def test_every_text_is_escaped(page):
    words = read(page)

    assert HARD in words
    assert "<toy>" in words
    assert "<script>" in words
    assert "<toy>" not in page


def test_the_model_stands_beside_baseline_and_coder(page):
    rows = re.findall(r"<tr[^>]*>.*?</tr>", page)

    assert sum("<td>prior</td>" in row for row in rows) == 1
    assert [row for row in rows if row.startswith('<tr class="own">')] == [row for row in rows if "&lt;toy&gt;" in row]
    assert any("<td>coder pass_a</td>" in row and "0.70–0.90" in row for row in rows)


def test_a_label_without_positives_is_shown_and_has_no_dot(page):
    (row,) = [row for row in re.findall(r"<tr>.*?</tr>", page) if row.startswith("<tr><td>absent")]

    assert "n/a (0)" in row
    assert page.count("<circle") == 2 + len(re.findall(r"scores: mean", page))


def test_a_gap_below_zero_is_flagged_and_long_slices_are_folded(page):
    assert re.search(r"-0\.200 ▼<small>-0\.30 to -0\.10</small>", page)
    assert re.search(r"\+0\.100<small>-0\.10 to \+0\.20</small></td>", page)
    assert "By conflict: 1 values" in page


def test_evidence_of_gold_and_model_is_marked_where_it_stands(page):
    assert "They &lt;b&gt;&quot;<mark>freed</mark>&quot;" in page
    assert '<mark><span class="gold">They</span></mark>' in page


def test_a_page_for_a_store_that_others_read_has_ids_and_no_sentence(findings):
    page = report_page(findings, facts={}, with_text=False)

    assert "x:1" in page
    assert "freed" not in page


def test_a_page_without_mistakes_or_slices_is_whole(findings):
    page = report_page(replace(findings, mistakes=[], slices=[], baselines=[], ceilings=[]), facts={})

    assert read(page).count("None.") == 2


def test_charts_are_sound_svg_with_a_point_where_the_figure_says(findings):
    svg = ElementTree.fromstring(charts.reliability(findings.reliability))
    circles = svg.findall("circle")

    assert len(circles) == len(findings.reliability)
    first = findings.reliability[0]
    assert float(circles[0].get("cx")) == pytest.approx(44 + 250 * first.mean_score, abs=0.05)
    assert float(circles[0].get("cy")) == pytest.approx(10 + 250 * (1 - first.positives), abs=0.05)


def test_the_cross_stands_at_coverage_and_risk(findings):
    with_cross = ElementTree.fromstring(charts.risk_coverage(findings.risk, (0.5, 0.5)))
    without = ElementTree.fromstring(charts.risk_coverage(findings.risk, (0.5, np.nan)))

    first, second = with_cross.findall("line")
    assert (float(first.get("x1")) + float(first.get("x2"))) / 2 == pytest.approx(44 + 125)
    assert (float(second.get("y1")) + float(second.get("y2"))) / 2 == pytest.approx(10 + 125)
    assert without.findall("line") == []


def test_pieces_of_html():
    assert tag("p", "<", Html("<br>"), class_="a", stroke_width="2") == '<p class="a" stroke-width="2">&lt;<br></p>'
    assert label("care_for") == "care_<wbr>for"
    assert (number(0.12345), number(float("nan"))) == ("0.123", "n/a")
    assert spread(Interval(float("nan"), 0, 0)) == "n/a"
    assert table(["a", "[n]"], [["x", 1]]).count('class="n"') == 2
