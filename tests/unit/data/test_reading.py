import pytest

from framing import taxonomy
from framing.data.corpora import CORPORA, reading
from framing.data.corpora.ptc import CARD
from framing.errors import FramingError

NAMES = (
    "fignews2024",
    "fignews2024_bias",
    "nlp4if2019",
    "ptc",
    "semeval2023_frames",
    "semeval2023_persuasion",
    "semeval2025_narratives",
    "semeval2025_roles",
    "unlp2025",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_corpus_has_the_labels_of_its_taxonomy(name):
    assert CORPORA[name].labels == taxonomy.load(name).ids()
    assert CORPORA[name].card.name == name


@pytest.fixture
def path(tmp_path):
    return tmp_path / "rows.labels"


def test_rows_keep_quotation_marks_and_lose_line_ends(path):
    path.write_bytes(b'7\t"Never\r\n\r\n8\tagain" they said\n')

    rows = list(reading.rows_of(path, CARD, 2))

    assert [fields for _, fields in rows] == [["7", '"Never'], ["8", 'again" they said']]
    assert rows[1][0] == f"line 3 of {path}"


def test_the_last_field_keeps_further_tabs_and_a_blank_one_may_be_missing(path):
    path.write_text("7\ta\tb\tc\n8\tx\n", encoding="utf-8")

    assert [fields for _, fields in reading.rows_of(path, CARD, 3, blank=1)] == [["7", "a", "b\tc"], ["8", "x", ""]]


def test_a_row_with_too_few_fields_names_its_line(path):
    path.write_text("7\ta\tb\n8\tx\n", encoding="utf-8")

    with pytest.raises(FramingError, match=r"3 fields parted by tabs in line 2 of .*found 2"):
        list(reading.rows_of(path, CARD, 3))


def test_a_missing_file_says_where_to_register(path):
    with pytest.raises(FramingError, match=r"rows\.labels of ptc .*Register at https://propaganda"):
        reading.text_of(path, CARD)


def test_another_encoding_names_the_byte(path):
    path.write_bytes("caf\xe9".encode("latin-1"))

    with pytest.raises(FramingError, match="another encoding at byte 3"):
        reading.text_of(path, CARD)


def test_lines_are_numbered_with_the_empty_ones_and_trimmed():
    assert list(reading.lines_of("One.\n\n  Two. \r\nThree")) == [(1, 0, 4), (3, 8, 12), (4, 15, 20)]


def test_known_labels_come_in_their_order():
    assert reading.known(("a", "b", "c"), {"c", "a"}, "here") == ("a", "c")


def test_an_unknown_label_is_named():
    with pytest.raises(FramingError, match=r"\['a'\] in line 4.*found \['z'\]"):
        reading.known(("a",), {"a", "z"}, "line 4")


def test_a_number_that_is_none_is_named():
    with pytest.raises(FramingError, match=r"a whole number in line 4, found '1.5'"):
        reading.whole("1.5", "line 4")


def test_splits_take_their_shares_and_never_move():
    names = [str(n) for n in range(4000)]
    found = [reading.any_split(name) for name in names]

    assert found.count("test") / 4000 == pytest.approx(0.15, abs=0.02)
    assert found.count("validation") / 4000 == pytest.approx(0.12, abs=0.02)
    assert {reading.train_or_validation(name) for name in names} == {"train", "validation"}
    assert reading.fold("0") == 0x5FECEB66 / 2**32  # SHA-256 of "0" begins so
