"""The pages of one area: views, addresses, forms."""
