"""What SQLite and PostgreSQL say differently: a class `Ops` of SQL primitives per dialect.

`Database.ops` is one of them. Values are raw columns as `engine.values` stores them:
decimals are scaled integers, dates day numbers, timestamps microseconds, lists canonical JSON.
"""
