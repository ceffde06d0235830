"""Train the encoder; for schedulers. Arguments are `key=value` overrides.

python scripts/train_encoder.py [key=value ...]
"""

import sys
from pathlib import Path

from framing.cli.main import run

CONFIG = Path(__file__).parents[1] / "configs/train/minilm.yaml"

if __name__ == "__main__":
    sys.argv[1:1] = ["train", str(CONFIG)]
    run()
