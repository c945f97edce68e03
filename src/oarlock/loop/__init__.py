"""Measuring: funnel, velocity, closed loop, drift and back-test. Tables in, tables and frozen figures out."""
