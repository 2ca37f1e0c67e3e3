"""What Gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mysite.settings")
# A page that waits longer for its database has no reader any more; commands such as migrate have no such limit.
os.environ.setdefault("DATABASE_STATEMENT_SECONDS", "30")

application = get_wsgi_application()
