"""The demo company, Brightwater Robotics: a maker of warehouse robots, eighteen months of its history, any size.

`make` writes its files; the same seed and size give the same bytes on any machine.
"""

from oarlock.demo.making import AGREEMENTS, Made, MadeFile, Progress, make

__all__ = ["AGREEMENTS", "Made", "MadeFile", "Progress", "make"]
