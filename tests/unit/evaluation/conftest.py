import numpy as np
import pytest

from framing.evaluation.ceiling import Ceiling
from framing.evaluation.findings import Findings, reliability_bins
from framing.evaluation.intervals import Interval
from framing.evaluation.mistakes import Mistake
from framing.evaluation.rationales import MEAN, EvidenceScore
from framing.evaluation.report import judge
from framing.evaluation.selective import confidence, risk_coverage
from framing.evaluation.slices import SliceScore
from framing.schema import Sentence, multi_hot

LABELS = ("first_label", "second", "absent")
HARD = 'They <b>"freed"</b> the town & its people'


@pytest.fixture
def findings():
    """A model, one baseline, one coder, two slices and two mistakes on 40 made-up sentences."""
    rows = [
        Sentence(f"d{k // 5}:{k}", f"d{k // 5}", k, 0, 4, "text", labels=(LABELS[0],) if k % 2 else (LABELS[1],))
        for k in range(40)
    ]
    scores = np.random.default_rng(0).random((40, 3))
    gold, decided = multi_hot(rows, LABELS), scores > 0.5

    def report(name):
        about = {"name": name, "split": "test", "data_digest": "f" * 64}
        return judge(rows, scores, decided, labels=LABELS, thresholds=[0.5] * 3, about=about, draws=100)

    hard = Sentence("x:1", "x", 1, 0, len(HARD), HARD, voice="direct")
    start = HARD.index("freed")
    return Findings(
        report=report("<toy>"),
        baselines=[report("prior")],
        ceilings=[Ceiling("pass_a", 20, 4, Interval(0.8, 0.7, 0.9), Interval(0.75, 0.7, 0.85))],
        slices=[made_slice("voice", "direct", -0.2, -0.3, -0.1), made_slice("conflict", "A & B", 0.1, -0.1, 0.2)],
        mistakes=[
            Mistake("false positive", LABELS[0], 0.93, 0.5, hard, (), ((start, start + 5),)),
            Mistake("missed", LABELS[1], 0.04, 0.5, hard, ((0, 4),), ((0, 4),)),
        ],
        reliability=reliability_bins(gold, scores),
        risk=risk_coverage((gold != decided).any(axis=1), confidence(scores, decided)),
        evidence=[made_evidence(LABELS[0]), made_evidence(MEAN)],
    )


def made_evidence(label):
    return EvidenceScore(label, 9, Interval(0.61, 0.5, 0.7), Interval(0.41, 0.3, 0.5), 8, Interval(0.31, 0.2, 0.4))


def made_slice(name, value, *gap):
    return SliceScore(name, value, 12, 3, Interval(0.4, 0.3, 0.5), Interval(0.5, 0.4, 0.6), Interval(*gap))
