import json
import shutil

import numpy as np
import pytest

from framing.errors import FramingError
from framing.models.encoder import EncoderClassifier
from framing.schema import blind
from tests.unit.models.conftest import LABELS, made, toy_sentences


def small(base, **settings):
    usual = {"base": str(base), "epochs": 6, "learning_rate": 5e-3, "batch_size": 8, "max_length": 32, "threads": 1}
    return EncoderClassifier(labels=LABELS, **{**usual, **settings})


@pytest.fixture(scope="module")
def trained(tiny_base):
    rows = toy_sentences()
    return small(tiny_base, epochs=12).fit(rows, rows, lambda values, step: None)


def test_it_learns_the_word_and_points_at_it(trained):
    text = "the army liberated hamlet 7 at dawn ."
    reading = trained.read([made(text), made("rain fell on hamlet 7 .")])

    assert reading.scores[0, 0] > reading.scores[0, 1]
    assert reading.scores[0, 0] > 2 * reading.scores[1, 0]
    spans, none = reading.explain(np.array([[True, False], [False, False]]))
    assert any("liberated" in text[span.start : span.end] for span in spans)
    assert none == []


def test_saved_and_loaded_gives_the_same_scores(trained, toy_rows, tmp_path):
    trained.save(tmp_path)
    loaded = EncoderClassifier.load(tmp_path)

    np.testing.assert_array_equal(loaded.read(toy_rows).scores, trained.read(toy_rows).scores)
    assert {path.suffix for path in tmp_path.iterdir()} <= {".json", ".safetensors", ".jinja"}


def test_one_sentence_alone_gets_what_it_gets_in_a_batch(trained, toy_rows):
    rows = [*toy_rows, made("rain " * 20)]
    together = trained.read(rows).scores

    np.testing.assert_allclose(np.vstack([trained.read([row]).scores for row in rows]), together, atol=1e-5)


def test_a_sentence_without_a_word_gets_a_score_and_no_reason(trained):
    reading = trained.read([made("!?"), made("…")])

    assert np.isfinite(reading.scores).all()
    assert reading.explain(np.ones((2, 2), dtype=bool)) == [[], []]


def test_no_sentences_give_no_scores(trained):
    assert trained.read([]).scores.shape == (0, 2)
    assert trained.read([]).embeddings.shape == (0, 32)
    assert trained.unknown([]).shape == (0,)


def test_words_in_pieces_and_words_of_other_letters_are_unknown(trained):
    texts = ["Rain fell.", "rain fell on hamlets", "rain Ж", "  "]

    np.testing.assert_array_equal(trained.unknown(texts), [0.0, 0.25, 0.5, np.nan])


def test_an_embedding_is_the_mean_of_the_last_hidden_states_of_its_sentence_alone(trained, toy_rows):
    import torch

    ids, _ = trained.tokenize([toy_rows[0].text])
    hidden = trained.model_.base_model(input_ids=torch.tensor(ids)).last_hidden_state[0].mean(dim=0)
    found = trained.read([*toy_rows, made("rain " * 20)]).embeddings

    np.testing.assert_allclose(found[0], hidden.detach().numpy(), atol=1e-5)


def test_same_seed_same_weights(tiny_base, toy_rows, silent):
    first, second = (small(tiny_base, epochs=1).fit(toy_rows, toy_rows[:6], silent) for _ in range(2))

    np.testing.assert_array_equal(first.read(toy_rows).scores, second.read(toy_rows).scores)


@pytest.fixture
def still_base(tiny_base, tmp_path):
    """Without dropout, so that trainings that differ in how they compute can be compared."""
    base = shutil.copytree(tiny_base, tmp_path / "still")
    settings = json.loads((base / "config.json").read_text(encoding="utf-8"))
    settings |= {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    (base / "config.json").write_text(json.dumps(settings), encoding="utf-8")
    return base


@pytest.mark.parametrize(
    "settings", [{"accumulation": 2}, {"accumulation": 4}, {"activation_checkpointing": True}], ids=str
)
def test_what_saves_memory_learns_the_same(still_base, toy_rows, silent, settings):
    rows = toy_rows[: len(toy_rows) // 8 * 8]  # whole batches: the mean over their pieces is then their mean
    usual = {"epochs": 2, "head": "pooled", "bf16": False}
    plain = small(still_base, **usual).fit(rows, rows[:6], silent)
    saving = small(still_base, **usual, **settings).fit(rows, rows[:6], silent)

    np.testing.assert_allclose(saving.read(rows).scores, plain.read(rows).scores, atol=1e-4)
    assert not np.allclose(
        plain.read(rows).scores,
        small(still_base, **usual | {"epochs": 1}).fit(rows, rows[:6], silent).read(rows).scores,
        atol=1e-3,
    )


def test_training_does_not_see_audit(tiny_base, toy_rows, silent):
    seen = small(tiny_base, epochs=1).fit(blind(toy_rows), blind(toy_rows[:6]), silent)
    other = small(tiny_base, epochs=1).fit(toy_rows, toy_rows[:6], silent)

    np.testing.assert_array_equal(seen.read(toy_rows).scores, other.read(toy_rows).scores)


def test_the_best_epoch_is_kept_and_not_the_last(tiny_base, toy_rows):
    values = []

    def progress(found, step):
        values.append(found.get("val/macro_ap"))

    wrong = [made(row.text, "liberation" if "regrouping" in row.text else "") for row in toy_rows]
    model = small(tiny_base, epochs=6, patience=2, bf16=False).fit(toy_rows, wrong, progress)
    from framing.models.training import mean_average_precision
    from framing.schema import multi_hot

    judged = [value for value in values if value is not None]
    kept = mean_average_precision(multi_hot(wrong, LABELS), model.read(wrong).scores)
    assert kept == pytest.approx(max(judged))
    assert len(judged) < 6


def test_the_pooled_head_learns_and_explains(tiny_base, toy_rows, silent):
    model = small(tiny_base, head="pooled", epochs=10).fit(toy_rows, toy_rows, silent)
    reading = model.read(toy_rows[:2])

    assert reading.scores[0, 0] > reading.scores[1, 0]
    assert all(reading.explain(np.eye(2, dtype=bool)))
    assert reading.embeddings.shape == (2, 32)
    assert np.abs(reading.embeddings[0] - reading.embeddings[1]).max() > 1e-3


def test_labels_without_spans_teach_sentences_only(tiny_base, toy_rows, silent):
    bare = [made(row.text, *row.labels) for row in toy_rows]
    model = small(tiny_base, epochs=8).fit(bare, bare, silent)
    scores = model.read(bare).scores

    assert scores[0, 0] > scores[2, 0]


def test_an_unknown_head_is_refused(tiny_base, toy_rows, silent):
    with pytest.raises(FramingError, match="a head among"):
        small(tiny_base, head="other").fit(toy_rows, toy_rows, silent)


def test_a_folder_without_weights_or_with_broken_ones_is_refused(trained, tmp_path):
    trained.save(tmp_path)
    copy = shutil.copytree(tmp_path, tmp_path / "copy")
    (copy / "model.safetensors").unlink()
    with pytest.raises(FramingError, match="found no weights"):
        EncoderClassifier.load(copy)


def test_a_hub_id_offline_says_what_to_do(toy_rows, silent):
    with pytest.raises(FramingError, match="Name a local folder"):
        small("no-such-owner/no-such-model").fit(toy_rows, toy_rows, silent)


def test_sentence_scores_are_pooled_as_in_training(trained, toy_rows):
    import torch

    from framing.models.losses import pool

    ids, offsets = trained.tokenize([s.text for s in toy_rows])
    batch = trained.collate(ids, offsets)
    with torch.inference_mode():
        logits = trained.model_(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
    pooled = torch.sigmoid(pool(logits, batch["words"], trained.temperature)).numpy()

    np.testing.assert_allclose(trained.read(toy_rows).scores, pooled, atol=1e-5)


def test_cues_raise_the_score_and_the_reason_where_they_stand_and_are_saved(tiny_base, toy_rows, silent, tmp_path):
    model = small(tiny_base, epochs=1, cues={LABELS[0]: ("hamlet 7",)}).fit(toy_rows, toy_rows, silent)
    text = made("rain fell on hamlet 7 .")
    model.gain_ = 0.0
    plain = model.read([text]).scores
    model.gain_ = 6.0
    reading = model.read([text])
    model.save(tmp_path)

    assert reading.scores[0, 0] > plain[0, 0]
    assert reading.scores[0, 1] == plain[0, 1]
    (spans,) = reading.explain(np.array([[True, False]]))
    assert [text.text[span.start : span.end] for span in spans] == ["hamlet 7"]
    np.testing.assert_allclose(EncoderClassifier.load(tmp_path).read([text]).scores, reading.scores, atol=1e-6)


def test_the_gain_is_learnt_from_validation(tiny_base, toy_rows, silent):
    cues = {label: ("liberated" if label == LABELS[0] else "advantageous",) for label in LABELS}
    misleading = dict.fromkeys(LABELS, ("rain", "fell"))

    assert small(tiny_base, epochs=1, learning_rate=1e-5, cues=cues).fit(toy_rows, toy_rows, silent).gain_ > 0
    assert small(tiny_base, epochs=1, learning_rate=1e-5, cues=misleading).fit(toy_rows, toy_rows, silent).gain_ == 0
    assert small(tiny_base, epochs=1, learning_rate=1e-5).fit(toy_rows, toy_rows, silent).gain_ == 0


def test_r_drop_adds_what_two_dropouts_disagree_on(tiny_base, toy_rows, monkeypatch):
    from framing.models import training

    weight, steps, found, losses = 1e6, 20, [], []
    real = training.disagreement

    def spied(*halves):
        found.append(real(*halves).item())
        return real(*halves)

    monkeypatch.setattr(training, "disagreement", spied)
    model = small(tiny_base, epochs=steps, batch_size=len(toy_rows), r_drop=weight, patience=steps)
    model.fit(toy_rows, toy_rows, lambda values, step: losses.append(values.get("train/loss", 0.0)))

    assert len(found) == steps
    assert min(found) > 0
    rest = 10  # of the loss: sentences and spans
    assert max(losses) == pytest.approx(weight * sum(found) / steps, abs=rest)


def test_r_drop_changes_nothing_without_dropout(tiny_base, toy_rows, silent, tmp_path):
    base = shutil.copytree(tiny_base, tmp_path / "base")
    config = json.loads((base / "config.json").read_text())
    config |= {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    (base / "config.json").write_text(json.dumps(config))
    scores = [small(base, epochs=2, r_drop=w).fit(toy_rows, toy_rows, silent).read(toy_rows).scores for w in (0.0, 1.0)]

    np.testing.assert_allclose(*scores, atol=1e-4)


@pytest.mark.filterwarnings("ignore:.torch.jit.script_method. is deprecated")  # of torch, about itself
def test_layers_are_compiled_for_training_alone(tiny_base, toy_rows, silent, monkeypatch):
    """Compiled code itself is torch's; here it runs as it stands, as no C++ compiler may be there."""
    import torch

    asked = []
    real = torch.nn.Module.compile
    monkeypatch.setattr(torch.nn.Module, "compile", lambda self, **how: (asked.append(how), real(self, **how)))
    with torch.compiler.set_stance("force_eager"):
        compiled = small(tiny_base, epochs=2, torch_compile=True).fit(toy_rows, toy_rows, silent)

    assert asked == [{}] * compiled.config_.num_hidden_layers
    assert all(module._compiled_call_impl is None for module in compiled.model_.modules())
    plain = small(tiny_base, epochs=2).fit(toy_rows, toy_rows, silent)
    np.testing.assert_array_equal(compiled.read(toy_rows).scores, plain.read(toy_rows).scores)


def test_layers_compiled_on_a_gpu_do_without_attention_of_cudnn(monkeypatch):
    import torch

    from framing.models.training import compiled_layers

    enabled = torch.backends.cuda.cudnn_sdp_enabled
    model = torch.nn.ModuleList([torch.nn.Linear(1, 1)])
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)

    for wanted in (True, False):
        with compiled_layers(model, wanted):
            assert enabled() is not wanted
        assert enabled()
