"""Texts that are nearly the same: exact 5-gram Jaccard over an inverted index, no sampling.

Broder (1997), "On the resemblance and containment of documents". Exact counting is fast enough up to some hundred
thousand sentences, because most 5-grams stand in one text only.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

WORD = re.compile(r"\w+")
SIZE = 5
NEAR = 0.4
"""Jaccard from which two sentences are taken for versions of one."""
COMMON = 200
"""A 5-gram in more texts than this is a formula of the genre and joins nothing."""


def shingles(text: str, size: int = SIZE) -> frozenset[tuple[str, ...]]:
    """Word n-grams, case and punctuation aside; a shorter text is one shingle, an empty one none."""
    words = WORD.findall(text.lower())
    if not words:
        return frozenset()
    return frozenset(tuple(words[k : k + size]) for k in range(max(1, len(words) - size + 1)))


def similar_pairs(texts: Sequence[str], threshold: float = NEAR) -> Iterator[tuple[int, int, float]]:
    """Pairs (first, second, Jaccard) of texts at or over the threshold, first < second."""
    grams = [shingles(text) for text in texts]
    homes: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for k, own in enumerate(grams):
        shared = Counter(other for gram in own if len(homes[gram]) <= COMMON for other in homes[gram])
        for other, both in shared.items():
            jaccard = both / (len(own) + len(grams[other]) - both)
            if jaccard >= threshold:
                yield other, k, jaccard
        for gram in own:
            homes[gram].append(k)


def group_documents(
    documents: Mapping[str, Sequence[str]], threshold: float = NEAR, together: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The group of each document, named after its first member: documents joined by any near-duplicate sentence.

    `together` joins the documents that it gives the same value as well (a conflict, say).
    """
    rows = [(document, text) for document, texts in documents.items() for text in texts]
    parent = {document: document for document in documents}

    def root(document: str) -> str:
        while parent[document] != document:
            document = parent[document]
        return document

    def join(first: str, second: str) -> None:
        one, other = sorted((root(first), root(second)))
        parent[other] = one

    for first, second, _ in similar_pairs([text for _, text in rows], threshold):
        join(rows[first][0], rows[second][0])
    leaders: dict[str, str] = {}
    for document, value in (together or {}).items():
        join(document, leaders.setdefault(value, document))
    return {document: root(document) for document in documents}
