"""Classifiers, their calibration, and how they are kept. torch and transformers are imported here only."""
