"""What a WSGI server serves. The workspace is the one `OARLOCK_HOME` names."""

import os

from django.core.wsgi import get_wsgi_application

from oarlock.store.opening import SETTINGS

os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
application = get_wsgi_application()
