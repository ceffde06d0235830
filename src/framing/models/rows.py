"""Training sentences as batches of tensors: held in memory, or streamed from an archive a window at a time."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, IterableDataset

from framing.models import processes
from framing.models.batching import MEGABATCH, LengthBatches, cut, pieces_of
from framing.models.protocol import Streamed
from framing.schema import Sentence, multi_hot

if TYPE_CHECKING:
    from framing.models.encoder import EncoderClassifier

Row = dict[str, Any]


class Rows(Dataset[Row]):
    """Tokenised sentences with sentence targets (L,) and token targets (T, L)."""

    def __init__(self, encoder: "EncoderClassifier", sentences: Sequence[Sentence]) -> None:
        self._encoder = encoder
        self.ids, self.offsets = encoder.tokenize([s.text for s in sentences])
        self.gold = multi_hot(sentences, encoder.labels)
        self.tokens, self.known = zip(
            *(_token_targets(s, o, encoder.labels) for s, o in zip(sentences, self.offsets, strict=True)),
            strict=True,
        )
        self.lengths = [len(row) for row in self.ids]
        self.count = len(self.ids)
        self.positives = torch.from_numpy(self.gold).float().sum(0)
        self.mean_length = float(np.mean(self.lengths))
        self._sampler = LengthBatches(self.lengths, encoder.batch_size, encoder.seed, encoder.accumulation)

    def __len__(self) -> int:
        """Sentences."""
        return len(self.ids)

    def __getitem__(self, row: int) -> Row:
        """One sentence."""
        names = ("ids", "offsets", "gold", "tokens", "known")
        return {name: getattr(self, name)[row] for name in names}

    @property
    def batches(self) -> int:
        """A pass."""
        return -(-len(self) // self._encoder.batch_size)

    def loader(self) -> DataLoader[Any]:
        """Batches of like length instead of random ones."""
        gpu = torch.cuda.is_available()
        return DataLoader(self, batch_sampler=self._sampler, collate_fn=self.collate, pin_memory=gpu)

    def set_epoch(self, epoch: int) -> None:
        """Begin with the pass of that number, counted from 0."""
        self._sampler.set_epoch(epoch)

    def collate(self, rows: Sequence[Row]) -> dict[str, Tensor]:
        """A padded batch; shapes as in `losses`."""
        batch = self._encoder.collate([r["ids"] for r in rows], [r["offsets"] for r in rows])
        width = batch["input_ids"].shape[1]
        tokens = np.zeros((len(rows), width, len(self._encoder.labels)), dtype=np.float32)
        for k, row in enumerate(rows):
            tokens[k, : len(row["tokens"])] = row["tokens"]
        batch["token_gold"] = torch.from_numpy(tokens)
        batch["known"] = torch.from_numpy(np.stack([r["known"] for r in rows]))
        batch["gold"] = torch.from_numpy(np.stack([r["gold"] for r in rows])).float()
        return batch


class StreamedRows(IterableDataset[dict[str, Tensor]]):
    """The batches of an archive, of which no more than a window is in memory.

    A window holds `MEGABATCH` batches, which are cut from it by length and then mixed.
    """

    def __init__(self, encoder: "EncoderClassifier", archive: Streamed) -> None:
        self._encoder, self._archive = encoder, archive
        self._pass = 0
        self.count = len(archive)
        self.positives = torch.from_numpy(archive.counts(encoder.labels)).float()
        self.mean_length = Rows(encoder, next(self._windows())).mean_length

    def __len__(self) -> int:
        """Pieces of batches a pass, as the loader counts an iterable."""
        return pieces_of(len(self._archive), self._encoder.batch_size, self._encoder.accumulation)

    @property
    def batches(self) -> int:
        """A pass."""
        return -(-len(self._archive) // self._encoder.batch_size)

    def loader(self) -> DataLoader[Any]:
        """The batches as they are."""
        return DataLoader(self, batch_size=None, pin_memory=torch.cuda.is_available())

    def set_epoch(self, epoch: int) -> None:
        """Begin with the pass of that number, counted from 0."""
        self._pass = epoch

    def __iter__(self) -> Iterator[dict[str, Tensor]]:
        """Padded batches, shapes as in `losses`: every sentence once a pass, over all processes."""
        random = np.random.default_rng((self._encoder.seed, self._pass))
        windows = self._windows()
        self._pass += 1
        for window in windows:
            for batch in self._batches(window, random):
                for rows in map(processes.share, cut(batch, self._encoder.accumulation)):
                    own = Rows(self._encoder, [window[k] for k in rows])
                    yield own.collate([own[k] for k in range(len(own))])

    def _windows(self) -> Iterator[list[Sentence]]:
        return self._archive.windows(self._encoder.batch_size * MEGABATCH, self._encoder.seed + self._pass)

    def _batches(self, window: Sequence[Sentence], random: np.random.Generator) -> Iterator[list[int]]:
        """Batches of sentences of like length in characters, in random order: no process tokenises another's share."""
        order = np.argsort([-len(s.text) for s in window], kind="stable").tolist()
        size = self._encoder.batch_size
        starts = random.permutation(range(0, len(order), size))
        return (order[k : k + size] for k in starts)


def _token_targets(sentence: Sentence, offsets: np.ndarray, labels: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Token targets (T, L) from the gold spans in use, and which labels' tokens can be learnt from (L,)."""
    targets = np.zeros((len(offsets), len(labels)), dtype=np.float32)
    with_span = set()
    for span in sentence.evidence:
        if span.use == "use" and span.label in labels:
            inside = (offsets[:, 0] < span.end) & (offsets[:, 1] > span.start) & (offsets[:, 1] > offsets[:, 0])
            targets[inside, labels.index(span.label)] = 1.0
            with_span.add(span.label)
    known = np.array([label not in sentence.labels or label in with_span for label in labels])
    return targets, known
