from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from framing.data import corpora, dataset
from framing.data.corpora import unlp2025
from framing.errors import FramingError
from framing.taxonomy import load

ONE = {
    "id": "a1",
    "content": "🙂 Жахливі новини з міста!",
    "lang": "uk",
    "manipulative": True,
    "techniques": ["loaded_language"],
    "trigger_words": [[2, 9], [18, 99], [2, 9]],
}
TWO = {
    "id": "b2",
    "content": "Всі знают, что враг бежит.",
    "lang": "ru",
    "manipulative": True,
    "techniques": ["euphoria", "bandwagon"],
    "trigger_words": [[15, 25], [0, 9]],
}
NONE = {**ONE, "id": "c3", "manipulative": False, "techniques": None, "trigger_words": None}
MORE = [{**NONE, "id": f"d{n}"} for n in range(30)]


def write(root, rows):
    (root / unlp2025.FILE).parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), root / unlp2025.FILE)


@pytest.fixture
def root(tmp_path, monkeypatch):
    write(tmp_path, [ONE, TWO, NONE, *MORE])
    counts = {"posts": 33, "manipulative": 2, "spans": 5, "loaded_language": 1, "fud": 0}
    monkeypatch.setattr(unlp2025, "CARD", replace(unlp2025.CARD, counts=counts))
    return tmp_path


def posts(root):
    return {s.id: s for rows in unlp2025.parse(root).splits.values() for s in rows}


def test_spans_of_a_post_with_one_label_are_its_evidence(root):
    post = posts(root)["a1"]

    assert [(e.label, post.text[e.start : e.end]) for e in post.evidence] == [
        ("loaded_language", "Жахливі"),
        ("loaded_language", "міста!"),
    ]


def test_spans_repeat_and_end_past_the_text(root):
    assert posts(root)["a1"].provenance["triggers"] == [(2, 9), (19, 25)]


def test_spans_of_a_post_with_several_labels_belong_to_none(root):
    post = posts(root)["b2"]

    assert (post.labels, post.evidence) == (("euphoria", "bandwagon"), ())
    assert [post.text[a:b] for a, b in post.provenance["triggers"]] == ["Всі знают", "враг бежит"]


def test_a_span_of_white_space_or_past_the_end_is_dropped(root):
    write(root, [{**ONE, "trigger_words": [[1, 2], [25, 30], [24, 25]]}, TWO, NONE, *MORE])

    assert posts(root)["a1"].provenance["triggers"] == [(24, 25)]


def test_other_counts_are_another_version(root):
    write(root, [ONE, NONE, *MORE])

    with pytest.raises(FramingError, match=r"'posts': 33, 'manipulative': 2, 'spans': 5.*'posts': 32, .*'spans': 3"):
        unlp2025.parse(root)


def test_null_labels_and_spans_are_none(root):
    post = posts(root)["c3"]

    assert (post.labels, post.evidence, post.provenance["triggers"], post.language) == ((), (), [], "uk")


def test_every_split_has_posts(root):
    assert all(unlp2025.parse(root).splits.values())


def test_an_unknown_label_is_named(root):
    write(root, [{**ONE, "techniques": ["sarcasm"]}])

    with pytest.raises(FramingError, match=r"in post a1, found \['sarcasm'\]"):
        unlp2025.parse(root)


def test_a_missing_column_is_named(root):
    write(root, [{k: v for k, v in ONE.items() if k != "lang"}])

    with pytest.raises(FramingError, match=r"found none of \['lang'\]"):
        unlp2025.parse(root)


def test_a_missing_file_says_where_it_is(tmp_path):
    with pytest.raises(FramingError, match=r"Clone https://github.com/unlp-workshop"):
        unlp2025.parse(tmp_path)


def test_it_loads_as_a_dataset(root, tmp_path):
    corpora.convert("unlp2025", root=root, out=tmp_path / "out")

    assert dataset.load(tmp_path / "out", load("unlp2025")).taxonomy == "unlp2025/10"
