import pytest

from framing.data.corpora import tables
from framing.errors import FramingError
from framing.schema import Sentence


def rows(path, **settings):
    return list(tables.read_rows(path, name="toy", needs=["text"], **settings))


def written(tmp_path, text):
    path = tmp_path / "toy.csv"
    path.write_bytes(text.encode("utf-8"))
    return path


def test_rows_are_numbered_by_the_line_they_end_in(tmp_path):
    found = rows(written(tmp_path, 'text,n\n"two\nlines",1\nlast,2\n'))

    assert [(row.line, row.fields["text"]) for row in found] == [(3, "two\nlines"), (4, "last")]


def test_the_byte_order_mark_is_no_part_of_the_header(tmp_path):
    assert rows(written(tmp_path, "\ufefftext;n\na;1\n"), delimiter=";")[0].fields == {"text": "a", "n": "1"}


def test_a_line_separator_within_a_field_ends_no_row(tmp_path):
    assert rows(written(tmp_path, "text,n\none\u2028two,1\n"))[0].fields["text"] == "one\u2028two"


def test_missing_columns_name_both_lists_sorted(tmp_path):
    with pytest.raises(FramingError, match=r"\['text'\] of toy in .*toy.csv, found \['body', 'n'\]"):
        rows(written(tmp_path, "n,body\n1,a\n"))


def test_a_row_with_other_fields_names_its_line(tmp_path):
    with pytest.raises(FramingError, match=r"2 fields in line 3 of .*toy.csv, found 3 fields"):
        rows(written(tmp_path, "text,n\na,1\nb,2,3\n"))


def test_broken_quotes_name_their_line(tmp_path):
    with pytest.raises(FramingError, match="delimited text in line 2"):
        rows(written(tmp_path, 'text,n\n"a"b,1\n'))


def test_another_encoding_names_its_byte(tmp_path):
    (tmp_path / "toy.csv").write_bytes("text\nVerlustmeldung für Tarvia\n".encode("latin-1"))

    with pytest.raises(FramingError, match=r"UTF-8 text in .*toy.csv, found another encoding \(byte 21\)"):
        rows(tmp_path / "toy.csv")


def test_a_missing_file_says_which(tmp_path):
    with pytest.raises(FramingError, match=r"the file none\.csv of toy"):
        rows(tmp_path / "none.csv")


def sentence(n, text, **audit):
    return Sentence(f"s{n}", f"d{n}", 0, 0, len(text), text, audit=audit)


def homes(split):
    return {s.document: name for name, own in split.items() for s in own}


def test_near_duplicates_share_a_split_and_short_texts_do_not_join():
    copies = [sentence(n, "the army said it had taken the mill and the bridge") for n in (1, 40)]
    short = [sentence(n, "He agreed.") for n in range(2, 40)]
    home = homes(tables.split_by_group([*copies, *short]))

    assert home["d1"] == home["d40"]
    assert set(home.values()) == {"train", "validation", "test"}


def test_a_stated_group_stays_whole():
    split = tables.split_by_group([sentence(n, f"short {n}", group=str(n % 4)) for n in range(40)])
    home = homes(split)

    assert all(len({home[f"d{n}"] for n in range(k, 40, 4)}) == 1 for k in range(4))
    assert sum(len(own) for own in split.values()) == 40
