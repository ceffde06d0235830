import pytest

from framing import config as configs
from framing import seeds
from framing.errors import FramingError
from framing.tracking import store as tracking


def quiet(line):
    pass


def test_each_seed_is_a_run_nested_in_one_with_mean_and_deviation(made):
    found = seeds.train(made("entity", "run=e"), [13, 14, 15], say=quiet)

    client = tracking.connect()
    outer = client.get_run(found.run_id)
    inner = [client.get_run(outcome.run_id) for outcome in found.outcomes]
    assert [run.data.tags["mlflow.parentRunId"] for run in inner] == [found.run_id] * 3
    assert [(run.info.run_name, run.data.params["seed"]) for run in inner] == [
        ("e-13", "13"),
        ("e-14", "14"),
        ("e-15", "15"),
    ]
    values = [outcome.test.macro_f1.value for outcome in found.outcomes]
    mean = sum(values) / 3
    assert outer.data.metrics["test/macro_f1_mean"] == pytest.approx(mean)
    assert outer.data.metrics["test/macro_f1_sd"] == pytest.approx((sum((v - mean) ** 2 for v in values) / 2) ** 0.5)
    assert outer.info.status == "FINISHED"
    assert "| mean " in outer.data.tags["mlflow.note.content"]


def test_a_seed_that_fails_fails_the_outer_run_and_keeps_the_others(made, monkeypatch):
    from framing import pipeline

    whole = pipeline.train

    def train(config, **more):
        if config.seed == 14:
            raise FramingError(expected="a", found="b", fix="c")
        return whole(config, **more)

    monkeypatch.setattr(pipeline, "train", train)
    with pytest.raises(FramingError):
        seeds.train(made("prior"), [13, 14], say=quiet)

    client = tracking.connect()
    runs = client.search_runs([tracking.experiment(client, "framing")])
    assert sorted((run.info.run_name, run.info.status) for run in runs) == [("toy", "FAILED"), ("toy-13", "FINISHED")]


@pytest.mark.parametrize("wrong", [[13], [13, 13]])
def test_one_seed_or_the_same_twice_is_refused(made, wrong):
    with pytest.raises(FramingError, match="two or more different seeds"):
        seeds.train(made("prior"), wrong)


@pytest.mark.parametrize("text", ["", "13,", "a", "1.5,2", "-1,2"])
def test_seeds_are_whole_numbers_parted_by_commas(text):
    assert configs.seeds_in("13, 14") == [13, 14]
    with pytest.raises(FramingError, match="whole numbers parted by commas"):
        configs.seeds_in(text)
