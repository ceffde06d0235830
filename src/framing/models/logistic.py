"""One-vs-rest logistic regression that is kept as two plain arrays, so that no pickle is needed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from framing.schema import Floats, Hot


def fit(features: Any, hot: Hot, *, strength: float, seed: int) -> tuple[Floats, Floats]:
    """Coefficients (n_labels, n_features) and intercepts (n_labels,).

    Classes are weighted by the inverse of their frequency. A label that every or no training sentence has
    gets no coefficients, and the log-odds of its smoothed frequency.
    """
    from sklearn.linear_model import LogisticRegression

    weights = np.zeros((hot.shape[1], features.shape[1]))
    intercepts = np.zeros(hot.shape[1])
    for k in range(hot.shape[1]):
        positives = int(hot[:, k].sum())
        if positives in (0, len(hot)):
            rate = (positives + 0.5) / (len(hot) + 1)
            intercepts[k] = np.log(rate / (1 - rate))
            continue
        model = LogisticRegression(C=strength, class_weight="balanced", solver="liblinear", random_state=seed)
        model.fit(features, hot[:, k])
        weights[k], intercepts[k] = model.coef_[0], model.intercept_[0]
    return weights, intercepts


def score(features: Any, weights: Floats, intercepts: Floats) -> Floats:
    """Probabilities, shape (n_rows, n_labels)."""
    from scipy.special import expit

    return np.asarray(expit(features @ weights.T + intercepts), dtype=np.float64)


def save(path: Path, weights: Floats, intercepts: Floats, **more: Floats) -> None:
    """Write the arrays as safetensors."""
    from safetensors.numpy import save_file

    save_file({"weights": np.ascontiguousarray(weights), "intercepts": intercepts, **more}, path)


def load(path: Path, names: Sequence[str] = ("weights", "intercepts")) -> list[Floats]:
    """Read the named arrays back, in order."""
    from safetensors.numpy import load_file

    arrays = load_file(path)
    return [arrays[name] for name in names]
