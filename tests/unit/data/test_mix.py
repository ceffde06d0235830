import json
from dataclasses import replace

import pytest

from framing.data import dataset, leaks
from framing.data.dataset import Dataset
from framing.data.mix import mix
from framing.errors import FramingError
from framing.schema import Evidence, Sentence
from framing.taxonomy import load


def text(k):
    return f"w{k} north x{k} south y{k} east z{k} west v{k} so"


def rows(name, numbers, *, ids="{n}", labels=(), taxonomy="ptc/14"):
    """Documents of two sentences; the number says which text they hold."""
    return [
        Sentence(
            f"{ids.format(n=n)}:{i}", ids.format(n=n), i, 0, len(text(2 * n + i)), text(2 * n + i), labels,
            tuple(Evidence(label, 0, 2) for label in labels), taxonomy=taxonomy, audit={"from": name},
        )
        for n in numbers
        for i in range(2)
    ]  # fmt: skip


def write(folder, name, sentences):
    taxonomy = sentences[0].taxonomy
    dataset.save(Dataset(name, taxonomy, {"train": sentences, "validation": [], "test": []}), folder / name, {})
    return folder / name


def test_documents_of_one_id_are_kept_once_from_the_first(tmp_path):
    one = write(tmp_path, "one", rows("one", range(10)))
    two = write(tmp_path, "two", rows("two", range(8, 20)))

    built = mix([one, two], out=tmp_path / "out")

    kept = {s.document: s.audit for split in built.dataset.splits.values() for s in split}
    assert len(kept) == 20
    assert (kept["8"]["from"], kept["9"]["corpus"], kept["19"]["corpus"]) == ("one", "one", "two")
    assert built.left_out == ("8 of two: is 8 of one", "9 of two: is 9 of one")
    assert dataset.load(tmp_path / "out", load("ptc")).name == "one+two"
    assert [m["name"] for m in dataset.read_manifest(tmp_path / "out")["mixed"]] == ["one", "two"]
    assert not leaks.find(built.dataset.splits).any


def test_by_first_the_others_are_learnt_from_alone(tmp_path):
    gold = rows("gold", range(9))
    splits = {"train": gold[:6], "validation": gold[6:12], "test": gold[12:]}
    dataset.save(Dataset("gold", "ptc/14", splits, leaky=False), tmp_path / "gold", {})
    near_test = [replace(s, id=f"n{s.id}", document="n", index=k) for k, s in enumerate(gold[-1:] + rows("", [40]))]
    weak = write(tmp_path, "weak", rows("weak", range(20, 30), ids="w{n}") + near_test)

    built = mix([tmp_path / "gold", weak], out=tmp_path / "out", by="first")

    found = {split: {s.id for s in own} for split, own in built.dataset.splits.items()}
    assert found["validation"] == {s.id for s in splits["validation"]}
    assert found["test"] == {s.id for s in splits["test"]}
    assert found["train"] >= {s.id for s in splits["train"]} | {f"w{n}:{i}" for n in range(20, 30) for i in range(2)}
    assert near_test[0].id not in found["train"]
    assert not leaks.find(built.dataset.splits).any


def test_documents_of_near_duplicate_text_are_kept_once_whatever_their_id(tmp_path):
    one = write(tmp_path, "one", rows("one", range(10)))
    two = write(tmp_path, "two", rows("two", range(9, 20), ids="x{n}"))

    assert mix([one, two], out=tmp_path / "out").left_out == ("x9 of two: is 9 of one",)


def test_one_id_for_two_texts_gets_the_name_of_its_dataset(tmp_path):
    one = write(tmp_path, "one", rows("one", range(10)))
    two = write(tmp_path, "two", [*rows("two", range(30, 40)), *(
        Sentence(f"3:{i}", "3", i, 0, 1, text(90 + i), taxonomy="ptc/14") for i in range(2)
    )])  # fmt: skip

    built = mix([one, two], out=tmp_path / "out")

    documents = {s.document for split in built.dataset.splits.values() for s in split}
    assert {"3", "two/3"} <= documents
    assert built.left_out == ()


def test_by_corpus_tests_on_the_last_folder(tmp_path):
    one = write(tmp_path, "one", rows("one", range(10)))
    two = write(tmp_path, "two", rows("two", range(20, 30)))

    built = mix([one, two], out=tmp_path / "out", by="corpus")

    assert {s.audit["corpus"] for s in built.dataset.splits["test"]} == {"two"}


def test_another_taxonomy_needs_a_map(tmp_path):
    one = write(tmp_path, "one", rows("one", range(10), labels=("liberation",), taxonomy="conflict/1.0"))
    two = write(tmp_path, "two", rows("two", range(20, 30), labels=("Slogans", "Doubt")))
    names = tmp_path / "names.yaml"

    with pytest.raises(
        FramingError, match=r"--map with every label, found ptc/14 in two, without \['Doubt', 'Slogans'\]"
    ):
        mix([one, two], out=tmp_path / "out")
    names.write_text("Slogans: liberation\nDoubt: moon\n")
    with pytest.raises(FramingError, match=r"labels of conflict/1.0 in --map, found \['moon'\]"):
        mix([one, two], out=tmp_path / "out", map_file=names)
    names.write_text("- Slogans\n")
    with pytest.raises(FramingError, match=r"a label map .* found list"):
        mix([one, two], out=tmp_path / "out", map_file=names)
    with pytest.raises(FramingError, match=r"a label map .* No such file"):
        mix([one, two], out=tmp_path / "out", map_file=tmp_path / "none.yaml")
    names.write_text("Slogans: liberation\nDoubt:\n")

    built = mix([one, two], out=tmp_path / "out", map_file=names)

    kept = [s for split in built.dataset.splits.values() for s in split]
    assert {s.labels for s in kept} == {("liberation",)}
    assert {e.label for s in kept for e in s.evidence} == {"liberation"}
    assert {s.taxonomy for s in kept} == {"conflict/1.0"}


def test_one_dataset_is_no_mixture(tmp_path):
    one = write(tmp_path, "one", rows("one", range(10)))

    with pytest.raises(FramingError, match=r"different names, found \['one', 'one'\]"):
        mix([one, one], out=tmp_path / "out")


def test_what_is_said_as_json_can_be_read(tmp_path):
    one = write(tmp_path, "one", rows("one", range(10)))
    two = write(tmp_path, "two", rows("two", range(20, 30)))

    said = json.loads(mix([one, two], out=tmp_path / "out").describe(as_json=True))

    assert sum(said["sentences"].values()) == 40
