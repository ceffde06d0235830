"""A fine-tuned transformer whose sentence scores are pooled from token logits: no span, no label.

The `evidence` head is a stock token-classification model, one logit per label and token, trained on the gold spans and
pooled into sentence logits; its reasons are what the decision was made of. The `pooled` head is a stock
sequence-classification model, for corpora without spans and for comparison; its reasons come from occlusion.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal, Self, get_args

import numpy as np
import torch
from torch import Tensor

from framing.errors import FramingError
from framing.models import base as bases
from framing.models.batching import by_length
from framing.models.losses import pool
from framing.models.occlusion import Occluded
from framing.models.protocol import Progress, Reading, Span
from framing.schema import Floats, Hot, Sentence

Head = Literal["evidence", "pooled"]
SETTINGS = "encoder.json"
READ_BATCH = 32
INSIDE = 0.0
"""A token is inside evidence from this logit on: its own even chance."""
NEAR_BEST = 2.0
"""Where no token is inside, those within this many logits of the best stand for it."""
PADDING = 8
WORD = re.compile(r"\w+(?:['’\-]\w+)*")


class EncoderClassifier:
    """A transformer for sentences of up to `max_length` tokens; what lies behind is not read.

    `token_weight` weighs the loss on evidence tokens against that on sentences, `temperature` smooths the pooling.
    """

    reads_audit: ClassVar[bool] = False

    def __init__(
        self,
        *,
        labels: Sequence[str],
        base: str | None = None,
        head: Head = "evidence",
        max_length: int = 160,
        epochs: int = 8,
        learning_rate: float = 2e-4,
        batch_size: int = 16,
        token_weight: float = 10.0,
        temperature: float = 1.0,
        warmup: float = 0.1,
        weight_decay: float = 0.01,
        patience: int = 3,
        bf16: bool = True,
        seed: int = 0,
        threads: int = 2,
    ) -> None:
        self.labels = tuple(labels)
        self.base = base
        self.head = head
        self.max_length = max_length
        self.epochs = epochs
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.token_weight = token_weight
        self.temperature = temperature
        self.warmup = warmup
        self.weight_decay = weight_decay
        self.patience = patience
        self.bf16 = bf16
        self.seed = seed
        self.threads = threads

    def fit(self, train: Sequence[Sentence], validation: Sequence[Sentence], progress: Progress) -> Self:
        """Fine-tune the base; the epoch with the best validation mean average precision is kept."""
        from framing.models.training import fine_tune

        torch.set_num_threads(self.threads)
        torch.manual_seed(self.seed)
        found = bases.resolve(self.base)
        self.base_name_, self.base_digest_ = found.name, found.digest
        self.tokenizer_ = _tokenizer(found.place)
        self.model_ = _pretrained(found.place, self.head, self.labels)
        fine_tune(self, train, validation, progress)
        return self

    def read(self, sentences: Sequence[Sentence]) -> Reading:
        """Scores and reasons; half the work for sentences of like length, the same answer for each."""
        texts = [s.text for s in sentences]
        if self.head == "pooled":
            return Occluded(self.labels, texts, self._pooled_scores)
        return self._read_tokens(texts)

    def save(self, folder: Path) -> None:
        """A Hugging Face model folder (config, safetensors, tokeniser) and `encoder.json`."""
        from transformers.utils import logging

        logging.disable_progress_bar()
        self.model_.save_pretrained(folder)
        logging.enable_progress_bar()
        self.tokenizer_.save_pretrained(folder)
        state = {name: getattr(self, name) for name in _constructor_names()}
        state |= {"base_name": self.base_name_, "base_digest": self.base_digest_}
        (folder / SETTINGS).write_text(json.dumps(state, indent=1), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The model that `save` wrote; safetensors only, no network."""
        state = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
        base_name, base_digest = state.pop("base_name"), state.pop("base_digest")
        if not (folder / bases.WEIGHTS).is_file() and not (folder / bases.SHARDS).is_file():
            raise FramingError(
                expected=f"{bases.WEIGHTS} in {folder}",
                found="no weights",
                fix="Save the model again, or fetch it whole.",
            )
        model = cls(**state)
        model.base_name_, model.base_digest_ = base_name, base_digest
        model.tokenizer_ = _tokenizer(str(folder))
        model.model_ = _saved(folder, model.head)
        return model

    def tokenize(self, texts: Sequence[str]) -> tuple[list[list[int]], list[np.ndarray]]:
        """Token ids and character offsets (n_tokens, 2) a text; special tokens have the empty offsets (0, 0)."""
        if not texts:
            return [], []
        encoded = self.tokenizer_(list(texts), truncation=True, max_length=self.max_length, return_offsets_mapping=True)
        return encoded["input_ids"], [np.array(o) for o in encoded["offset_mapping"]]

    def collate(self, ids: Sequence[Sequence[int]], offsets: Sequence[np.ndarray]) -> dict[str, Tensor]:
        """Padded `input_ids`, `attention_mask` and `words` (True on tokens that stand for text), each (B, T)."""
        width = -(-max(len(row) for row in ids) // PADDING) * PADDING
        padded = np.full((len(ids), width), self.tokenizer_.pad_token_id, dtype=np.int64)
        attention = np.zeros((len(ids), width), dtype=np.int64)
        words = np.zeros((len(ids), width), dtype=np.bool_)
        for k, (row, offset) in enumerate(zip(ids, offsets, strict=True)):
            padded[k, : len(row)] = row
            attention[k, : len(row)] = 1
            real = offset[:, 1] > offset[:, 0]
            words[k, : len(row)] = real if real.any() else [True] + [False] * (len(row) - 1)
        tensors = {"input_ids": padded, "attention_mask": attention, "words": words}
        return {name: torch.from_numpy(array) for name, array in tensors.items()}

    def _read_tokens(self, texts: Sequence[str]) -> "TokenReading":
        ids, offsets = self.tokenize(texts)
        scores = np.zeros((len(texts), len(self.labels)))
        logits: list[Floats] = [np.zeros((0, 0))] * len(texts)
        for rows in by_length([len(row) for row in ids], READ_BATCH):
            batch = self.collate([ids[r] for r in rows], [offsets[r] for r in rows])
            words = batch.pop("words")
            token_logits = self._forward(batch)
            scores[rows] = torch.sigmoid(pool(token_logits, words, self.temperature)).double().numpy()
            for k, r in enumerate(rows):
                logits[r] = token_logits[k, : len(ids[r])].double().numpy()
        return TokenReading(self.labels, texts, scores, logits, offsets)

    def _pooled_scores(self, texts: Sequence[str]) -> Floats:
        ids, offsets = self.tokenize(texts)
        scores = np.zeros((len(texts), len(self.labels)))
        for rows in by_length([len(row) for row in ids], READ_BATCH):
            batch = self.collate([ids[r] for r in rows], [offsets[r] for r in rows])
            del batch["words"]
            scores[rows] = torch.sigmoid(self._forward(batch)).double().numpy()
        return scores

    def _forward(self, batch: dict[str, Tensor]) -> Tensor:
        self.model_.eval()
        device = next(self.model_.parameters()).device
        with torch.inference_mode():
            logits: Tensor = self.model_(**{k: v.to(device) for k, v in batch.items()}).logits.float().cpu()
        return logits


class TokenReading:
    """The reading of the evidence head: its reasons are the runs of tokens with the highest logits."""

    def __init__(
        self,
        labels: Sequence[str],
        texts: Sequence[str],
        scores: Floats,
        logits: Sequence[Floats],
        offsets: Sequence[np.ndarray],
    ) -> None:
        self.labels, self.texts, self.scores = tuple(labels), texts, scores
        self._logits, self._offsets = logits, offsets

    def explain(self, wanted: Hot) -> list[list[Span]]:
        """Whole words, a span for each run of tokens inside evidence, or around the best where none is."""
        return [
            [Span(self.labels[k], a, b) for k in np.flatnonzero(row) for a, b in self._runs(n, int(k))]
            for n, row in enumerate(wanted)
        ]

    def _runs(self, n: int, k: int) -> list[tuple[int, int]]:
        real = self._offsets[n][:, 1] > self._offsets[n][:, 0]
        logits, offsets = self._logits[n][real, k], self._offsets[n][real]
        words = [m.span() for m in WORD.finditer(self.texts[n])]
        if not len(logits) or not words:
            return []
        chosen = logits >= min(INSIDE, logits.max())
        if logits.max() < INSIDE:
            chosen = _around(int(logits.argmax()), logits >= logits.max() - NEAR_BEST)
        inside = {w for (a, b) in offsets[chosen] for w, (c, d) in enumerate(words) if a < d and c < b}
        return _merge(words, sorted(inside)) or [words[0]]


def _around(best: int, near: np.ndarray) -> np.ndarray:
    """Only the unbroken run of `near` that holds `best`."""
    chosen = np.zeros(len(near), dtype=np.bool_)
    first = last = best
    while first > 0 and near[first - 1]:
        first -= 1
    while last + 1 < len(near) and near[last + 1]:
        last += 1
    chosen[first : last + 1] = True
    return chosen


def _merge(words: Sequence[tuple[int, int]], inside: Sequence[int]) -> list[tuple[int, int]]:
    """Character spans of runs of word numbers; one missing word does not break a run."""
    runs: list[tuple[int, int]] = []
    previous = None
    for w in inside:
        if previous is not None and w - previous <= 2:
            runs[-1] = (runs[-1][0], words[w][1])
        else:
            runs.append(words[w])
        previous = w
    return runs


def _constructor_names() -> list[str]:
    code = EncoderClassifier.__init__.__code__
    return list(code.co_varnames[1 : 1 + code.co_kwonlyargcount])


def _tokenizer(place: str) -> Any:
    from transformers import AutoTokenizer

    return _loaded(place, AutoTokenizer, {"use_fast": True})


def _pretrained(place: str, head: Head, labels: Sequence[str]) -> Any:
    from transformers import AutoModelForSequenceClassification, AutoModelForTokenClassification

    if head not in get_args(Head):
        raise FramingError(expected=f"a head among {get_args(Head)}", found=repr(head), fix="Correct model.head.")
    names = dict(enumerate(labels))
    settings: dict[str, Any] = {
        "id2label": names,
        "label2id": {v: k for k, v in names.items()},
        "use_safetensors": True,
    }
    if head == "evidence":
        return _loaded(place, AutoModelForTokenClassification, settings)
    return _loaded(
        place, AutoModelForSequenceClassification, {**settings, "problem_type": "multi_label_classification"}
    )


def _saved(folder: Path, head: Head) -> Any:
    from transformers import AutoModelForSequenceClassification, AutoModelForTokenClassification

    kind = AutoModelForTokenClassification if head == "evidence" else AutoModelForSequenceClassification
    return _loaded(str(folder), kind, {"use_safetensors": True}).eval()


def _loaded(place: str, kind: Any, settings: dict[str, Any]) -> Any:
    """`from_pretrained`, without remote code, quietly, and with one line for what can go wrong."""
    from transformers.utils import logging

    before = logging.get_verbosity()
    logging.set_verbosity_error()  # a new head is always "newly initialized"
    logging.disable_progress_bar()  # weights load in less time than a bar takes to read
    try:
        return kind.from_pretrained(place, trust_remote_code=False, **settings)
    except (OSError, ValueError) as error:
        raise FramingError(
            expected=f"a model that transformers can load at {place}",
            found=str(error).splitlines()[0][:200],
            fix="Name a local folder with config, tokenizer and safetensors weights, or check the hub id.",
        ) from error
    finally:
        logging.set_verbosity(before)
        logging.enable_progress_bar()
