"""What a WSGI server serves. The workspace is the one `OARLOCK_HOME` names.

What arrives from outside is answered at its own doors, before Django (`web.arrivals.door`).

Promise: every view and its libraries are loaded before the first request is taken, so that nobody waits for them.
"""

import os

from django.core.wsgi import get_wsgi_application
from django.template.loader import get_template
from django.urls import get_resolver

from oarlock.store.opening import SETTINGS

os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
pages = get_wsgi_application()

from oarlock.web.arrivals.door import before  # noqa: E402  # its modules have tables: Django has to be ready

application = before(pages)
assert get_resolver().url_patterns, "no address leads anywhere"
get_template("web/base.html")
