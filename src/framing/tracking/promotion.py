"""Promotion and rollback: the gate's decision, the aliases `champion` and `previous`, tags and history, under one lock.

The record comes before the move, so that no champion stands without its reasons. Promotions of one store follow one
another, whichever machine they run on (`mutex`).
"""

import getpass
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from framing.errors import FramingError
from framing.evaluation import gate
from framing.evaluation.card import description
from framing.evaluation.facts import Facts
from framing.evaluation.policy import Policy
from framing.tracking import evidence, fresh, history, mutex, registry, runs
from framing.tracking.history import Entry
from framing.tracking.lookup import find_run

if TYPE_CHECKING:
    from mlflow import MlflowClient

log = logging.getLogger(__name__)
LONGEST_WHY = 300
Force = Literal["never", "first", "always"]
"""`first`: only where there is no champion yet; then `why` is kept only if it was needed."""


def promote(client: "MlflowClient", name: str, policy: Policy, *, force: Force = "never", why: str = "") -> Entry:
    """Judge a run (by id, beginning of its id, or name) and make it champion where it passes or is forced."""
    check_why(force, why)
    run = find_run(client, name)
    facts = evidence.read(client, run, baselines=policy.beats, strict=True)
    if facts.report is None or facts.rows is None:
        raise FramingError(
            expected=f"a training run with {runs.REPORT} and decisions in {evidence.SCORES}",
            found=f"run {facts.name!r} without them",
            fix="Train it again, or name another run.",
        )
    artifact = None if _is_champion(client, facts) else fresh.reproduce(client, facts.run_id)
    return settle(client, replace(facts, artifact=artifact), policy, force=force, why=why)


def check_why(force: Force, why: str) -> None:
    """Refuse a forced promotion without a reason, and a reason too long to keep."""
    if force != "never" and not why.strip():
        raise FramingError(expected="a reason with --force", found="none", fix="Add --why 'REASON'; it is recorded.")
    if len(why) > LONGEST_WHY:
        raise FramingError(
            expected=f"a reason of at most {LONGEST_WHY} characters", found=f"{len(why)}", fix="Shorten --why."
        )


def settle(client: "MlflowClient", candidate: Facts, policy: Policy, *, force: Force = "never", why: str = "") -> Entry:
    """Decide on facts that were read, record the decision and move the aliases; nobody else can in between."""
    with mutex.registry(client):
        live = registry.champion(client)
        if live is not None and live.run_id == candidate.run_id:
            return _entry("unchanged", candidate, str(live.version), str(live.version), why)
        decision = gate.decide(candidate, _champion_facts(client, live), policy)
        forced = force == "always" or (force == "first" and live is None)
        word = "promoted" if decision.passed else "forced" if forced else "refused"
        version = _register(client, candidate)
        told = why if force != "first" or word == "forced" else ""
        entry = _entry(word, candidate, version, live and str(live.version), told)
        entry = replace(entry, reasons=decision.reasons)
        history.append(client, entry)
        _tag(client, version, entry.run_id, {"status": word, "report": entry.to_tag(), "time": entry.time})
        if word != "refused":
            _move(client, version, entry.former)
    return entry


def rollback(client: "MlflowClient", why: str = "") -> Entry:
    """Make the previous champion champion again; the present one becomes previous."""
    check_why("never", why)
    with mutex.registry(client):
        live, former = registry.champion(client), registry.aliased(client, registry.PREVIOUS)
        if live is None or former is None or live.version == former.version:
            raise FramingError(
                expected="a champion and a previous version to go back to",
                found=f"no {'champion' if live is None else 'previous version'}",
                fix="`framing promote --history` tells what was promoted; promote a run instead.",
            )
        back = Facts(run_id=str(former.run_id), name=_run_name(client, former))
        entry = _entry("rolled back", back, str(former.version), str(live.version), why)
        history.append(client, entry)
        _tag(client, entry.version, entry.run_id, {"status": "restored", "time": entry.time})
        _tag(client, str(live.version), str(live.run_id), {"status": entry.decision, "time": entry.time})
        _move(client, entry.version, entry.former)
    return entry


def _entry(word: str, run: Facts, version: str, former: str | None, why: str) -> Entry:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Entry(now, word, run.run_id, run.name, version, former, _user(), why.strip())


def _register(client: "MlflowClient", candidate: Facts) -> str:
    model_id = evidence.model_id(client, candidate.run_id)
    card = runs.read_artifact(client, candidate.run_id, runs.CARD)
    return registry.register(client, model_id, candidate.run_id, description(card))


def _tag(client: "MlflowClient", version: str, run_id: str, tags: Mapping[str, str]) -> None:
    """`gate.KEY` on the version, and on its run where that is still there."""
    from mlflow.exceptions import MlflowException

    for key, value in tags.items():
        client.set_model_version_tag(registry.NAME, version, f"gate.{key}", value)
    try:
        for key, value in tags.items():
            client.set_tag(run_id, f"gate.{key}", value)
    except MlflowException as error:
        log.warning("run %s of version %s bears no tags: %s", run_id, version, error.message)


def _move(client: "MlflowClient", version: str, former: str | None) -> None:
    """`champion` to the version, `previous` to the former one; readers find a champion at every moment."""
    if former is not None:
        client.set_registered_model_alias(registry.NAME, registry.PREVIOUS, former)
    client.set_registered_model_alias(registry.NAME, registry.CHAMPION, version)


def _champion_facts(client: "MlflowClient", live: Any | None) -> Facts | None:
    """What is known of the champion's run; a run that is gone leaves its figures out."""
    from mlflow.exceptions import MlflowException

    if live is None:
        return None
    try:
        return evidence.read(client, client.get_run(str(live.run_id)))
    except MlflowException:
        return Facts(run_id=str(live.run_id), name=f"version {live.version}")


def _is_champion(client: "MlflowClient", facts: Facts) -> bool:
    live = registry.champion(client)
    return live is not None and live.run_id == facts.run_id


def _run_name(client: "MlflowClient", version: Any) -> str:
    from mlflow.exceptions import MlflowException

    try:
        return str(client.get_run(str(version.run_id)).info.run_name)
    except MlflowException:
        return f"version {version.version}"


def _user() -> str:
    """Who runs this; a process without a name in the system is `unknown`."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
