"""PolNeAR: political news of 2016 in which attributions are marked: who says what. Its labels are kinds of voice.

    dev/text/breitbart_2016-09-12_some-title.txt
    dev/attributions/breitbart_2016-09-12_some-title_ef2d.ann     brat; Content, Source, Cue and Attribution
    train/text, train/attributions

A sentence is `quoted` where an attributed content in it overlaps a quotation with a word in it, `indirect` where it
overlaps content otherwise, else it has no label. The official development part is the test split.

Traps: some texts were annotated by six people (the alphabetically first is taken, the rest are counted); content may
be in parts; the trigger of an event may be `Attribution-no-source`.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from framing.data import splits
from framing.data.corpora import brat
from framing.data.corpora.card import Card, Parsed, check_counts
from framing.data.corpora.passages import Marked, clip
from framing.data.corpora.tables import read_text
from framing.data.quotes import Quotation, find_quotations
from framing.data.sentences import document
from framing.errors import FramingError
from framing.schema import Evidence, Sentence, Voice

CARD = Card(
    name="polnear",
    title="PolNeAR, attribution in political news",
    url="https://github.com/networkdynamics/PolNeAR",
    licence="none stated; for research",
    citation="Newell et al. 2018, An Attribution Relations Corpus for Political News",
    counts={"dev texts": 84, "dev annotations": 94},
)
LABELS = ("indirect", "quoted")
VOICES: Mapping[str, Voice] = {"indirect": "indirect", "quoted": "direct"}
ANNOTATOR = re.compile(r"_[0-9a-f]{4}\Z")
VALIDATION = {"train": 0.85, "validation": 0.15}


def parse(root: Path) -> Parsed:
    """Sentences by split, and a line for each text without annotation."""
    train, train_left = read_part(root / "train")
    dev, dev_left = read_part(root / "dev")
    check_counts(CARD, root, {"dev texts": len(dev), "dev annotations": _annotations(root / "dev")})
    answer = splits.assign(train, {}, VALIDATION)
    rows = {split: [s for name in train if answer[name] == split for s in train[name]] for split in VALIDATION}
    return Parsed({**rows, "test": [s for own in dev.values() for s in own]}, (*train_left, *dev_left))


def read_part(folder: Path) -> tuple[dict[str, list[Sentence]], list[str]]:
    """The sentences of each annotated text of a part, in order, and what was left out."""
    annotations: dict[str, list[Path]] = defaultdict(list)
    for path in sorted((folder / "attributions").glob("*.ann")):
        annotations[ANNOTATOR.sub("", path.stem)].append(path)
    texts = sorted((folder / "text").glob("*.txt"))
    if not texts:
        raise FramingError(
            expected=f"texts (*.txt) of PolNeAR in {folder / 'text'}", found="none", fix=f"Clone {CARD.url}."
        )
    left_out = [f"{path.name}: no annotation" for path in texts if path.stem not in annotations]
    named = [(path, annotations[path.stem]) for path in texts if path.stem in annotations]
    return {path.stem: list(_sentences(path, own)) for path, own in named}, left_out


def _annotations(folder: Path) -> int:
    return len(list((folder / "attributions").glob("*.ann")))


def _sentences(path: Path, annotations: Sequence[Path]) -> Iterator[Sentence]:
    text = read_text(path, name=CARD.name)
    contents = [
        Marked(source, start, end) for span, source in _sourced(annotations[0], text) for start, end in span.parts
    ]
    marks = [q for q in find_quotations(text) if text[q.inner_start : q.inner_end].strip()]
    outlet, date, _ = path.stem.split("_", 2)
    for sentence in document(path.stem, text).sentences:
        said = clip(sentence.start, sentence.end, contents)
        label = kind(sentence.start, said, marks)
        voice: Voice = VOICES[label] if label else "narrator"
        yield replace(
            sentence,
            labels=(label,) if label else (),
            evidence=tuple(Evidence(label, m.start, m.end, voice, m.label or None, "neutral") for m in said if label),
            voice=voice,
            distance="neutral" if label else "adopted",
            source=next((m.label for m in said if m.label), None),
            taxonomy="polnear/voice",
            provenance={"kind": "gold", "by": "polnear", "votes": [], "annotators": len(annotations)},
            audit={"outlet": outlet, "date": date},
        )


def kind(start: int, said: Sequence[Marked], quotations: Sequence[Quotation]) -> str | None:
    """`quoted`, `indirect` or None, from the attributed content `said`, counted from the sentence's `start`."""
    spans = [(start + m.start, start + m.end) for m in said]
    if any(a < q.inner_end and q.inner_start < b for a, b in spans for q in quotations):
        return "quoted"
    return "indirect" if spans else None


def _sourced(path: Path, text: str) -> list[tuple[brat.Span, str]]:
    """Each content span and the words of its source, empty where it has none."""
    spans = {span.id: span for span in brat.read_spans(path, text)}
    sources: dict[str, str] = {}
    for event in brat.read_events(path):
        said_by = next((spans[name].words for role, name in event.roles if role.startswith("Source")), "")
        sources |= {name: said_by for role, name in event.roles if role.startswith("Content")}
    return [(span, sources.get(name, "")) for name, span in spans.items() if span.label == "Content"]
