"""Train the scikit-learn baseline; for schedulers. Arguments are `key=value` overrides.

python scripts/train_linear.py [key=value ...]
"""

import sys
from pathlib import Path

from framing.cli.main import run

CONFIG = Path(__file__).parents[1] / "configs/train/linear.yaml"

if __name__ == "__main__":
    sys.argv[1:1] = ["train", str(CONFIG)]
    run()
