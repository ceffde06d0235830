"""From a corpus' sentences to a dataset folder: split, freed of what crosses, saved, and said."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framing.data import dataset, leaks, presets
from framing.data.dataset import SPLITS, Dataset
from framing.errors import FramingError
from framing.schema import Sentence

PUBLISHED = "published"
"""The splits that a corpus came with."""
LISTED = 10
"""Lines of what was left out that are shown; the count is always said."""

Splits = Mapping[str, Sequence[Sentence]]


@dataclass(frozen=True, slots=True)
class Built:
    """What was built, and what was left out and why."""

    folder: Path
    by: str
    dataset: Dataset
    left_out: tuple[str, ...] = ()

    def describe(self, *, as_json: bool) -> str:
        """For people, or as JSON with every line of what was left out."""
        counts = {split: len(self.dataset.splits[split]) for split in SPLITS}
        if as_json:
            facts: dict[str, Any] = {"folder": str(self.folder), "by": self.by, "leaky": self.dataset.leaky}
            whole = {**facts, "sentences": counts, "digest": self.dataset.digest, "left_out": list(self.left_out)}
            return json.dumps(whole, ensure_ascii=False, indent=1)
        said = ", ".join(f"{split} {n}" for split, n in counts.items())
        lines = [f"{self.folder}: built by {self.by}, {said} sentences, digest {self.dataset.digest[:12]}"]
        if self.dataset.leaky:
            lines.append("leaky: documents cross the splits, and scores on it are not believed")
        if self.left_out:
            more = ["..."] if len(self.left_out) > LISTED else []
            lines += [f"left out {len(self.left_out)} sentences:", *self.left_out[:LISTED], *more]
        return "\n".join(lines)


def assemble(
    name: str,
    rows: Splits,
    *,
    out: Path,
    by: str,
    own: bool,
    facts: Mapping[str, Any],
    left_out: Sequence[str] = (),
    allow_leaks: bool = False,
) -> Built:
    """Split by the preset `by`, or keep the corpus' `own` splits of that name; leave out what would leak; write."""
    undated: list[str] = []
    if not own:
        check_way(by, name, allow_leaks=allow_leaks)
        rows, undated = presets.split([s for split in SPLITS for s in rows[split]], by)
    leaky = by == presets.RANDOM and not own
    kept, doubled = (rows, []) if leaky else leaks.purge(rows)
    taxonomy = next((s.taxonomy for split in SPLITS for s in kept[split]), "")
    built = Dataset(name, taxonomy, kept, leaky=leaky)
    dataset.save(built, out, {**facts, "by": by, "left_out": len(left_out) + len(undated) + len(doubled)})
    return Built(out, by, built, (*left_out, *undated, *doubled))


def check_way(by: str, name: str, *, allow_leaks: bool) -> None:
    """Raise FramingError where there is no preset `by`, or where it deals sentences at random without consent."""
    if by not in {*presets.PRESETS, presets.RANDOM}:
        raise FramingError(
            expected=f"a way to split {name} among {[PUBLISHED, *presets.PRESETS, presets.RANDOM]}",
            found=repr(by),
            fix="Correct --by.",
        )
    if by == presets.RANDOM and not allow_leaks:
        raise FramingError(
            expected="--allow-leaks beside --by random",
            found="none",
            fix="Use --by article; random splits leak, and the gate refuses what is trained on them.",
        )
