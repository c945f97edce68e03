"""`python -m oarlock.cli`: the same as `oarlock`."""

import sys

from oarlock.cli import main

sys.exit(main())
