"""What clients may send, as models that OpenAPI shows, and the texts to read in it."""

from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from framing.data.articles import main_text
from framing.data.sentences import SURROGATE
from framing.serving.problems import Refusal

MAX_CHARACTERS = 1_000_000
MAX_TEXTS = 1_000
MAX_COMPARED = 20
MAX_NAMES = 200
INPUTS = ("text", "texts", "article", "html", "documents")
SAMPLE = 'The army said the town had been "liberated".'

Text = Annotated[str, StringConstraints(min_length=1, max_length=MAX_CHARACTERS)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Threshold = Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Article(_Strict):
    """A headline and what follows; offsets in the answer count characters of `title`, two line ends, `text`."""

    title: Text
    text: Text


class Item(_Strict):
    """A document with an id of the client's own; exactly one of `text` and `html`."""

    id: Id
    text: Text | None = None
    html: Text | None = None

    @model_validator(mode="after")
    def _one_input(self) -> Self:
        if (self.text is None) == (self.html is None):
            raise PydanticCustomError("framing_item", "a document needs exactly one of text and html")
        return self


class Options(_Strict):
    """How to read and what to answer."""

    unit: Literal["article", "sentence"] = Field("article", description="sentence: each text is one sentence")
    labels: list[Name] | None = Field(None, max_length=MAX_NAMES, description="Answer only these labels")
    thresholds: dict[Name, Threshold] = Field(
        default_factory=dict, max_length=MAX_NAMES, description="Replace the model's own, label by label"
    )
    doubt: Threshold | Annotated[dict[Name, Threshold], Field(max_length=MAX_NAMES)] | None = Field(
        None,
        description="From this score up to its threshold a label is in doubt: one number, or label by label; "
        "the model's own where left out",
    )
    abstain: bool = Field(True, description="false: name no labels in doubt")
    evidence: bool = Field(True, description="false: leave out the words behind each frame, which is faster")


class PredictRequest(Options):
    """Texts to read; exactly one of text, texts, article, html and documents."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"text": SAMPLE},
                {"texts": [SAMPLE, "Rain fell."], "unit": "sentence", "thresholds": {"liberation": 0.3}},
                {"article": {"title": "Town taken", "text": SAMPLE}, "labels": ["liberation"], "doubt": 0.2},
                {"documents": [{"id": "a", "text": SAMPLE}], "abstain": False, "evidence": False},
            ]
        }
    )

    text: Text | None = None
    texts: list[Text] | None = Field(None, min_length=1, max_length=MAX_TEXTS)
    article: Article | None = None
    html: Text | None = Field(None, description="A page; its article is read, and comes back as `text`")
    documents: list[Item] | None = Field(None, min_length=1, max_length=MAX_TEXTS)

    @model_validator(mode="after")
    def _one_input(self) -> Self:
        if sum(getattr(self, name) is not None for name in INPUTS) != 1:
            raise PydanticCustomError("framing_inputs", f"exactly one of {', '.join(INPUTS)} is needed")
        _check_ids(self.documents or [])
        return self


class CompareRequest(Options):
    """Two or more documents on one event."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"documents": [{"id": "a", "text": SAMPLE}, {"id": "b", "text": "The army took the town."}]}]
        }
    )

    documents: list[Item] = Field(min_length=2, max_length=MAX_COMPARED)

    @model_validator(mode="after")
    def _ids(self) -> Self:
        _check_ids(self.documents)
        return self


class Source(NamedTuple):
    """A text to read. `shown`: the client never had it in this form, so the answer brings it."""

    id: str
    text: str
    shown: bool = False


def sources(request: PredictRequest | CompareRequest) -> list[Source]:
    """The texts of a request, in order; raises Refusal where a page has no article."""
    if request.documents is not None:
        return [_source(item.id, item.text, item.html) for item in request.documents]
    assert isinstance(request, PredictRequest)
    if request.texts is not None:
        return [Source(str(k), text) for k, text in enumerate(request.texts)]
    if request.article is not None:
        return [Source("0", f"{request.article.title}\n\n{request.article.text}", shown=True)]
    return [_source("0", request.text, request.html)]


def _source(name: str, text: str | None, html: str | None) -> Source:
    if text is not None:
        return Source(name, text)
    found = SURROGATE.sub("\ufffd", main_text(html or ""))
    if not found:
        raise Refusal(422, "html: the page has no main text; send the article as text")
    return Source(name, found, shown=True)


def _check_ids(items: list[Any]) -> None:
    if len({item.id for item in items}) < len(items):
        raise PydanticCustomError("framing_ids", "each document needs an id of its own")
