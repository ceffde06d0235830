import pytest

from framing import config as configs
from framing.errors import FramingError
from tests.conftest import ROOT

FILES = sorted((ROOT / "configs/train").rglob("*.yaml"))


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "c.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


GOOD = "run: r\ndataset: d\nmodel:\n  kind: linear\n"


def test_some_configs_are_found():
    assert {"linear", "minilm", "deberta-v3-base", "modernbert-base", "roberta-base", "xlm-roberta-base", "smoke"} <= {
        path.stem for path in FILES
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_shipped_config_loads_and_says_how_it_is_run(path):
    text = path.read_text(encoding="utf-8")

    assert configs.load(path).run == path.stem
    assert text.startswith(f"# framing train configs/train/{path.name}")
    assert len(text.splitlines()) <= 40


def test_overrides_reach_into_sections(write):
    config = configs.load(write(GOOD), ["model.strength=2", "seed=7", "run=other"])

    assert (config.model.strength, config.seed, config.run) == (2.0, 7, "other")


@pytest.mark.parametrize(
    ("text", "overrides", "message"),
    [
        (GOOD + "sead: 3\n", [], "found 'sead'. The nearest known key is 'seed'"),
        (GOOD, ["model.strenght=3"], "found 'model.strenght'. The nearest known key is 'model.strength'"),
        (GOOD + "seed: many\n", [], "sound value for 'seed'.* found 'many'"),
        (GOOD, ["model.kind=lineer"], "sound value for 'model'"),
        (GOOD, ["seed"], "found 'seed'. Write key=value"),
        (GOOD, ["run.name=x"], "a section 'run'"),
        ("run: r\n", [], "sound value for 'dataset'"),
        ("- a\n", [], "keys and values .* found list"),
        ("a: [", [], "expected YAML in"),
    ],
)
def test_unsound_config_is_refused_in_one_line(write, text, overrides, message):
    with pytest.raises(FramingError, match=message) as caught:
        configs.load(write(text), overrides)
    assert "\n" not in str(caught.value)


def test_missing_file_and_other_encodings_are_refused(tmp_path):
    with pytest.raises(FramingError, match="found No such file"):
        configs.load(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"run: caf\xe9")
    with pytest.raises(FramingError, match="not UTF-8"):
        configs.load(tmp_path / "latin.yaml")


def test_every_key_is_documented():
    page = (ROOT / "docs/train.md").read_text(encoding="utf-8")

    assert [key for key in configs.known_keys() if f"`{key}`" not in page] == []


GATES = sorted((ROOT / "configs/gates").rglob("*.yaml"))


def test_every_shipped_policy_loads_and_gives_a_reason_for_every_value():
    assert [path.stem for path in GATES] == ["default"]
    for path in GATES:
        text = path.read_text(encoding="utf-8")
        assert configs.load_policy(str(path)) == configs.load_policy(path.stem)
        assert text.startswith(f"# framing promote RUN --policy configs/gates/{path.name}")
        blocks = [block for block in text.split("\n\n")[1:] if block.strip()]
        assert [block for block in blocks if not block.startswith("# ")] == []


def test_every_key_of_a_policy_is_needed_and_documented():
    page = (ROOT / "docs/promote.md").read_text(encoding="utf-8")

    assert [key for key in configs.policy_keys() if f"`{key}`" not in page] == []
    assert {"better.macro_f1", "sides.signed", "margin", "optional"} <= set(configs.policy_keys())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("margin: 0.05", "margins: 0.05"), "found 'margins'. The nearest known key is 'margin'"),
        (("  signed: 0.01", "  sign: 0.01"), "found 'sides.sign'. The nearest known key is 'sides.signed'"),
        (("margin: 0.05", ""), "sound value for 'margin' in .*, found none"),
        (("margin: 0.05", "margin: 2"), "sound value for 'margin'.* found 2"),
        (("margin: 0.05", "margin: .nan"), "sound value for 'margin'.* found nan"),
        (("optional: []", "optional: [leak]"), "sound value for 'optional.0'.* found 'leak'"),
        (("[metadata, linear]", "[linier]"), "sound value for 'beats.0'.* found 'linier'"),
    ],
)
def test_unsound_policy_is_refused_in_one_line(write, change, message):
    text = (ROOT / "configs/gates/default.yaml").read_text(encoding="utf-8")
    assert change[0] in text

    with pytest.raises(FramingError, match=message) as caught:
        configs.load_policy(str(write(text.replace(*change))))
    assert "\n" not in str(caught.value)


def test_unknown_policies_and_files_without_keys_are_refused(write, tmp_path):
    with pytest.raises(FramingError, match=r"a policy among \['default'\] or a .yaml file, found 'none'"):
        configs.load_policy("none")
    with pytest.raises(FramingError, match="See configs/gates for examples"):
        configs.load_policy(str(write("- a")))


def test_shipped_bounds_of_drift_load_give_a_reason_for_every_value_and_are_documented():
    (path,) = (ROOT / "configs/monitor").rglob("*.yaml")
    text, page = path.read_text(encoding="utf-8"), (ROOT / "docs/monitor.md").read_text(encoding="utf-8")

    bounds = configs.load_bounds(str(path))
    assert bounds == configs.load_bounds()
    assert text.startswith(f"# framing monitor LOG --config configs/monitor/{path.name}")
    assert [block for block in text.split("\n\n")[1:] if not block.startswith("# ")] == []
    assert [f"| `{key}` | {value:g} |" in page for key, value in bounds.model_dump().items()] == [True] * 4


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("p: 0.01", "q: 0.01"), "found 'q'. The nearest known key is"),
        (("p: 0.01", ""), "sound value for 'p' in .*, found none"),
        (("drift: 0.25", "drift: 0.05"), "watch must not be above drift"),
        (("sentences: 100", "sentences: 0"), "sound value for 'sentences'.* found 0"),
    ],
)
def test_unsound_bounds_are_refused_in_one_line(write, change, message):
    text = (ROOT / "configs/monitor/default.yaml").read_text(encoding="utf-8")
    assert change[0] in text

    with pytest.raises(FramingError, match=message) as caught:
        configs.load_bounds(str(write(text.replace(*change))))
    assert "\n" not in str(caught.value)


def test_unknown_bounds_are_refused():
    with pytest.raises(FramingError, match=r"a set of bounds among \['default'\] or a .yaml file, found 'none'"):
        configs.load_bounds("none")
