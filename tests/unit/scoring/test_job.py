import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from framing.answer import answer, to_documents
from framing.errors import FramingError
from framing.scoring import job, local, scorer
from framing.tracking import registry
from tests.unit.scoring.conftest import bad_rows, read_parts, texts, write_lines


def test_every_sentence_gets_the_scores_that_predict_gives(run, tmp_path):
    rows = texts(10)
    manifest = run(write_lines(tmp_path / "in.jsonl", rows))
    model = registry.load("models:/framing@champion")
    expected = answer(model, to_documents([(row["id"], row["text"]) for row in rows]))

    found = read_parts(tmp_path / "out")
    assert (manifest["parts"], manifest["counts"]["documents"], manifest["counts"]["sentences"]) == (3, 10, 20)
    sentences = [(d["id"], s) for d in expected["documents"] for s in d["sentences"]]
    assert [(row["document"], row["index"]) for row in found] == [(name, s["index"]) for name, s in sentences]
    for row, (_, sentence) in zip(found, sentences, strict=True):
        assert row["scores"] == pytest.approx(sentence["scores"], abs=1e-5)
        assert [frame["label"] for frame in row["frames"]] == [frame["label"] for frame in sentence["frames"]]
        spans = [(f["label"], e["start"], e["end"]) for f in sentence["frames"] for e in f["evidence"]]
        assert [(e["label"], e["start"], e["end"]) for e in row["evidence"]] == spans
        assert row["model"]["version"] == "1"
        assert (row["text"], row["voice"]) == (sentence["text"], sentence["voice"])


def test_a_folder_of_any_forms_is_read_and_other_files_are_named(run, tmp_path):
    source = tmp_path / "in"
    write_lines(source / "a.jsonl", texts(3))
    write_lines(source / "deep/b.csv", ["id,text", "x,Rain fell.", "y,The town was liberated."])
    (source / "deep/c.jsonl.gz").write_bytes(gzip.compress(b'{"text": "Rain fell."}\n'))
    (source / "empty.jsonl").touch()
    write_lines(source / "notes.txt", ["no"])
    manifest = run(source)

    assert manifest["ignored"] == ["notes.txt"]
    assert manifest["counts"]["documents"] == 6
    assert {(row["document"], row["file"], row["row"]) for row in read_parts(tmp_path / "out")} >= {
        ("d0", "a.jsonl", 1),
        ("x", "deep/b.csv", 1),
        ("deep/c.jsonl.gz:1", "deep/c.jsonl.gz", 1),
    }


def test_bad_rows_go_to_a_side_file_with_a_reason_and_without_their_text(run, tmp_path):
    rows = [texts(1)[0], "{", {"id": "n"}, {"text": 7}, {"text": "  "}, {"text": "\ud800SECRET"}, texts(2)[1]]
    manifest = run(write_lines(tmp_path / "in.jsonl", rows))

    assert [(row["row"], row["reason"]) for row in bad_rows(tmp_path / "out")] == [
        (2, "not JSON"),
        (3, "no text"),
        (4, "the text is not a string"),
        (5, "blank text"),
        (6, "not UTF-8"),
    ]
    assert manifest["counts"]["rows"] == 7
    assert sum(manifest["counts"]["bad"].values()) == 5
    assert "SECRET" not in "".join(path.read_text() for path in (tmp_path / "out/_errors").iterdir())
    assert "5 rows not scored" in job.sheet(manifest, tmp_path / "out")


def test_input_without_any_text_is_refused_in_one_line(run, tmp_path):
    with pytest.raises(FramingError, match="rows with a text in 'text', found none among 3: no text"):
        run(write_lines(tmp_path / "in.jsonl", [{"body": "x"}] * 3))


def test_an_empty_file_gives_an_empty_table_with_the_columns(run, tmp_path):
    (tmp_path / "in.jsonl").touch()
    manifest = run(tmp_path / "in.jsonl")

    from pyarrow import parquet

    assert manifest["counts"]["rows"] == 0
    assert {"document", "scores", "evidence"} <= set(
        parquet.read_table(tmp_path / "out/part-00000.parquet").column_names
    )


def test_one_huge_document_beside_short_ones_is_scored_whole(run, tmp_path):
    long = " ".join(f"Rain fell on hamlet {k} for most of the morning." for k in range(scorer.BATCH + 500))
    run(write_lines(tmp_path / "in.jsonl", [{"id": "long", "text": long}, *texts(5)]), rows=2)

    rows = read_parts(tmp_path / "out")
    assert sum(row["document"] == "long" for row in rows) == scorer.BATCH + 500
    assert len(rows) == scorer.BATCH + 500 + 10


def test_what_is_done_is_kept_and_the_rest_is_made_again(run, tmp_path):
    source, out = write_lines(tmp_path / "in.jsonl", texts(12)), tmp_path / "out"
    first = run(source)
    before = read_parts(out)
    kept, lost = out / "part-00000.parquet", out / "part-00001.parquet"
    stamp = kept.stat().st_mtime_ns
    (out / job.MANIFEST).unlink()
    lost.write_bytes(lost.read_bytes()[:100])
    (out / ".part-00002.parquet.1.tmp").touch()

    assert run(source) == first
    assert read_parts(out) == before
    assert kept.stat().st_mtime_ns == stamp
    assert not list(out.glob(".part-*"))


@pytest.mark.parametrize("other", ["files", "settings", "model"])
def test_another_input_setting_or_model_is_not_mixed_into_an_output(run, tmp_path, other):
    source = write_lines(tmp_path / "in.jsonl", texts(6))
    with registry.located("models:/framing@champion") as (folder, _):
        more = {"model": shutil.copytree(folder, tmp_path / "model")}
    run(source, **more)
    if other == "files":
        write_lines(source, texts(7))
    elif other == "settings":
        more["unit"] = "sentence"
    else:
        (tmp_path / "model/README.md").write_text("another card", encoding="utf-8")

    with pytest.raises(FramingError, match=rf"found another {other}\. Name another OUTPUT"):
        run(source, **more)


def test_a_folder_with_other_files_or_inside_the_input_is_refused(run, tmp_path):
    source = write_lines(tmp_path / "in/a.jsonl", texts(2)).parent
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine.txt").touch()

    with pytest.raises(FramingError, match="out"):
        run(source)
    with pytest.raises(FramingError, match="OUTPUT outside"):
        run(source, out="in/out")


def test_a_worker_that_is_killed_loses_and_doubles_nothing(run, tmp_path, monkeypatch):
    killed = []

    class Fragile(local._Worker):
        def give(self, part):
            super().give(part)
            if part.number == 2 and not killed:
                killed.append(part)
                self.process.kill()

    monkeypatch.setattr(local, "_Worker", Fragile)
    rows = texts(20)
    manifest = run(write_lines(tmp_path / "in.jsonl", rows), workers=2, rows=2)

    assert len(killed) == 1
    assert manifest["counts"]["documents"] == 20
    assert [row["document"] for row in read_parts(tmp_path / "out")] == [row["id"] for row in rows for _ in range(2)]


def test_a_part_that_kills_every_worker_is_named_and_the_others_are_kept(run, tmp_path, monkeypatch):
    class Doomed(local._Worker):
        def give(self, part):
            super().give(part)
            if part.number == 1:
                self.process.kill()

    monkeypatch.setattr(local, "_Worker", Doomed)
    source = write_lines(tmp_path / "in.jsonl", texts(6))

    with pytest.raises(FramingError, match=r"part 1 \(2 rows, in.jsonl from row 3\).*3 workers that died of it"):
        run(source, rows=2)
    assert (tmp_path / "out/part-00000.parquet").is_file()
    monkeypatch.undo()


def test_a_killed_job_goes_on_where_it_was(champion, tmp_path):
    source, out = write_lines(tmp_path / "in.jsonl", texts(400)), tmp_path / "out"
    command = [sys.executable, "-m", "framing.cli.main", "score", source, out, "--part-rows", "4", "--workers", "2"]
    running = subprocess.Popen([*map(str, command)], start_new_session=True)
    until = time.monotonic() + 120
    while len(list(out.glob("part-*.parquet"))) < 5 and time.monotonic() < until:
        time.sleep(0.02)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    done = {path: path.stat().st_mtime_ns for path in out.glob("part-*.parquet")}
    assert 5 <= len(done) < 100

    finished = subprocess.run([*map(str, command), "--json"], capture_output=True, text=True, check=True)
    assert json.loads(finished.stdout)["counts"]["documents"] == 400
    assert {path: path.stat().st_mtime_ns for path in done} == done
    assert [row["document"] for row in read_parts(out)] == [f"d{k}" for k in range(400) for _ in range(2)]
