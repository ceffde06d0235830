"""The scikit-learn baseline: TF-IDF of words and characters, one-vs-rest logistic regression."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from framing.models import logistic
from framing.models.hints import Hints
from framing.models.occlusion import Occluded
from framing.models.protocol import Progress
from framing.schema import Floats, Sentence, multi_hot

if TYPE_CHECKING:
    from sklearn.feature_extraction.text import TfidfVectorizer

PARTS: dict[str, dict[str, Any]] = {
    "word": {"analyzer": "word", "ngram_range": (1, 2)},
    "char": {"analyzer": "char_wb", "ngram_range": (2, 5)},
}
"""The usual features of a strong text baseline (word 1-2-grams, character 2-5-grams)."""


class LinearClassifier:
    """`strength` is scikit-learn's C; terms in fewer than `min_df` training sentences are dropped.

    `cues`, regular expressions by label, add a feature of the value `cue_weight` a label: is one in the sentence?
    """

    reads_audit: ClassVar[bool] = False

    def __init__(
        self,
        *,
        labels: Sequence[str],
        cues: Mapping[str, Sequence[str]] | None = None,
        cue_weight: float = 0.3,
        strength: float = 4.0,
        min_df: int = 2,
        seed: int = 0,
    ) -> None:
        self.labels = tuple(labels)
        self.cues = dict(cues or {})
        self.cue_weight = cue_weight
        self.strength = strength
        self.min_df = min_df
        self.seed = seed
        self._hints = Hints(self.labels, self.cues)

    def fit(self, train: Sequence[Sentence], validation: Sequence[Sentence], progress: Progress) -> Self:
        """Learn vocabulary, document frequencies and one classifier a label."""
        texts = [s.text for s in train]
        self.vectorizers_ = {name: _vectorizer(name, min_df=self.min_df).fit(texts) for name in PARTS}
        self.weights_, self.intercepts_ = logistic.fit(
            self._features(texts), multi_hot(train, self.labels), strength=self.strength, seed=self.seed
        )
        return self

    def read(self, sentences: Sequence[Sentence]) -> Occluded:
        """Scores, and reasons by leaving words out."""
        return Occluded(self.labels, [s.text for s in sentences], self.score_texts)

    def save(self, folder: Path) -> None:
        """`linear.json`, one vocabulary file a part, `weights.safetensors`."""
        idf = {f"idf_{name}": np.asarray(v.idf_) for name, v in self.vectorizers_.items()}
        logistic.save(folder / "weights.safetensors", self.weights_, self.intercepts_, **idf)
        for name, vectorizer in self.vectorizers_.items():
            terms = sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.__getitem__)
            (folder / f"{name}.json").write_text(json.dumps(terms, ensure_ascii=False), encoding="utf-8")
        names = ("labels", "cues", "cue_weight", "strength", "min_df", "seed")
        state = {name: getattr(self, name) for name in names}
        (folder / "linear.json").write_text(json.dumps(state), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The model that `save` wrote: the same scores to the last bit."""
        model = cls(**json.loads((folder / "linear.json").read_text(encoding="utf-8")))
        idfs = [f"idf_{name}" for name in PARTS]
        model.weights_, model.intercepts_, *columns = logistic.load(
            folder / "weights.safetensors", ["weights", "intercepts", *idfs]
        )
        model.vectorizers_ = {}
        for name, idf in zip(PARTS, columns, strict=True):
            terms = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
            vectorizer = _vectorizer(name, vocabulary={term: k for k, term in enumerate(terms)})
            vectorizer.idf_ = idf
            model.vectorizers_[name] = vectorizer
        return model

    def _features(self, texts: Sequence[str]) -> Any:
        from scipy.sparse import csr_matrix, hstack

        parts = [vectorizer.transform(texts) for vectorizer in self.vectorizers_.values()]
        if any(self.cues.values()):
            parts.append(csr_matrix(self.cue_weight * self._hints.matched(texts)))
        return csr_matrix(hstack(parts))

    def unknown(self, texts: Sequence[str]) -> Floats:
        """Share of the words of each text that no training vocabulary holds, (n_texts,); NaN without a word."""
        vectorizer = self.vectorizers_["word"]
        prepare, split, known = vectorizer.build_preprocessor(), vectorizer.build_tokenizer(), vectorizer.vocabulary_
        words = [split(prepare(text)) for text in texts]
        return np.array([np.mean([word not in known for word in row]) if row else np.nan for row in words])

    def score_texts(self, texts: Sequence[str]) -> Floats:
        """Scores of plain texts, (n_texts, n_labels)."""
        if not texts:
            return np.zeros((0, len(self.labels)))
        return logistic.score(self._features(texts), self.weights_, self.intercepts_)


def _vectorizer(name: str, **settings: Any) -> "TfidfVectorizer":
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(**PARTS[name], sublinear_tf=True, strip_accents=None, **settings)
