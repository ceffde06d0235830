"""One row a sentence: the facts of an answer (design, section 7) as columns of one type in every file."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow

MODEL = ("name", "version", "run_id", "kind", "taxonomy", "base", "digest")


def schema(labels: Sequence[str]) -> "pyarrow.Schema":
    """`scores` has a field a label, in taxonomy order; the other columns are those that docs/scale.md lists."""
    import pyarrow as pa

    text, place = pa.string(), pa.int32()
    said = [("voice", text), ("source", text), ("distance", text)]
    frame = [("label", text), ("score", pa.float64()), ("threshold", pa.float64())]
    span = [("label", text), ("start", place), ("end", place), ("text", text), *said]
    return pa.schema(
        [
            ("document", text),
            ("index", place),
            ("start", place),
            ("end", place),
            ("text", text),
            *said,
            ("frames", pa.list_(pa.struct(frame))),
            ("evidence", pa.list_(pa.struct(span))),
            ("scores", pa.struct([(label, pa.float64()) for label in labels])),
            ("abstained", pa.list_(text)),
            ("model", pa.struct([(name, text) for name in MODEL])),
            ("file", text),
            ("row", pa.int64()),
        ]
    )


def rows(document: Mapping[str, Any], extra: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Rows of a document of an answer; the evidence of all frames is one list, and `extra` are further columns."""
    for sentence in document["sentences"]:
        frames = sentence["frames"]
        spans = [{"label": frame["label"], **span} for frame in frames for span in frame["evidence"]]
        yield {"document": document["id"], **sentence, "evidence": spans, **extra}
