from pathlib import Path

from framing.models import budget
from framing.schema import Sentence


class Counting:
    """A model that notes what it read."""

    def __init__(self):
        self.read_texts = []

    def read(self, sentences):
        self.read_texts.append([s.text for s in sentences])


def sentences(n):
    return [Sentence(id=str(k), document="d", index=k, start=0, end=2, text=f"s{k}") for k in range(n)]


def test_bytes_are_those_of_all_files(tmp_path: Path):
    (tmp_path / "in").mkdir()
    (tmp_path / "a").write_bytes(b"123")
    (tmp_path / "in" / "b").write_bytes(b"45")

    assert budget.folder_bytes(tmp_path) == 5


def test_sentences_are_read_one_at_a_time_after_a_warm_up():
    model = Counting()

    assert budget.milliseconds(model, sentences(30)) >= 0
    assert model.read_texts == [[f"s{k}"] for k in [*range(3), *range(20)]]


def test_the_median_leaves_the_warm_up_out(monkeypatch):
    seconds = iter([9.0, 0.001, 0.002, 0.006])
    monkeypatch.setattr(budget, "WARM_UP", 1)
    monkeypatch.setattr(budget, "_seconds", lambda model, sentence: next(seconds))

    assert budget.milliseconds(Counting(), sentences(3)) == 2.0


def test_one_sentence_suffices():
    model = Counting()

    budget.milliseconds(model, sentences(1))
    assert model.read_texts == [["s0"], ["s0"]]
