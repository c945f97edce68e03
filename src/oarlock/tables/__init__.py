"""The lake as Ibis tables, and agreement rules as Ibis expressions. Knows no engine and holds no connection."""
