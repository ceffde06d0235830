import threading
from types import SimpleNamespace

import numpy as np
import pytest

from framing.models.calibration import Decisions
from framing.models.protocol import Span
from framing.models.store import Model
from framing.serving.batcher import Batcher, Work
from framing.serving.problems import Refusal
from tests.unit.models.conftest import LABELS, made, toy_sentences

ALWAYS = np.zeros(2)
PLAIN = Decisions((1.0, 1.0), (0.0, 0.0), (0.5, 0.5), (0.5, 0.5))


class Fake:
    """Scores a sentence by its length; remembers how many it read at once, and waits while it is told to."""

    reads_audit = False
    labels = LABELS

    def __init__(self):
        self.sizes, self.go, self.entered = [], threading.Event(), threading.Event()
        self.go.set()

    def read(self, sentences):
        self.entered.set()
        assert self.go.wait(5)
        self.sizes.append(len(sentences))
        if any("poison" in s.text for s in sentences):
            raise ValueError("poison")
        scores = np.array([[len(s.text) / 100, 0.5] for s in sentences])
        texts = [s.text for s in sentences]
        return SimpleNamespace(
            scores=scores,
            explain=lambda wanted: [
                [Span(LABELS[k], 0, len(text)) for k in np.flatnonzero(row)]
                for row, text in zip(wanted, texts, strict=True)
            ],
        )


@pytest.fixture
def fake():
    return Fake()


def model_of(fake):
    return Model("fake", fake, PLAIN, "toy/1")


def work(model, *texts, limits=ALWAYS):
    return Work(model, [made(text) for text in texts], limits)


def test_what_queued_while_the_model_was_busy_is_read_together(fake):
    model, batcher = model_of(fake), Batcher()
    fake.go.clear()
    futures = [batcher.submit(work(model, "first"))]
    assert fake.entered.wait(5)
    futures += [batcher.submit(work(model, "ab"[:n])) for n in (1, 2)]
    fake.go.set()

    found = [future.result(5) for future in futures]

    assert fake.sizes == [1, 2]
    np.testing.assert_allclose([one.scores[0, 0] for one in found], [0.05, 0.01, 0.02], atol=1e-12)
    assert [one.spans for one in found][2] == [[Span(LABELS[0], 0, 2), Span(LABELS[1], 0, 2)]]


def test_each_request_is_explained_by_its_own_thresholds(fake):
    model, batcher = model_of(fake), Batcher()
    never, always = work(model, "a", limits=np.array([2.0, 2.0])), work(model, "a", limits=np.array([2.0, 0.5]))

    assert batcher.submit(never).result(5)[1] == [[]]
    assert batcher.submit(always).result(5)[1] == [[Span(LABELS[1], 0, 1)]]


def test_a_long_request_lets_a_short_one_pass(fake):
    model, batcher = model_of(fake), Batcher(batch_sentences=4)
    fake.go.clear()
    long = batcher.submit(work(model, *["abc"] * 10))
    assert fake.entered.wait(5)
    short = batcher.submit(work(model, "a"))
    order = []
    for name, future in (("long", long), ("short", short)):
        future.add_done_callback(lambda _, name=name: order.append(name))
    fake.go.set()

    assert long.result(5)[0].shape == (10, 2)
    assert order == ["short", "long"]
    assert fake.sizes == [4, 4, 3]
    assert batcher.queued == 0


def test_two_models_are_never_read_in_one_batch(fake):
    other = Fake()
    batcher = Batcher()
    fake.go.clear()
    first = batcher.submit(work(model_of(fake), "a"))
    assert fake.entered.wait(5)
    rest = [batcher.submit(work(model, "b")) for model in (model_of(other), model_of(other))]
    fake.go.set()

    for future in (first, *rest):
        future.result(5)
    assert (fake.sizes, other.sizes) == ([1], [1, 1])


def test_a_request_that_makes_the_model_fail_fails_alone(fake):
    model, batcher = model_of(fake), Batcher()
    fake.go.clear()
    first = batcher.submit(work(model, "first"))
    assert fake.entered.wait(5)
    good, bad = batcher.submit(work(model, "good")), batcher.submit(work(model, "poison"))
    fake.go.set()

    assert first.result(5)[0].shape == good.result(5)[0].shape == (1, 2)
    with pytest.raises(ValueError, match="poison"):
        bad.result(5)
    assert batcher.submit(work(model, "next")).result(5)[0].shape == (1, 2)


def test_a_request_that_was_given_up_is_not_read(fake):
    model, batcher = model_of(fake), Batcher()
    fake.go.clear()
    first = batcher.submit(work(model, "first"))
    assert fake.entered.wait(5)
    batcher.submit(work(model, *["gone"] * 3)).cancel()
    fake.go.set()

    first.result(5)
    batcher.submit(work(model, "next")).result(5)
    assert fake.sizes == [1, 1]
    assert batcher.queued == 0


def test_a_batch_waits_for_company_where_it_is_told_to(fake):
    model, batcher = model_of(fake), Batcher(wait_seconds=0.3)

    futures = [batcher.submit(work(model, "a")) for _ in range(5)]

    for future in futures:
        future.result(5)
    assert fake.sizes == [5]


def test_a_full_queue_refuses_and_a_closed_one_finishes_what_it_took(fake):
    model, batcher = model_of(fake), Batcher(queued_sentences=3)
    fake.go.clear()
    batcher.submit(work(model, "a"))
    assert fake.entered.wait(5)
    taken = batcher.submit(work(model, "a", "b", "c"))
    with pytest.raises(Refusal, match="too many sentences"):
        batcher.submit(work(model, "d"))
    fake.go.set()
    batcher.close()

    assert taken.result(0)[0].shape == (3, 2)
    with pytest.raises(Refusal, match="shutting down"):
        batcher.submit(work(model, "e"))


def test_an_encoder_scores_a_sentence_alone_as_in_a_crowd(tiny_base):
    from framing.models.encoder import EncoderClassifier

    rows = toy_sentences()
    encoder = EncoderClassifier(labels=LABELS, base=str(tiny_base), epochs=1, max_length=32, threads=1)
    model = Model("encoder", encoder.fit(rows, rows, lambda values, step: None), PLAIN, "toy/1")
    batcher = Batcher(batch_sentences=8)
    together = [batcher.submit(Work(model, [row], ALWAYS)) for row in [*rows, made("rain " * 20)]]

    for row, future in zip(rows, together, strict=False):
        np.testing.assert_allclose(future.result(20)[0], model.read([row])[0], atol=1e-6)
