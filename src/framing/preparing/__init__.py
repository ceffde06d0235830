"""Training data larger than memory, made by the engine that scores: weak labels, near-duplicates, splits."""
