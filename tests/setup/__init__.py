"""What `make test` brings along: system packages, a PostgreSQL of its own, a Chromium."""
