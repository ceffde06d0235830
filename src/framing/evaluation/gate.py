"""The gate: may this run answer in the champion's place? A pure function to a decision with all its reasons.

Each rule gives a finding; one without evidence fails as "not measured" unless the policy makes that evidence optional.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from framing.evaluation.facts import Facts, Rows
from framing.evaluation.intervals import Interval, paired_macro_f1
from framing.evaluation.policy import Policy


class Finding(NamedTuple):
    """What a rule found; `ok` is None where its evidence is missing."""

    ok: bool | None
    expected: str
    found: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule of a decision."""

    rule: str
    ok: bool
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the candidate may be promoted, and every rule that was asked."""

    candidate: str
    champion: str | None
    passed: bool
    reasons: tuple[Reason, ...]


Rule = Callable[[Facts, Facts | None, Policy], Finding]


def decide(candidate: Facts, champion: Facts | None, policy: Policy) -> Decision:
    """The decision on a candidate; without a champion the rules that compare with one hold."""
    rules: dict[str, Rule] = {f"beats {kind}": partial(_beats, kind) for kind in policy.beats}
    reasons = tuple(
        _reason(name, rule(candidate, champion, policy), policy) for name, rule in {**rules, **RULES}.items()
    )
    return Decision(
        candidate.run_id, champion.run_id if champion else None, all(reason.ok for reason in reasons), reasons
    )


def _reason(name: str, finding: Finding, policy: Policy) -> Reason:
    if finding.ok is not None:
        return Reason(name, finding.ok, finding.expected, finding.found)
    optional = name.partition(" ")[0] in policy.optional
    why = f" ({finding.found})" if finding.found else ""
    return Reason(name, optional, finding.expected, f"not measured{why}{', optional' if optional else ''}")


def _beats(kind: str, candidate: Facts, champion: Facts | None, policy: Policy) -> Finding:
    expected = f"macro F1 above {kind}, interval above 0"
    gain = _gain(candidate.rows, candidate.baselines.get(kind))
    return Finding(None, expected) if gain is None else Finding(gain.low > 0, expected, _interval(gain))


def _data(candidate: Facts, champion: Facts | None, policy: Policy) -> Finding:
    own, other = (facts and facts.report and facts.report.data_digest for facts in (candidate, champion))
    differing = f"{own and own[:12]}; the champion was judged on {other and other[:12]}"
    return _same("test data", champion, own, other, differing)


def _labels(candidate: Facts, champion: Facts | None, policy: Policy) -> Finding:
    own, other = _label_list(candidate), _label_list(champion)
    differing = sorted(set(own or ()) ^ set(other or ()))
    return _same("labels", champion, own, other, f"others: {', '.join(differing) or 'the order'}")


def _same(what: str, champion: Facts | None, own: object, other: object, differing: str) -> Finding:
    expected = f"the champion's {what}"
    if champion is None:
        return Finding(True, expected, "no champion")
    if own is None or other is None:
        return Finding(None, expected)
    return Finding(own == other, expected, "the same" if own == other else differing)


def _leak(candidate: Facts, champion: Facts | None, policy: Policy) -> Finding:
    expected = "no test text seen in training"
    return Finding(not candidate.leaky, expected, "marked leaky" if candidate.leaky else "not marked leaky")


def _champion(candidate: Facts, champion: Facts | None, policy: Policy) -> Finding:
    expected = f"macro F1 not below the champion's by {policy.margin:g}, interval included"
    if champion is None:
        return Finding(True, expected, "no champion")
    gain = _gain(candidate.rows, champion.rows)
    return Finding(None, expected) if gain is None else Finding(gain.low > -policy.margin, expected, _interval(gain))


def _better(candidate: Facts, champion: Facts | None, policy: Policy) -> Finding:
    """Point estimates suffice: that it is not worse is another rule's matter."""
    expected = "a gain over the champion somewhere"
    if champion is None:
        return Finding(True, expected, "no champion")
    gains = dict(_gains(candidate, champion))
    needed = policy.better.model_dump()
    won = [f"{name} {gain:+.3g}" for name, gain in gains.items() if gain > 0 and gain >= needed[name]]
    if won:
        return Finding(True, expected, ", ".join(won))
    return Finding(False if gains else None, expected, f"none in {', '.join(gains)}" if gains else "")


def _sides(candidate: Facts, champion: Facts | None, policy: Policy) -> Finding:
    bounds, sides = policy.sides, candidate.sides
    expected = f"flip rate <= {bounds.flip_rate:g}, |signed| <= {bounds.signed:g} with 0 in its interval"
    if sides is None or sides.sentences == 0:
        return Finding(None, expected)
    signed = sides.signed
    ok = sides.flip_rate <= bounds.flip_rate and abs(signed.value) <= bounds.signed and signed.low <= 0 <= signed.high
    return Finding(ok, expected, f"flip rate {sides.flip_rate:.3f}, signed {_interval(signed)}, n = {sides.sentences}")


def _behaviour(candidate: Facts, champion: Facts | None, policy: Policy) -> Finding:
    expected, found = f"pass rate >= {policy.behaviour.pass_rate:g}", candidate.behaviour
    if found is None or found.cases == 0:
        return Finding(None, expected)
    return Finding(found.pass_rate >= policy.behaviour.pass_rate, expected, f"{found.pass_rate:.3f}, n = {found.cases}")


def _calibration(candidate: Facts, champion: Facts | None, policy: Policy) -> Finding:
    value = candidate.report.calibration_error if candidate.report else None
    return _at_most("calibration error", value, policy.calibration_error)


def _slices(candidate: Facts, champion: Facts | None, policy: Policy) -> Finding:
    bounds = policy.slices
    expected = f"no slice of n >= {bounds.sentences} down by more than {bounds.drop:g} micro F1"
    if champion is None:
        return Finding(True, expected, "no champion")
    gains = dict(_slice_gains(candidate, champion, bounds.sentences))
    if not gains:
        return Finding(None, expected)
    worst = min(gains, key=lambda name: gains[name])
    return Finding(gains[worst] >= -bounds.drop, expected, f"{worst} {gains[worst]:+.3f} at worst of {len(gains)}")


def _latency(candidate: Facts, champion: Facts | None, policy: Policy) -> Finding:
    value = candidate.budget.milliseconds if candidate.budget else None
    return _at_most("milliseconds a sentence", value, policy.budget.milliseconds)


def _size(candidate: Facts, champion: Facts | None, policy: Policy) -> Finding:
    value = candidate.budget.bytes if candidate.budget else None
    return _at_most("bytes of the model", value, policy.budget.bytes)


def _artifact(candidate: Facts, champion: Facts | None, policy: Policy) -> Finding:
    expected = f"recorded scores again, offline in a fresh process, within {policy.difference:g}"
    artifact = candidate.artifact
    if artifact is None or artifact.difference is None:
        return Finding(None, expected, artifact.problem if artifact else "")
    found = artifact.problem or f"largest difference {artifact.difference:.2g}"
    return Finding(artifact.difference <= policy.difference, expected, found)


RULES: Mapping[str, Rule] = {
    "data": _data,
    "labels": _labels,
    "leak": _leak,
    "champion": _champion,
    "better": _better,
    "sides": _sides,
    "behaviour": _behaviour,
    "calibration": _calibration,
    "slices": _slices,
    "latency": _latency,
    "size": _size,
    "artifact": _artifact,
}
"""Every rule but `beats KIND`, of which there is one for each kind that the policy names."""


def _at_most(what: str, value: float | None, limit: float) -> Finding:
    expected = f"{what} <= {limit:,g}" if limit < 1e6 else f"{what} <= {limit:,.0f}"
    if value is None or np.isnan(value):
        return Finding(None, expected)
    return Finding(value <= limit, expected, f"{value:,}" if isinstance(value, int) else f"{value:.3f}")


def _gain(own: Rows | None, other: Rows | None) -> Interval | None:
    """Macro F1 of `own` less that of `other`; None where they do not hold the same sentences and labels."""
    if own is None or other is None or (own.ids, own.labels) != (other.ids, other.labels):
        return None
    return paired_macro_f1(own.gold, own.decided, other.decided, own.documents)


def _gains(candidate: Facts, champion: Facts) -> Iterator[tuple[str, float]]:
    """What both have, as gains (more is better); cost as a share of the champion's."""
    own, other = candidate.report, champion.report
    if own and other and own.data_digest == other.data_digest:
        yield "macro_f1", own.macro_f1.value - other.macro_f1.value
        yield "macro_ap", own.macro_ap.value - other.macro_ap.value
        yield "micro_f1", own.micro_f1.value - other.micro_f1.value
        yield "calibration_error", other.calibration_error - own.calibration_error
    if candidate.sides and champion.sides:
        yield "flip_rate", champion.sides.flip_rate - candidate.sides.flip_rate
    if candidate.budget and champion.budget:
        yield "milliseconds", 1 - candidate.budget.milliseconds / champion.budget.milliseconds
        yield "bytes", 1 - candidate.budget.bytes / champion.budget.bytes


def _slice_gains(candidate: Facts, champion: Facts, least: int) -> Iterator[tuple[str, float]]:
    """By how much each slice that both have moved; a slice without a figure is left out."""
    own, other = candidate.slices or {}, champion.slices or {}
    for name in sorted(own.keys() & other.keys()):
        gain = own[name].micro_f1 - other[name].micro_f1
        if own[name].sentences >= least and np.isfinite(gain):
            yield name, gain


def _label_list(facts: Facts | None) -> tuple[str, ...] | None:
    return tuple(row.label for row in facts.report.labels) if facts and facts.report else None


def _interval(value: Interval) -> str:
    return f"{value.value:+.3f} [{value.low:+.3f}, {value.high:+.3f}]"
