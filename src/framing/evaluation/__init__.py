"""What a model is worth: metrics, intervals, reports, plots, cards. Pure functions of arrays and values."""
