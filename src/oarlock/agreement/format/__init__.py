"""The agreement's format as it is written: one pydantic model a section, strict, unknown keys refused.

`whole.Agreement` is the root. The models describe the text; the frozen `Terms` are made from them by `sealing`.
"""
