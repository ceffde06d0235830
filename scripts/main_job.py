"""The main job: gold to champion to labelled articles. `make run` calls it; what is unchanged is reused.

python scripts/main_job.py [--samples DIR]
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
MODELS = ("prior", "metadata", "topic", "entity", "rules", "linear", "minilm")
NEXT = """
Next:
  .venv/bin/mlflow ui --backend-store-uri sqlite:///{store}   # compare the runs at http://127.0.0.1:5000
  .venv/bin/framing predict my_article.txt                    # label a text of your own
  .venv/bin/framing serve                                     # answer POST /v1/predict at http://127.0.0.1:8000"""


def main(samples: Path) -> None:
    from framing import config, pipeline
    from framing.answer import answer, to_documents
    from framing.cli.decisions import decision_sheet
    from framing.cli.output import print_answer, say, show
    from framing.data.articles import read_articles
    from framing.data.gold import compile_folder
    from framing.evaluation.sheet import score_sheet
    from framing.tracking import store
    from framing.tracking.registry import load

    say(compile_folder(ROOT / "data/conflict_frames", "conflict"))
    configs = [config.load(ROOT / f"configs/train/{name}.yaml") for name in MODELS]
    outcomes = [pipeline.train(each, reuse=True, say=say) for each in configs]
    best, entry = pipeline.crown(outcomes)
    show(score_sheet([o.test for o in outcomes if o is not best] + [best.test], best.ceilings))
    show(f"The gate on {best.config.run}, the run with the best validation mean AP:")
    show(decision_sheet(entry))
    articles = [a for path in sorted(samples.glob("*.txt")) for a in read_articles(str(path))]
    print_answer(answer(load("models:/framing@champion"), to_documents(articles)), "pretty")
    show(NEXT.format(store=store.home() / store.DATABASE))


if __name__ == "__main__":
    from framing.errors import FramingError

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=Path, default=ROOT / "data/samples", help="folder of .txt files to label")
    try:
        main(parser.parse_args().samples)
    except FramingError as error:
        print(f"framing: {error}", file=sys.stderr)
        sys.exit(2)
