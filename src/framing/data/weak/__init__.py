"""Weak labels: functions that vote on a sentence, and how their votes become labels."""
