"""The served model over HTTP. fastapi is imported here only."""
