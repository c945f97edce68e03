"""Figures as a person reads them: numerals and words, what each number is, and charts as Vega-Lite data.

Terminal, page and mail take them from here, so that no two of them round differently. Colour is spent on people only.
"""
