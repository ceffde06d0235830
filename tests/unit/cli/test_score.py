import json

import pytest

from tests.unit.cli.test_commands import framing, one_line  # noqa: F401 - the fixture
from tests.unit.scoring.conftest import texts, write_lines


def test_a_file_is_scored_and_counted(framing, champion, tmp_path):  # noqa: F811 - the fixture
    source = write_lines(tmp_path / "in.jsonl", texts(3))
    status, out, _ = framing("score", source, tmp_path / "out", "--workers", 1)

    assert status == 0
    assert out.startswith(f"{tmp_path / 'out'}: 3 documents, 6 sentences in 1 parts\nframes: ")
    status, out, _ = framing("score", source, tmp_path / "out", "--workers", 1, "--json")
    assert json.loads(out)["counts"]["documents"] == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--workers", -1], "one worker or more"),
        (["--part-rows", -1], "one row a part or more"),
        (["--model", "models:/none@champion"], "a model at models:/none@champion"),
    ],
)
def test_mistakes_are_one_line(framing, champion, tmp_path, words, message):  # noqa: F811 - the fixture
    one_line(framing("score", write_lines(tmp_path / "in.jsonl", texts(1)), tmp_path / "out", *words), message)


def test_input_that_is_not_there_or_of_another_form_is_one_line(framing, champion, tmp_path):  # noqa: F811
    one_line(framing("score", tmp_path / "none.jsonl", tmp_path / "out"), "no file")
    one_line(framing("score", write_lines(tmp_path / "a.txt", ["x"]), tmp_path / "out"), "a file among")
