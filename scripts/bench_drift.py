"""Does drift show where it should? A linear model of agency copy meets agency copy it never saw, and other kinds.

python scripts/bench_drift.py      (half a minute; docs/monitor.md has the table)
"""

import argparse
import tempfile
from collections.abc import Mapping
from pathlib import Path
from zlib import crc32

from framing import config as configs
from framing import monitoring, pipeline
from framing import taxonomy as taxonomies
from framing.data import dataset as datasets
from framing.data.dataset import SPLITS, Dataset
from framing.evaluation.drift import compare
from framing.evaluation.tables import markdown
from framing.schema import Sentence
from framing.taxonomy import Taxonomy

MODERN = "1950"
PARTS = {"train": (0, 1), "validation": (2,), "test": (3,)}
"""Quarters of the documents, by the checksum of their ids."""
CONFIG = "run: agency\ndataset: none\nmodel:\n  kind: linear\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", type=Path, default=Path("data/conflict_frames"))
    taxonomy = taxonomies.load("conflict")
    data = datasets.load(parser.parse_args().dataset, taxonomy).restricted(taxonomy.ids())
    rows = [sentence for split in SPLITS for sentence in data.splits[split]]
    splits = shared_out([s for s in rows if kind(s) == "agency, modern"])
    print(sheet(splits, rows, taxonomy))


def sheet(splits: Mapping[str, list[Sentence]], rows: list[Sentence], taxonomy: Taxonomy) -> str:
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "agency.yaml"
        path.write_text(CONFIG, encoding="utf-8")
        config = configs.load(path)
    data = Dataset("agency", taxonomy.name, splits)
    model = pipeline.fit(config, taxonomy, data, run_id="bench", progress=lambda values, step: None)
    streams = {"agency, modern, held out": splits["test"]}
    for name in sorted({kind(s) for s in rows} - {"agency, modern"}):
        streams[name] = [s for s in rows if kind(s) == name]
    reference, bounds = monitoring.reference_of(model), configs.load_bounds()
    lines = []
    for name, stream in streams.items():
        shifts = compare(reference, monitoring.see(model, stream).features(model.labels), bounds)
        if shifts[0].verdict != "few":
            worst = sorted((s for s in shifts if s.verdict != "ok"), key=lambda s: -s.psi)
            told = ", ".join(f"{s.feature} ({s.verdict})" for s in worst[:2]) or "none"
            told += f" and {len(worst) - 2} more" if len(worst) > 2 else ""
            lines.append([name, str(len(stream)), f"{max(s.psi for s in shifts):.2f}", told])
    head = ["stream", "n", "largest PSI", "features that moved"]
    return f"{markdown(head, lines)}\nreference: {reference.sentences} sentences, data {data.digest[:12]}"


def kind(sentence: Sentence) -> str:
    return f"{sentence.audit['source_type']}, {'modern' if sentence.audit['date'] >= MODERN else 'historic'}"


def shared_out(rows: list[Sentence]) -> dict[str, list[Sentence]]:
    return {name: [s for s in rows if crc32(s.document.encode()) % 4 in parts] for name, parts in PARTS.items()}


if __name__ == "__main__":
    main()
