"""A trained encoder as an ONNX or OpenVINO folder, refused where it decides otherwise on its run's validation split."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from framing.errors import FramingError
from framing.evaluation.metrics import counts, f1, mean_over_labels
from framing.evaluation.tables import markdown, number
from framing.models import store as models
from framing.models.store import Model
from framing.schema import Floats, Hot, multi_hot
from framing.tracking import evidence, fresh, registry, store
from framing.tracking.lookup import find_run

if TYPE_CHECKING:
    from mlflow import MlflowClient

SPLIT = "validation"
DROP = 0.005
"""Macro F1 on validation that the export may lose."""
FLIPS = 0.01
"""Share of the sentences on which any decision may change."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What the export changes on the sentences of the validation split."""

    labels: Sequence[str]
    before: Floats
    after: Floats
    """F1 a label, NaN for a label without positives."""
    flips: Floats
    """Share of sentences whose decision on the label changes."""
    flipped: float
    """Share of sentences on which any decision changes."""
    sentences: int

    @property
    def drop(self) -> float:
        """Macro F1 lost."""
        return mean_over_labels(self.before) - mean_over_labels(self.after)

    def to_record(self) -> dict[str, float]:
        """As JSON values."""
        return {"macro_f1_drop": self.drop, "flipped_sentences": self.flipped, "sentences": self.sentences}

    def sheet(self) -> str:
        """Markdown: a row a label, and all together."""
        columns = zip(self.before, self.after, self.flips, strict=True)
        rows = [[label, *map(number, row)] for label, row in zip(self.labels, columns, strict=True)]
        macro = [mean_over_labels(self.before), mean_over_labels(self.after), self.flipped]
        rows.append(["macro F1, any decision", *map(number, macro)])
        head = f"n = {self.sentences} sentences of the split `{SPLIT}`.\n\n"
        return head + markdown(["label", "F1", "F1 exported", "flipped"], rows)


def export(name: str, out: Path, *, to: str, int8: bool, show: Callable[[Difference], None]) -> None:
    """Write the model of a run, exported, as a model folder `out`, which must be empty or absent; `show` what changes.

    Raises FramingError where the run has no encoder or its data are gone, or where the export changes too much.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise FramingError(expected=f"an empty folder {out}", found="files in it", fix="Choose another folder.")
    client = store.connect()
    run_id = find_run(client, name).info.run_id
    model = registry.load(f"models:/{evidence.model_id(client, run_id)}")
    if model.kind != "encoder":
        raise FramingError(expected="a run of an encoder", found=f"kind {model.kind}", fix="Name another run.")
    exported = replace(model, classifier=model.classifier.exported(to, int8=int8))  # type: ignore[attr-defined]
    found = compare(client, run_id, model, exported)
    show(found)
    refuse(found)
    _write(exported, out)


def compare(client: "MlflowClient", run_id: str, model: Model, exported: Model) -> Difference:
    """Decisions of both on the validation split that the run was made with."""
    sentences = fresh.sentences_of(client, run_id, SPLIT)
    gold = multi_hot(sentences, model.labels)
    before, after = (one.decisions.decide(one.read(sentences)[0]) for one in (model, exported))
    return difference(model.labels, gold, before, after)


def difference(labels: Sequence[str], gold: Hot, before: Hot, after: Hot) -> Difference:
    """Of decisions, each (n_sentences, n_labels)."""
    changed = before != after
    flipped = float(changed.any(axis=1).mean())
    return Difference(
        labels, f1(counts(gold, before)), f1(counts(gold, after)), changed.mean(axis=0), flipped, len(gold)
    )


def refuse(found: Difference) -> None:
    """Raises FramingError where the export loses more than `DROP` or flips more than `FLIPS`."""
    if found.drop > DROP or found.flipped > FLIPS:
        raise FramingError(
            expected=f"macro F1 down by at most {DROP}, a decision changed on at most {FLIPS:.0%} of sentences",
            found=f"{found.drop:+.3f} lost and {found.flipped:.1%} changed",
            fix="Export without --int8, to another format, or keep the model as it is.",
        )


def _write(model: Model, out: Path) -> None:
    """The folder under a temporary name, then in its place."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".export-") as scratch:
        folder = Path(scratch) / "model"
        models.save(model, folder, taxonomy_yaml=model.taxonomy_yaml, card=model.card)
        if out.exists():
            out.rmdir()
        folder.rename(out)
