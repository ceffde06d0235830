"""Texts that are nearly the same: 5-gram Jaccard, exact over an inverted index, or from MinHash where there are many.

Broder (1997), "On the resemblance and containment of documents". Exact counting is fast enough up to a hundred thousand
sentences, because most 5-grams stand in one text only (measured: docs/experiments.md).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

WORD = re.compile(r"\w+")
SIZE = 5
NEAR = 0.4
"""Jaccard from which two sentences are taken for versions of one."""
COMMON = 200
"""A 5-gram in more texts than this is a formula of the genre and joins nothing."""
EXACT = 100_000
"""Texts up to which every pair is counted; above, MinHash names the candidates."""


def words_of(text: str) -> list[str]:
    """Lower-case words, without punctuation: equal lists, equal texts."""
    return WORD.findall(text.lower())


def shingles(text: str, size: int = SIZE) -> frozenset[tuple[str, ...]]:
    """Word n-grams, case and punctuation aside; a shorter text is one shingle, an empty one none."""
    words = words_of(text)
    if not words:
        return frozenset()
    return frozenset(tuple(words[k : k + size]) for k in range(max(1, len(words) - size + 1)))


def similar_pairs(texts: Sequence[str], threshold: float = NEAR) -> Iterator[tuple[int, int, float]]:
    """Pairs (first, second, Jaccard) of texts at or over the threshold, first < second."""
    grams = [shingles(text) for text in texts]
    counts = Counter(gram for own in grams for gram in own)
    homes: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for k, own in enumerate(grams):
        telling = [gram for gram in own if 1 < counts[gram] <= COMMON]
        for other in sorted({other for gram in telling for other in homes[gram]}):
            jaccard = _jaccard(own, grams[other])
            if jaccard >= threshold:
                yield other, k, jaccard
        for gram in telling:
            homes[gram].append(k)


def near_pairs(texts: Sequence[str], threshold: float = NEAR, exact: int = EXACT) -> Iterator[tuple[int, int, float]]:
    """`similar_pairs`; of more texts than `exact` those that MinHash finds, which misses some near the threshold."""
    if len(texts) <= exact:
        yield from similar_pairs(texts, threshold)
        return
    from framing.data.minhash import candidates

    for first, second in candidates(shingles(text) for text in texts):
        jaccard = _jaccard(shingles(texts[first]), shingles(texts[second]))
        if jaccard >= threshold:
            yield first, second, jaccard


class Index:
    """Texts that others are held against, one at a time; texts of fewer words than a shingle are like none."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._grams = [shingles(text) for text in texts if len(words_of(text)) >= SIZE]
        self._homes: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for k, own in enumerate(self._grams):
            for gram in own:
                self._homes[gram].append(k)

    def has(self, text: str, threshold: float = NEAR) -> bool:
        """Whether a text that is nearly this one is among them."""
        own = shingles(text)
        near = {k for gram in own for k in self._homes.get(gram, ())}
        return any(_jaccard(own, self._grams[k]) >= threshold for k in near)


def _jaccard(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    both = len(one & other)
    return both / (len(one) + len(other) - both)


def group_documents(
    documents: Mapping[str, Sequence[str]],
    threshold: float = NEAR,
    together: Mapping[str, str] | None = None,
    shortest: int = 1,
) -> dict[str, str]:
    """The group of each document, named after its first member: documents joined by any near-duplicate sentence.

    `together` joins the documents that it gives the same value as well (a conflict, say). Sentences of fewer words
    than `shortest` join nothing.
    """
    groups = _Groups(documents)
    homes: dict[str, str] = {}
    for document, texts in documents.items():
        for words in map(words_of, texts):
            if len(words) >= max(shortest, 1):
                groups.join(document, homes.setdefault(" ".join(words), document))
    once = list(homes)
    for first, second, _ in near_pairs(once, threshold):
        groups.join(homes[once[first]], homes[once[second]])
    leaders: dict[str, str] = {}
    for document, value in (together or {}).items():
        groups.join(document, leaders.setdefault(value, document))
    return {document: groups.root(document) for document in documents}


class _Groups:
    """Disjoint sets, each named after its first member (Tarjan 1975, with path halving)."""

    def __init__(self, names: Iterable[str]) -> None:
        self.parent = {name: name for name in names}

    def root(self, name: str) -> str:
        while self.parent[name] != name:
            self.parent[name] = self.parent[self.parent[name]]
            name = self.parent[name]
        return name

    def join(self, first: str, second: str) -> None:
        one, other = sorted((self.root(first), self.root(second)))
        self.parent[other] = one
