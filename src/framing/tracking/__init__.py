"""MLflow: the store, runs, packaging and the registry. mlflow is imported here only."""
