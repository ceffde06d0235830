"""A taxonomy as a page for annotators and readers: docs/codebook.md is written by this and kept equal by a test."""

from collections.abc import Iterator, Mapping

from framing.taxonomy import Label, Taxonomy


def codebook(taxonomy: Taxonomy) -> str:
    """The whole page as Markdown."""
    return "\n".join(
        [*_head(taxonomy), *(line for label in taxonomy.labels for line in _entry(label, taxonomy.groups))]
    )


def _head(taxonomy: Taxonomy) -> Iterator[str]:
    yield f"# {taxonomy.title}\n"
    yield f"Labels of `{taxonomy.name}`. Written by `python scripts/write_codebook.py` from `configs/taxonomies/`;"
    yield "edit the YAML file, not this page. A label names how something is told. It judges neither truth nor law"
    yield "nor sincerity, and any side can earn any label.\n"
    yield "| label | turns | into | group | tier |"
    yield "|---|---|---|---|---|"
    for label in taxonomy.labels:
        off = " (off by default)" if label.optional else ""
        yield f"| [`{label.id}`](#{label.id}){off} | {label.turns} | {label.into} | {label.group} | {label.tier} |"
    yield ""


def _entry(label: Label, groups: Mapping[str, str]) -> Iterator[str]:
    yield f"## {label.id}\n"
    yield f"**{label.name}.** {label.definition}\n"
    if label.group:
        yield f"Group: {groups[label.group]}.\n"
    yield from _list("Label when", label.include)
    yield from _list("Do not label", label.exclude)
    yield from _list("Sentences that carry it", [f"{p.text} - *{p.evidence}*" for p in label.positives])
    yield from _list("Sentences that do not", [f"{n.text} ({n.why})" for n in label.negatives])
    yield from _list("Plain words for the same event", label.counter_frame)
    yield from _list("In other label sets", [f"{name}: {to}" for name, to in label.mappings.items()])
    yield from _list("Cues of the `rules` model", [f"`{cue}`" for cue in label.cues])


def _list(title: str, items: "tuple[str, ...] | list[str]") -> Iterator[str]:
    if items:
        yield f"{title}:\n"
        yield from (f"- {item}" for item in items)
        yield ""
