"""From raw texts and corpora to datasets: articles, sentences, voice, gold mark-up, splits."""
