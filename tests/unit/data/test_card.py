import pytest

from framing.data.corpora.card import check_counts
from framing.data.corpora.ptc import CARD
from framing.errors import FramingError


def test_only_counts_of_the_card_that_were_taken_are_compared(tmp_path):
    check_counts(CARD, tmp_path, {"train articles": 371, "sentences": 5})

    with pytest.raises(FramingError, match=r"\{'train articles': 371\}.*found \{'train articles': 370\}"):
        check_counts(CARD, tmp_path, {"train articles": 370})
