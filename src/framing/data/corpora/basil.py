"""BASIL: 100 events told by three outlets, with spans of lexical and informational bias.

    articles/2010/<event>_1.json         {"title", "date", "source", "triplet-uuid", "body-paragraphs": [["sentence"]]}
    annotations/2010/<event>_1_ann.json  {"phrase-level-annotations": [
                                             {"id": "p2", "start": 22, "end": 47, "txt": "...", "bias": "lex or inf",
                                              "quote": "yes or no", "speaker", "target", "polarity", "aim"}]}

The title is the first sentence; `id` is "title" or `p` and the number of a sentence in the body, not of a paragraph.
A span in a quotation has the voice `direct` and the speaker as its source. Three articles on one event stay together.

Traps: `uuid` is not unique, so the file name is the document; in the first release some offsets do not fit the text,
and the words of the span are then looked for in the sentence; a few annotations are there twice.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from framing.data.corpora.card import Card, Parsed, check_counts
from framing.data.corpora.tables import read_text, split_by_group
from framing.errors import FramingError
from framing.schema import Evidence, Sentence

CARD = Card(
    name="basil",
    title="BASIL, bias in factual reporting",
    url="https://github.com/launchnlp/BASIL",
    licence="none stated; for research",
    citation="Fan et al. 2019, In Plain Sight: Media Bias Through the Lens of Factual Reporting",
    counts={"articles": 300, "events": 100},
)
LABELS = ("lexical_bias", "informational_bias")
KINDS = {"lex": "lexical_bias", "inf": "informational_bias"}
NOTED = ("bias", "aim", "polarity", "target", "quote", "speaker", "txt")
Json = Mapping[str, Any]


def parse(root: Path) -> Parsed:
    """Sentences by split, and a line for each span whose words are not in its sentence."""
    sentences: list[Sentence] = []
    left_out: list[str] = []
    paths = sorted((root / "articles").glob("*/*.json"))
    for path in paths:
        article = _read(path)
        spans = _read(root / "annotations" / path.parent.name / f"{path.stem}_ann.json")
        found, missed = read_article(path.stem, article, spans["phrase-level-annotations"])
        sentences += found
        left_out += missed
    check_counts(CARD, root, {"articles": len(paths), "events": len({s.audit["group"] for s in sentences})})
    return Parsed(split_by_group(sentences), tuple(left_out))


def read_article(name: str, article: Json, spans: Sequence[Json]) -> tuple[list[Sentence], list[str]]:
    """The title and the sentences of an article, and the spans that are not in theirs."""
    by_sentence: dict[int, list[Json]] = {}
    for span in spans:
        number = 0 if span["id"] == "title" else int(span["id"].removeprefix("p")) + 1
        by_sentence.setdefault(number, []).append(span)
    rows, missed = [], []
    for index, start, text in _lines(article):
        own = by_sentence.pop(index, [])
        placed = [(span, _place(text, span)) for span in own]
        missed += [f"{name}: {span['txt'][:40]!r} is not in sentence {index}" for span, at in placed if at is None]
        evidence = {_evidence(span, at) for span, at in placed if at is not None}
        bare = Sentence(f"{name}:{index}", name, index, start, start + len(text), text, taxonomy="basil/2")
        rows.append(_annotated(bare, evidence, own, article))
    missed += [f"{name}: no sentence {span['id']}" for own in by_sentence.values() for span in own]
    return rows, missed


def _lines(article: Json) -> Iterator[tuple[int, int, str]]:
    """Index, start and text of each sentence of the document: the title, then a paragraph a line."""
    at = 0
    index = 0
    for paragraph in [[article["title"]], *article["body-paragraphs"]]:
        for sentence in paragraph:
            lead = len(sentence) - len(sentence.lstrip())
            if sentence.strip():
                yield index, at + lead, sentence.strip()
            index += 1
            at += len(sentence) + 1


def _place(text: str, span: Json) -> tuple[int, int] | None:
    """The offsets of the span if its words stand there, else where they stand first."""
    words = span["txt"].strip()
    if words and text[span["start"] : span["end"]] == words:
        return span["start"], span["end"]
    at = text.find(words) if words else -1
    return (at, at + len(words)) if at >= 0 else None


def _evidence(span: Json, at: tuple[int, int]) -> Evidence:
    if span["bias"] not in KINDS:
        raise FramingError(
            expected=f"a bias among {sorted(KINDS)}", found=repr(span["bias"]), fix="Take the released file."
        )
    if span["quote"] != "yes":
        return Evidence(KINDS[span["bias"]], *at)
    speaker = span.get("speaker", "").replace("_", " ") or None
    return Evidence(KINDS[span["bias"]], *at, "direct", speaker, "neutral")


def _annotated(sentence: Sentence, evidence: set[Evidence], spans: Sequence[Json], article: Json) -> Sentence:
    named = {e.label for e in evidence}
    noted = [{key: span.get(key) for key in NOTED} for span in spans]
    outlet, date, event = str(article["source"]).lower(), article.get("date"), article["triplet-uuid"]
    return replace(
        sentence,
        labels=tuple(label for label in LABELS if label in named),
        evidence=tuple(sorted(evidence, key=lambda e: (e.start, e.end, e.label, e.voice))),
        provenance={"kind": "gold", "by": "basil", "votes": [], "spans": noted},
        audit={"outlet": outlet, "date": date, "group": event},
    )


def _read(path: Path) -> Json:
    text = read_text(path, name=CARD.name)
    try:
        found: Json = json.loads(text)
    except json.JSONDecodeError as error:
        raise FramingError(
            expected=f"a JSON object in {path}", found=f"{error.msg} (line {error.lineno})", fix=f"Clone {CARD.url}."
        ) from error
    return found
