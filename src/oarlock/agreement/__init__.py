"""The agreement: read, check, seal into terms; evaluate, explain and compare them.

    read(path) -> Draft;  check(draft) -> list[Finding];  seal(draft) -> Terms

`tree` has the closed tree every rule is reduced to, `terms` the frozen agreement the other rooms read.
"""
