"""From feed to Article: fetching, parsing, scheduling."""
