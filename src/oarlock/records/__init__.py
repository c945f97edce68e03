"""People, accounts, opportunities, touches: the shapes everything above shares. Standard library only.

`shapes` lists the lake's tables with their columns; `facts` has what happened, one type a kind.
"""
