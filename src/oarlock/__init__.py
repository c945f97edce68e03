"""Oarlock: where a company's sales and marketing teams pull together."""
