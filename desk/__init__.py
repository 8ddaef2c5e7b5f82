"""The analysts' web page and API."""
