"""Framing in war reporting: train, judge and serve classifiers that say which words frame, and who is speaking."""
