"""Where the corpora that may be had without registration are fetched from: pinned commits, SHA-256, sizes.

Each hash is that of the file at the commit. A newer commit is another version of the corpus: change the card with it.
"""

from collections.abc import Mapping

from framing.data.download import Download

RAW = "https://raw.githubusercontent.com"
BABE = (
    f"{RAW}/Media-Bias-Group/Neural-Media-Bias-Detection-Using-Distant-Supervision-With-BABE/"
    "fb79f646dcabf1746f5ebedc06ed8dd61ba78188"
)
FIGNEWS = f"{RAW}/CAMeL-Lab/FIGNEWS-2024/11c81bc07e82b1141714cf022b8c6a23e4f0210b"
NEWSWCL50 = f"{RAW}/fhamborg/NewsWCL50/f9513ae78648aa4b1c59da8003f1989867ccaf20"
UNLP = f"{RAW}/unlp-workshop/unlp-2025-shared-task/f39ef3247a63785e1a16f7474e1416716a1f8436"

POSTS = (
    Download(
        f"{FIGNEWS}/data/FIGNEWS-2024-ALL-CLEAN-FLAT.tsv",
        "6cbc417e4c358bda012faac3e88678b400f9559151fa5e7ef986dce2022f071c",
        688_121,
        place="data/FIGNEWS-2024-ALL-CLEAN-FLAT.tsv",
    ),
    Download(
        f"{FIGNEWS}/data/FIGNEWS-2024-TEXT-IAA.tsv",
        "7d45db79d8988ad580dbe2375cdb9b11bf7f1a7e9a4884b46d53228194706b36",
        2_097_587,
        place="data/FIGNEWS-2024-TEXT-IAA.tsv",
    ),
)

DOWNLOADS: Mapping[str, tuple[Download, ...]] = {
    "babe": (
        Download(
            f"{BABE}/data/final_labels_SG2.csv",
            "c02ebe82a8411f15e9dc63afed27826d61b84df56b5e1511f0f40bf8a688aeaf",
            1_455_879,
        ),
    ),
    "babe_sg1": (
        Download(
            f"{BABE}/data/final_labels_SG1.csv",
            "aa9c30d3a2ce8836552564424229df182f73ff10fcbe1572a663154f0ace18e8",
            706_339,
        ),
    ),
    "fignews2024": POSTS,
    "fignews2024_bias": POSTS,
    "newswcl50": (
        Download(
            f"{NEWSWCL50}/Annotations.csv",
            "50ee5104a62ce2c294f42cf8ba512b0ed5ea38b46546ec0d331237b57d9310eb",
            588_034,
        ),
    ),
    "unlp2025": (
        Download(
            f"{UNLP}/data/span_detection/train.parquet",
            "99e9a9d9e0b376026ea8c28461ad4a5dd3e0b223d640510c9107278d46c19e36",
            2_532_203,
            place="data/span_detection/train.parquet",
        ),
    ),
}
"""By corpus, laid out as its `parse` reads them; a card's own `downloads` come first."""
