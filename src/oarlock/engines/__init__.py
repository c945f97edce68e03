"""DuckDB and the lake on disk: open it, bring files in, hand it to the measuring rooms as Ibis tables."""
