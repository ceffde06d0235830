from dataclasses import replace

import pytest

from framing.data import corpora, dataset
from framing.data.corpora import semeval2025_narratives, semeval2025_roles
from framing.errors import FramingError
from framing.taxonomy import load

TEXT = "Mayor speaks\n\nAnna Berg hid the bill. Old Harbour Board paid.\nThe mill reopened.\n"
ROLES = (
    "Anna Berg\t14\t22\tAntagonist\tDeceiver\tForeign Adversary",
    "Old Harbour Board\t38\t54\tInnocent\tVictim",
)
NARRATIVES = (
    "URW: Discrediting the West, Diplomacy;URW: Praise of Russia;URW: Praise of Russia\t"
    "URW: Discrediting the West, Diplomacy: Other;URW: Praise of Russia: One;URW: Praise of Russia: Two"
)


def write(folder, names, *, roles=ROLES, narratives=NARRATIVES, home="raw-documents"):
    (folder / home).mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / home / f"{name}.txt").write_text(TEXT, encoding="utf-8")
    one = "".join(f"{name}.txt\t{role}\n" for name in names for role in roles)
    (folder / "subtask-1-annotations.txt").write_text(one, encoding="utf-8")
    two = "".join(f"{name}.txt\t{narratives}\n" for name in names)
    (folder / "subtask-2-annotations.txt").write_text(two, encoding="utf-8")


@pytest.fixture
def root(tmp_path, monkeypatch):
    """English with 12 and 2 articles, Portuguese with 1 and 1."""
    write(tmp_path / "train/EN", [f"EN_UA_{n}" for n in range(12)])
    write(tmp_path / "dev/EN", ["EN_UA_DEV_1", "EN_UA_DEV_2"])
    write(tmp_path / "train/PT", ["PT_1"])
    write(tmp_path / "dev/PT", ["PT_2"])
    counts = {"en train mentions": 24, "en train articles": 12, "en dev mentions": 4}
    monkeypatch.setattr(semeval2025_roles, "CARD", replace(semeval2025_roles.CARD, counts=counts))
    card = replace(semeval2025_narratives.CARD, counts={"en train articles": 12, "pt train articles": 1})
    monkeypatch.setattr(semeval2025_narratives, "CARD", card)
    return tmp_path


def roles(root):
    return semeval2025_roles.parse(root).splits["test"][:4]


def test_the_inclusive_end_of_a_mention_is_in_its_span(root):
    spans = {(e.label, s.text[e.start : e.end]) for s in roles(root) for e in s.evidence}

    assert spans == {
        ("Antagonist", "Anna Berg"),
        ("Deceiver", "Anna Berg"),
        ("Foreign_Adversary", "Anna Berg"),
        ("Innocent", "Old Harbour Board"),
        ("Victim", "Old Harbour Board"),
    }


def test_sentences_carry_main_and_fine_roles_and_others_none(root):
    assert [(s.text, s.labels) for s in roles(root)] == [
        ("Mayor speaks", ()),
        ("Anna Berg hid the bill.", ("Antagonist", "Foreign_Adversary", "Deceiver")),
        ("Old Harbour Board paid.", ("Innocent", "Victim")),
        ("The mill reopened.", ()),
    ]
    assert all(TEXT[s.start : s.end] == s.text for s in roles(root))


def test_a_mention_that_crosses_sentences_is_cut(root):
    crossing = "bill. Old Harbour Board\t32\t54\tInnocent\tVictim"
    write(root / "dev/EN", ["EN_UA_DEV_1", "EN_UA_DEV_2"], roles=(crossing, crossing))

    found = [(s.text[e.start : e.end], e.label) for s in roles(root) for e in s.evidence]
    assert found == [
        ("bill.", "Innocent"),
        ("bill.", "Victim"),
        ("Old Harbour Board", "Innocent"),
        ("Old Harbour Board", "Victim"),
    ]


def test_a_mention_that_is_not_at_its_offsets_is_left_out_and_listed(root):
    shifted = "Anna Berg\t15\t23\tAntagonist\tDeceiver"
    write(root / "dev/EN", ["EN_UA_DEV_1", "EN_UA_DEV_2"], roles=(ROLES[1], shifted))

    found = semeval2025_roles.parse(root)
    assert found.left_out == tuple(f"EN_UA_DEV_{n}.txt: no 'Anna Berg' at 15:24" for n in (1, 2))
    assert [s.labels for s in found.splits["test"][:4]] == [(), (), ("Innocent", "Victim"), ()]


def test_narratives_are_labels_once_and_sub_narratives_are_kept(root):
    record = semeval2025_narratives.parse(root).splits["test"][0]

    assert record.labels == ("URW_Praise_of_Russia", "URW_Discrediting_the_West_Diplomacy")
    assert record.provenance["sub"] == [
        "URW: Discrediting the West, Diplomacy: Other",
        "URW: Praise of Russia: One",
        "URW: Praise of Russia: Two",
    ]
    assert TEXT[record.start : record.end] == record.text == TEXT.strip()


def test_other_is_no_narrative(root):
    write(root / "dev/EN", ["EN_UA_DEV_1", "EN_UA_DEV_2"], narratives="Other\tOther")
    record = semeval2025_narratives.parse(root).splits["test"][0]

    assert (record.labels, record.provenance["sub"]) == ((), [])


@pytest.mark.parametrize(("corpus", "task"), [(semeval2025_roles, 1), (semeval2025_narratives, 2)])
def test_documents_may_lie_in_the_folder_of_the_subtask(root, corpus, task):
    (root / "dev/EN/raw-documents").rename(root / f"dev/EN/subtask-{task}-documents")

    assert {s.document for s in corpus.parse(root).splits["test"]} == {"EN_UA_DEV_1", "EN_UA_DEV_2"}


@pytest.mark.parametrize("corpus", [semeval2025_roles, semeval2025_narratives])
def test_the_root_may_be_the_folder_of_a_language(root, corpus):
    rows = [s for split in corpus.parse(root / "train/PT").splits.values() for s in split]

    assert ({s.language for s in rows}, {s.document for s in rows}) == ({"pt"}, {"PT_1", "PT_2"})


@pytest.mark.parametrize("corpus", [semeval2025_roles, semeval2025_narratives])
def test_each_article_is_in_one_split(root, corpus):
    names = {split: {s.document for s in rows} for split, rows in corpus.parse(root).splits.items()}

    assert names["test"] == {"EN_UA_DEV_1", "EN_UA_DEV_2"}
    assert len(names["train"]) + len(names["validation"]) == len(names["train"] | names["validation"]) == 12


@pytest.mark.parametrize("corpus", [semeval2025_roles, semeval2025_narratives])
def test_an_interim_release_is_another_version(root, corpus):
    write(root / "train/EN", ["EN_UA_0"])

    with pytest.raises(FramingError, match="'en train articles': 1"):
        corpus.parse(root)


def test_a_folder_without_languages_says_where_to_register(tmp_path):
    with pytest.raises(FramingError, match=r"train/LANGUAGE .*or one that holds train/EN.*Register at https"):
        semeval2025_roles.parse(tmp_path)


def test_an_unknown_role_names_its_line(root):
    write(root / "dev/EN", ["EN_UA_DEV_1"], roles=("Anna Berg\t14\t22\tAntagonist\tGossip",))

    with pytest.raises(FramingError, match=r"line 1 of .*found \['Gossip'\]"):
        semeval2025_roles.parse(root)


def test_an_unknown_narrative_names_its_line(root):
    write(root / "dev/EN", ["EN_UA_DEV_1"], narratives="URW: Weather\tOther")

    with pytest.raises(FramingError, match=r"line 1 of .*found \['URW_Weather'\]"):
        semeval2025_narratives.parse(root)


def test_an_offset_that_is_no_number_names_its_line(root):
    write(root / "dev/EN", ["EN_UA_DEV_1"], roles=("Anna Berg\tx\t22\tAntagonist\tDeceiver",))

    with pytest.raises(FramingError, match=r"a whole number in line 1 of .*found 'x'"):
        semeval2025_roles.parse(root)


@pytest.mark.parametrize("corpus", [semeval2025_roles, semeval2025_narratives])
def test_a_missing_document_is_named(root, corpus):
    (root / "dev/EN/raw-documents/EN_UA_DEV_2.txt").unlink()

    with pytest.raises(FramingError, match=r"the file EN_UA_DEV_2\.txt"):
        corpus.parse(root)


@pytest.mark.parametrize("name", ["semeval2025_roles", "semeval2025_narratives"])
def test_it_loads_as_a_dataset(root, tmp_path, name):
    corpora.convert(name, root=root, out=tmp_path / "out")

    assert dataset.load(tmp_path / "out", load(name)).taxonomy == load(name).name
