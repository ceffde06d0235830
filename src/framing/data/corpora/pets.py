"""PETs: passages with a potentially euphemistic term, and whether it is meant so.

    Euphemism_Corpus.csv    keyword,edited_text,is_euph,category,type,euph_status
    neutralize,"... they <neutralized> the outpost ...",1,politics,neutralize,sometimes_euph

The `<` and `>` around the term are cut out, and the term becomes the evidence of the label, or, where it is meant
literally, `provenance["term"]`. A passage is one sentence of the dataset, though it may hold several.

Traps: the term in the text may differ from `keyword` (case, a quotation mark inside); `@ @ @` stands for words that
GloWbE withholds and stays; one text is there twice with two terms marked, and must not cross splits.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from framing.data.corpora.card import Card, Parsed, check_counts
from framing.data.corpora.tables import Row, read_rows, split_by_group
from framing.errors import FramingError
from framing.schema import Evidence, Sentence

CARD = Card(
    name="pets",
    title="PETs, potentially euphemistic terms",
    url="https://github.com/marsgav/euphemism_project",
    licence="none stated; the passages are from GloWbE",
    citation="Gavidia et al. 2022, CATs are Fuzzy PETs: A Corpus and Analysis of Potentially Euphemistic Terms",
    counts={"texts": 1965, "euphemistic": 1382},
)
LABELS = ("euphemism",)
FILE = "Euphemism_Corpus.csv"
COLUMNS = ("keyword", "edited_text", "is_euph", "category", "type", "euph_status")
MARK = re.compile(r"[<>]")


def parse(root: Path) -> Parsed:
    """Passages by split, and a line for each one without exactly one marked term."""
    rows = list(read_rows(root / FILE, name=CARD.name, needs=COLUMNS))
    euphemistic = sum(_is_euphemism(row, root) for row in rows)
    check_counts(CARD, root, {"texts": len(rows), "euphemistic": euphemistic})
    left_out = [f"line {row.line} of {FILE}: not one marked term" for row in rows if _term(row) is None]
    return Parsed(split_by_group(list(_sentences(rows, root))), tuple(left_out))


def _sentences(rows: Sequence[Row], root: Path) -> Iterator[Sentence]:
    for row in rows:
        if (found := _term(row)) is None:
            continue
        text, start, end = found
        labels = LABELS if _is_euphemism(row, root) else ()
        yield Sentence(
            id=f"pets:{row.line}",
            document=f"pets:{row.line}",
            index=0,
            start=0,
            end=len(text),
            text=text,
            labels=labels,
            evidence=tuple(Evidence(label, start, end) for label in labels),
            taxonomy="pets/binary",
            provenance={"kind": "gold", "by": "pets", "votes": [], "term": [start, end]},
            audit={"topic": row.fields["category"], "keyword": row.fields["type"]},
        )


def _term(row: Row) -> tuple[str, int, int] | None:
    """The text without its marks and where the term stands; None unless there is one pair around something."""
    raw = row.fields["edited_text"].strip()
    marks = [(match.group(), match.start()) for match in MARK.finditer(raw)]
    if [mark for mark, _ in marks] != ["<", ">"] or marks[1][1] - marks[0][1] < 2:
        return None
    start, end = marks[0][1], marks[1][1]
    return raw[:start] + raw[start + 1 : end] + raw[end + 1 :], start, end - 1


def _is_euphemism(row: Row, root: Path) -> bool:
    if row.fields["is_euph"] not in {"0", "1"}:
        raise FramingError(
            expected=f"is_euph 0 or 1 in line {row.line} of {root / FILE}",
            found=repr(row.fields["is_euph"]),
            fix="Mend that line.",
        )
    return row.fields["is_euph"] == "1"
