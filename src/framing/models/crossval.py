"""Scores of sentences by models that saw none of their document: what the audit of a dataset rests on.

Features are word 1-2-grams or plain values; the model is the logistic regression of `linear`. Whole groups of documents
are held out, and what is learnt from text (vocabulary, document frequencies) is learnt from the other folds.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from framing.models import calibration, logistic
from framing.schema import Floats, Hot

FOLDS = 5
STRENGTH = 4.0
"""C of the logistic regression, as `linear` has it."""
TOKEN = re.compile(r"(?u)\b\w\w+\b")
"""What scikit-learn's vectorizers take for a word."""
Numbers = npt.NDArray[np.int64]
Featurise = Callable[[npt.NDArray[np.bool_]], Any]
"""A matrix with a row a sentence, learnt from the rows that the mask marks."""


def assign_folds(groups: Sequence[str], *, folds: int = FOLDS, seed: int = 0) -> Numbers:
    """The fold of every sentence; a group is in one fold, and sizes are balanced."""
    from sklearn.model_selection import GroupKFold

    answer = np.zeros(len(groups), dtype=np.int64)
    split = GroupKFold(n_splits=min(folds, len(set(groups))), shuffle=True, random_state=seed)
    for fold, (_, held) in enumerate(split.split(groups, groups=groups)):
        answer[held] = fold
    return answer


def out_of_fold(featurise: Featurise, hot: Hot, fold: Numbers, *, seed: int = 0) -> Floats:
    """Raw scores (n_sentences, n_labels), each by a model fitted on the other folds."""
    scores = np.zeros(hot.shape)
    for held in np.unique(fold):
        train = fold != held
        features = featurise(train)
        weights, intercepts = logistic.fit(features[train], hot[train], strength=STRENGTH, seed=seed)
        scores[~train] = logistic.score(features[~train], weights, intercepts)
    return scores


def decide(scores: Floats, hot: Hot, fold: Numbers) -> Hot:
    """Decisions by thresholds that were learnt on the other folds."""
    decided = np.zeros(hot.shape, dtype=np.bool_)
    for held in np.unique(fold):
        own = fold == held
        decisions = calibration.learn(scores[~own], hot[~own], fold[~own].astype(str).tolist())
        decided[own] = decisions.decide(decisions.calibrate(scores[own]))
    return decided


def words(texts: Sequence[str]) -> Featurise:
    """TF-IDF of word 1-2-grams."""

    def featurise(train: npt.NDArray[np.bool_]) -> Any:
        return _weighed(_counted(texts, train), train)

    return featurise


def surroundings(texts: Sequence[str], documents: Sequence[str]) -> Featurise:
    """TF-IDF of all other sentences of the document, the sentence itself left out."""
    number = {document: k for k, document in enumerate(dict.fromkeys(documents))}

    def featurise(train: npt.NDArray[np.bool_]) -> Any:
        from scipy.sparse import csr_matrix

        counts = _counted(texts, train)
        places = (np.arange(len(texts)), [number[d] for d in documents])
        member = csr_matrix((np.ones(len(texts)), places))
        return _weighed(csr_matrix(member @ (member.T @ counts) - counts), train)

    return featurise


def values(column: Sequence[str]) -> Featurise:
    """One column a value that the training rows have; an unknown or empty value is a row of zeros."""

    def featurise(train: npt.NDArray[np.bool_]) -> Any:
        known = sorted({value for value, seen in zip(column, train, strict=True) if seen and value})
        return np.array([[value == one for one in known] or [False] for value in column], dtype=np.float64)

    return featurise


def _counted(texts: Sequence[str], train: npt.NDArray[np.bool_]) -> Any:
    """Counts of 1-2-grams; without any word to learn from, a column of zeros."""
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import CountVectorizer

    seen = [text for text, is_seen in zip(texts, train, strict=True) if is_seen]
    if not any(TOKEN.search(text) for text in seen):
        return csr_matrix((len(texts), 1))
    return CountVectorizer(ngram_range=(1, 2)).fit(seen).transform(texts)


def _weighed(counts: Any, train: npt.NDArray[np.bool_]) -> Any:
    from sklearn.feature_extraction.text import TfidfTransformer

    return TfidfTransformer(sublinear_tf=True).fit(counts[train]).transform(counts)
