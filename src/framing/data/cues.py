"""Words that hand a sentence to a speaker: verbs, nouns and phrases of reporting, and the distance each keeps.

The classes follow the codebook, section 5: factive cues adopt what is said, doubting cues hold it off, the rest are
neutral. Bare actions and plans ("will jump") are no attribution.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from framing.schema import Distance

ADOPTED = (
    "acknowledg(?:e[sd]?|ing)|admit(?:s|ted|ting)?|confirm(?:s|ed|ing)?|conced(?:e[sd]?|ing)|reveal(?:s|ed|ing)?"
    "|explain(?:s|ed|ing)?|not(?:es|ed|ing) that|point(?:s|ed|ing) out|recall(?:s|ed|ing)?|recogni[sz](?:es|ed|ing)"
    "|demonstrat(?:es|ed) that|stress(?:es|ed|ing)?|learn(?:s|ed|t) that|disclos(?:e[sd]?|ing)"
)
DISTANCED = (
    "claim(?:s|ed|ing)?|alleg(?:e[sd]?|ing)|purport(?:s|ed|ing|edly)?|allegedly|supposedly|reportedly|ostensibly"
    "|play(?:s|ed|ing) down|dismiss(?:es|ed|ing)?|pretend(?:s|ed|ing)?|boast(?:s|ed|ing)?|brag(?:s|ged|ging)?"
)
NEUTRAL = (
    "sa(?:id|ys|ying)|told|tells|telling|stat(?:es|ed|ing)|announc(?:e[sd]?|ing)|add(?:s|ed|ing) that|added"
    "|report(?:s|ed|ing)|declar(?:e[sd]?|ing)|insist(?:s|ed|ing)?|warn(?:s|ed|ing)?|vow(?:s|ed|ing)?"
    "|pledg(?:e[sd]?|ing)|wrote|writes|writing that|tweet(?:s|ed|ing)?|post(?:ed) (?:on|that)|repl(?:y|ies|ied)"
    "|respond(?:s|ed) that|argu(?:e[sd]?|ing)|assert(?:s|ed|ing)?|maintain(?:s|ed) that|contend(?:s|ed|ing)?"
    "|suggest(?:s|ed|ing)?|describ(?:e[sd]?|ing)"
    "|call(?:s|ed|ing) (?:it|the|him|her|them|for|on|this|that|an?|his|their|its)|denounc(?:e[sd]?|ing)"
    "|accus(?:e[sd]?|ing)|condemn(?:s|ed|ing)?|den(?:y|ies|ied|ying)|urg(?:e[sd]?|ing)|demand(?:s|ed|ing)?"
    "|promis(?:e[sd]?|ing)|threaten(?:s|ed)? to|order(?:s|ed) that|decreed|proclaim(?:s|ed|ing)?"
    "|testif(?:y|ies|ied)|predict(?:s|ed|ing)?|believ(?:e[sd]?|ing)|think(?:s|ing)?|thought|hop(?:es|ed|ing)"
    "|fear(?:s|ed|ing)? (?:that|the)|expect(?:s|ed)? (?:that|to)|ask(?:s|ed|ing)?|hail(?:s|ed|ing)?"
    "|prais(?:e[sd]?|ing)|welcom(?:e[sd]?|ing)|voic(?:e[sd]|ing)|express(?:es|ed|ing)?|emphasi[sz](?:es|ed|ing)"
    "|reiterat(?:e[sd]?|ing)|remark(?:s|ed|ing)|comment(?:s|ed|ing)|estimat(?:e[sd]?|ing)|conclud(?:e[sd]?|ing)"
    "|observ(?:es|ed) that|agree[sd]? (?:that|to|with)|want(?:s|ed)? (?:to|the)|wish(?:es|ed)? to"
    "|intend(?:s|ed)? to|plan(?:s|ned)? to|sought to|decid(?:es|ed) (?:to|that)|consider(?:s|ed)?"
    "|view(?:s|ed) (?:it|the|this|him|her|them)|know(?:s)? that|knew that|felt|feels|propos(?:e[sd]|ing)"
    "|criticiz(?:e[sd]?|ing)|criticis(?:e[sd]?|ing)|slam(?:s|med|ming)|blast(?:s|ed|ing)|blam(?:e[sd]?|ing)|joked"
    "|quipped|applaud(?:s|ed|ing)?|endors(?:e[sd]?|ing)|reaffirm(?:s|ed|ing)?|mock(?:s|ed|ing)"
    "|reject(?:s|ed|ing)?|refus(?:e[sd]?|ing)|mention(?:s|ed|ing)?|discuss(?:es|ed|ing)?|talk(?:s|ed|ing)? about"
    "|show(?:s|ed) that"
    "|(?:poll|survey|study|report|inquiry|document|email|record|data)s? (?:show|find|found|suggest|indicate)(?:s|ed)?"
    "|question(?:s|ed|ing)|wonder(?:s|ed|ing)?|worr(?:y|ies|ied)|doubt(?:s|ed)?|like[sd]? to|lov(?:es|ed) to"
    "|prefer(?:s|red)?|favou?r(?:s|ed)|hope to|hopes for|seek(?:s|ing)? to|need(?:s|ed)? to know|call(?:s|ed) for"
    "|vote[sd]? for|swipes? at|critical of|critique of|opinion|joking|speaking (?:to|at|on)"
    "|spoke (?:of|about|to)|spoken (?:of|about)|understand(?:s)?|understood|see[sn]? (?:it|this|him|her|them) as"
    "|saw .{1,20} as|cit(?:es|ed|ing)|quot(?:es|ed|ing)|portray(?:s|ed)|labell?ed|dubbed|branded"
    "|read(?:s)? the statement|indicat(?:e[sd]|ing) that"
)
PHRASES = (
    "according to|in the words of|in (?:his|her|their|its) words|in (?:a|the|his|her|their|its) (?:statement|speech"
    "|address|interview|message|letter|post|communiqu[eé]|bulletin|report)"
    "|as (?:he|she|they|it) put it|in the view of"
    "|(?:the|a|his|her|their|its) (?:claim|belief|view|assertion|allegation|accusation|argument|statement|warning"
    "|suggestion|announcement|idea|hope|fear)s? (?:that|of)"
    "|statement read|read (?:a|the|its|their) (?:statement|communiqu[eé]|notice)"
)
DOUBTING = re.compile(
    r"\bso-called\b|\ballegedly\b|\bsupposed(?:ly)?\b|\bpurported(?:ly)?\b"
    r"|\bcould not (?:immediately )?be (?:independently )?(?:verified|confirmed)\b|\bunverified\b|\bunconfirmed\b",
    re.IGNORECASE,
)
CUE = re.compile(
    rf"\b(?:(?P<adopted>{ADOPTED})|(?P<distanced>{DISTANCED})|(?P<phrase>{PHRASES})|(?P<neutral>{NEUTRAL}))\b",
    re.IGNORECASE,
)
NOT_REPORTING = re.compile(
    r"\b(?:(?:to|will|would|can|could|should|must|may|might|shall|not|never|no one|nobody)\s+(?:\w+\s+)?"
    r"|(?:the|a|an|his|her|their|its|our|no|any|these|those|united|of)\s+|(?:I|we)\s+(?:\w+ly\s+|also\s+)?)\Z",
    re.IGNORECASE,
)
"""What stands before a verb that is planned, denied, possible or the writer's own, and before a noun of its shape."""


class Cue(NamedTuple):
    """A cue at `start:end`; a phrase governs its whole sentence, a verb what its place says."""

    start: int
    end: int
    distance: Distance
    is_phrase: bool


def find_cues(text: str) -> Iterator[Cue]:
    """Cues of a sentence, in order."""
    for match in CUE.finditer(text):
        kind = match.lastgroup
        if kind != "phrase" and NOT_REPORTING.search(text[max(0, match.start() - 24) : match.start()]):
            continue
        distance: Distance = "adopted" if kind == "adopted" else "distanced" if kind == "distanced" else "neutral"
        yield Cue(match.start(), match.end(), distance, kind == "phrase")
