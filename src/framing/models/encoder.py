"""A fine-tuned transformer whose sentence scores are pooled from token logits: no span, no label.

The `evidence` head is a stock token-classification model, one logit per label and token, trained on the gold spans and
pooled into sentence logits; its reasons are what the decision was made of. The `pooled` head is a stock
sequence-classification model, for corpora without spans and for comparison; its reasons come from occlusion.
"""

import copy
import json
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import torch
from torch import Tensor

from framing.errors import FramingError
from framing.models import adapter as adapters
from framing.models import base as bases
from framing.models import graphs, pretrained
from framing.models.batching import by_length
from framing.models.hints import Hints, best_gain
from framing.models.occlusion import Occluded
from framing.models.pretrained import Head
from framing.models.protocol import Progress, Reading, Streamed
from framing.models.tokens import TokenReading, mean_of_tokens, pooled_scores
from framing.schema import Floats, Sentence, multi_hot

SETTINGS = "encoder.json"
READ_BATCH = 32
PADDING = 8


class PooledReading(Occluded):
    """The reading of the pooled head: reasons by leaving words out, and the embeddings of the first look."""

    def __init__(
        self, labels: Sequence[str], texts: Sequence[str], read: Callable[[Sequence[str]], tuple[Floats, Floats]]
    ) -> None:
        scores, self.embeddings = read(texts)
        super().__init__(labels, texts, lambda texts: read(texts)[0], scores=scores)


class EncoderClassifier:
    """A transformer for sentences of up to `max_length` tokens; what lies behind is not read.

    `token_weight` weighs the loss on evidence tokens against that on sentences, `r_drop` what two dropouts of one
    disagree on; `temperature` smooths the pooling. `cues`, regular expressions by label, raise the logits of the tokens
    in them (`models.hints`). With a `lora_rank` an adapter is trained and saved, not the whole transformer
    (`models.adapter`).
    """

    reads_audit: ClassVar[bool] = False

    def __init__(
        self,
        *,
        labels: Sequence[str],
        cues: Mapping[str, Sequence[str]] | None = None,
        base: str | None = None,
        head: Head = "evidence",
        max_length: int = 160,
        epochs: int = 8,
        learning_rate: float = 2e-4,
        batch_size: int = 16,
        accumulation: int = 1,
        activation_checkpointing: bool = False,
        token_weight: float = 10.0,
        temperature: float = 1.0,
        r_drop: float = 0.0,
        warmup: float = 0.1,
        weight_decay: float = 0.01,
        patience: int = 3,
        lora_rank: int = 0,
        checkpoint_steps: int = 0,
        bf16: bool = True,
        torch_compile: bool = False,
        seed: int = 0,
        threads: int = 2,
    ) -> None:
        self.labels = tuple(labels)
        self.cues = dict(cues or {})
        self.base = base
        self.head = head
        self.max_length = max_length
        self.epochs = epochs
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.accumulation = accumulation
        self.activation_checkpointing = activation_checkpointing
        self.token_weight = token_weight
        self.temperature = temperature
        self.r_drop = r_drop
        self.warmup = warmup
        self.weight_decay = weight_decay
        self.patience = patience
        self.lora_rank = lora_rank
        self.checkpoint_steps = checkpoint_steps
        self.bf16 = bf16
        self.torch_compile = torch_compile
        self.seed = seed
        self.threads = threads
        self.gain_ = 0.0
        self.adapter_: adapters.Adapter | None = None
        self.graph_: graphs.Graph | None = None
        self.checkpoints: Path | None = None
        self._hints = Hints(self.labels, self.cues)

    def fit(self, train: Sequence[Sentence] | Streamed, validation: Sequence[Sentence], progress: Progress) -> Self:
        """Fine-tune the base; the epoch with the best validation mean average precision is kept.

        With a folder `checkpoints`, training writes them there, and goes on from the newest one that it finds.
        The gain of cues is learnt from validation afterwards: the tuned logits fit `train` too well to need any.
        """
        from framing.models.training import fine_tune

        torch.set_num_threads(self.threads)
        torch.manual_seed(self.seed)
        found = bases.resolve(self.base)
        self.base_name_, self.base_digest_ = found.name, found.digest
        self.tokenizer_ = pretrained.tokenizer(found.place)
        self._take(pretrained.with_new_head(found.place, self.head, self.labels))
        self.gain_ = 0.0
        fine_tune(self, train, validation, progress)
        if self.head == "evidence" and any(self.cues.values()):
            self._learn_gain(validation)
        return self

    def read(self, sentences: Sequence[Sentence]) -> Reading:
        """Scores and reasons; half the work for sentences of like length, the same answer for each."""
        texts = [s.text for s in sentences]
        return PooledReading(self.labels, texts, self._pooled) if self.head == "pooled" else self._read_tokens(texts)

    def save(self, folder: Path) -> None:
        """A Hugging Face model folder (config, safetensors, tokeniser) or PEFT's of an adapter, and `encoder.json`."""
        if self.adapter_ is not None:
            self.adapter_.save(folder)
        else:
            self._save_whole(folder)
        state = {name: getattr(self, name) for name in _constructor_names()}
        state |= {"base_name": self.base_name_, "base_digest": self.base_digest_, "gain": self.gain_}
        (folder / SETTINGS).write_text(json.dumps(state, indent=1), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The model that `save` wrote; safetensors only, no network. An adapter finds its base as `fit` did."""
        state = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
        base_name, base_digest, gain = state.pop("base_name"), state.pop("base_digest"), state.pop("gain", 0.0)
        weights = (bases.WEIGHTS, bases.SHARDS, adapters.FACTORS, *graphs.FILES)
        if not any((folder / name).is_file() for name in weights):
            raise FramingError(
                expected=f"{bases.WEIGHTS} in {folder}",
                found="no weights",
                fix="Save the model again, or fetch it whole.",
            )
        model = cls(**state)
        model.base_name_, model.base_digest_, model.gain_ = base_name, base_digest, gain
        if (folder / adapters.FACTORS).is_file():
            base = bases.resolve(model.base)
            model.tokenizer_ = pretrained.tokenizer(base.place)
            bare = pretrained.with_new_head(base.place, model.head, model.labels)
            network, model.adapter_ = adapters.load(folder, bare, base, base_digest)
            model._take(network)
        else:
            model._load_whole(folder)
        return model

    def exported(self, to: str = graphs.ONNX, *, int8: bool = False) -> Self:
        """The same classifier, read by ONNX Runtime or OpenVINO; it can be saved and loaded, and not trained on."""
        twin = copy.copy(self)
        twin.graph_ = graphs.of(self, to=to, int8=int8)
        twin.adapter_ = None
        del twin.model_
        return twin

    def _take(self, network: Any) -> None:
        self.model_, self.config_ = network, network.config

    def _save_whole(self, folder: Path) -> None:
        if self.graph_ is None:
            pretrained.save(self.model_, folder)
        else:
            self.graph_.save(folder)
            self.config_.save_pretrained(folder)
        self.tokenizer_.save_pretrained(folder)

    def _load_whole(self, folder: Path) -> None:
        self.tokenizer_ = pretrained.tokenizer(str(folder))
        self.graph_ = graphs.found(folder)
        if self.graph_ is not None:
            self.config_ = pretrained.config(str(folder))
        else:
            self._take(pretrained.saved(str(folder), self.head))

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

    def unknown(self, texts: Sequence[str]) -> Floats:
        """Share of the words of each text that the vocabulary holds in pieces or not at all; NaN without a word."""
        if not texts:
            return np.zeros(0)
        encoded = self.tokenizer_(list(texts), truncation=True, max_length=self.max_length)
        return np.array([self._lacking(ids, encoded.word_ids(k)) for k, ids in enumerate(encoded["input_ids"])])

    def _lacking(self, ids: Sequence[int], words: Sequence[int | None]) -> float:
        pieces = Counter(word for word in words if word is not None)
        lost = {word for token, word in zip(ids, words, strict=True) if token == self.tokenizer_.unk_token_id}
        return sum(n > 1 or word in lost for word, n in pieces.items()) / len(pieces) if pieces else math.nan

    def _read_tokens(self, texts: Sequence[str]) -> TokenReading:
        logits, offsets, embeddings = self._token_logits(texts)
        if self.gain_:
            logits = self._hints.raised(texts, offsets, logits, self.gain_)
        scores = pooled_scores(logits, offsets, self.temperature, len(self.labels))
        return TokenReading(self.labels, texts, scores, logits, offsets, embeddings=embeddings)

    def _learn_gain(self, validation: Sequence[Sentence]) -> None:
        texts = [s.text for s in validation]
        logits, offsets, _ = self._token_logits(texts)

        def scores_at(gain: float) -> Floats:
            raised = self._hints.raised(texts, offsets, logits, gain)
            return pooled_scores(raised, offsets, self.temperature, len(self.labels))

        self.gain_ = best_gain(scores_at, multi_hot(validation, self.labels))

    def _token_logits(self, texts: Sequence[str]) -> tuple[list[Floats], list[np.ndarray], Floats]:
        """Logits (n_tokens, n_labels) and offsets of each text, without padding, and its embedding."""
        logits: list[Floats] = [np.zeros((0, 0))] * len(texts)
        embeddings = self._no_embeddings(texts)
        ids, offsets = self.tokenize(texts)
        for rows, found, means in self._passes(ids, offsets):
            embeddings[rows] = means
            for k, r in enumerate(rows):
                logits[r] = found[k, : len(ids[r])].double().numpy()
        return logits, offsets, embeddings

    def _pooled(self, texts: Sequence[str]) -> tuple[Floats, Floats]:
        """Scores and embeddings of the pooled head."""
        scores, embeddings = np.zeros((len(texts), len(self.labels))), self._no_embeddings(texts)
        for rows, found, means in self._passes(*self.tokenize(texts)):
            scores[rows] = torch.sigmoid(found).double().numpy()
            embeddings[rows] = means
        return scores, embeddings

    def _no_embeddings(self, texts: Sequence[str]) -> Floats:
        return np.zeros((len(texts), self.config_.hidden_size))

    def _passes(
        self, ids: Sequence[Sequence[int]], offsets: Sequence[np.ndarray]
    ) -> Iterator[tuple[Sequence[int], Tensor, Floats]]:
        """Row numbers, logits, and the mean of the last hidden states over all tokens, a batch at a time."""
        for rows in by_length([len(row) for row in ids], READ_BATCH):
            batch = self.collate([ids[r] for r in rows], [offsets[r] for r in rows])
            logits, hidden = self._forward(batch["input_ids"], batch["attention_mask"])
            yield rows, logits, mean_of_tokens(hidden.numpy(), batch["attention_mask"].numpy())

    def _forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
        """Logits and last hidden states, in fp32 on the CPU."""
        if self.graph_ is not None:
            return self.graph_(input_ids, attention_mask)
        device = next(self.model_.parameters()).device
        self.model_.eval()
        with torch.inference_mode():
            output = self.model_(
                input_ids=input_ids.to(device), attention_mask=attention_mask.to(device), output_hidden_states=True
            )
        return output.logits.float().cpu(), output.hidden_states[-1].float().cpu()


def _constructor_names() -> list[str]:
    code = EncoderClassifier.__init__.__code__
    return list(code.co_varnames[1 : 1 + code.co_kwonlyargcount])
