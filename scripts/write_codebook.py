"""Write docs/codebook.md from the taxonomy.

python scripts/write_codebook.py
"""

from pathlib import Path

from framing import taxonomy
from framing.data.files import write_text
from framing.evaluation.codebook import codebook

if __name__ == "__main__":
    write_text(Path(__file__).parents[1] / "docs/codebook.md", codebook(taxonomy.load("conflict")))
