"""What a WSGI server serves. The workspace is the one `OARLOCK_HOME` names.

Promise: every view and its libraries are loaded before the first request is taken, so that nobody waits for them.
"""

import os

from django.core.wsgi import get_wsgi_application
from django.template.loader import get_template
from django.urls import get_resolver

from oarlock.store.opening import SETTINGS

os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
application = get_wsgi_application()
assert get_resolver().url_patterns, "no address leads anywhere"
get_template("web/base.html")
