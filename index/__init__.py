"""What lands, into the stores: SQLite (embedded) and Elasticsearch."""
