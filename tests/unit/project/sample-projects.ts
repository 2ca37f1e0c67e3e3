import { mkdtempSync } from "node:fs";
import * as path from "node:path";

import { writeFiles } from "../../support/directory";

/** What `django-admin startproject mysite` makes of what is looked at, in a folder of its own below `root`. */
export function startProject(root: string, files: Readonly<Record<string, string>> = {}, name = "mysite"): string {
  return project(root, {
    "manage.py": managePy(`${name}.settings`),
    [`${name}/__init__.py`]: "",
    [`${name}/settings.py`]: SETTINGS.replaceAll("mysite", name),
    [`${name}/urls.py`]: URLS,
    [`${name}/wsgi.py`]: entry("wsgi", `${name}.settings`),
    [`${name}/asgi.py`]: entry("asgi", `${name}.settings`),
    "requirements.txt": "Django==5.2.1\n",
    ...files,
  });
}

/** A folder with these files. */
export function project(root: string, files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(path.join(root, "project-"));
  writeFiles(directory, files);
  return directory;
}

/** manage.py with its default settings. */
export function managePy(settings: string): string {
  return `#!/usr/bin/env python\n"""Django's command-line utility for administrative tasks."""\nimport os\nimport sys\n\n\ndef main():\n    os.environ.setdefault('DJANGO_SETTINGS_MODULE', '${settings}')\n    from django.core.management import execute_from_command_line\n    execute_from_command_line(sys.argv)\n`;
}

/** wsgi.py or asgi.py. */
export function entry(kind: "wsgi" | "asgi", settings: string): string {
  return `import os\n\nfrom django.core.${kind} import get_${kind}_application\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "${settings}")\n\napplication = get_${kind}_application()\n`;
}

export const SETTINGS = `from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent

# SECURITY WARNING: keep the secret key used in production secret!
SECRET_KEY = 'django-insecure-x'
DEBUG = True
ALLOWED_HOSTS = []

INSTALLED_APPS = [
    'django.contrib.admin',
    'django.contrib.staticfiles',
]

ROOT_URLCONF = 'mysite.urls'
WSGI_APPLICATION = 'mysite.wsgi.application'
STATIC_URL = 'static/'
`;

const URLS = `"""
    path('example/', admin.site.urls)
"""
from django.contrib import admin
from django.urls import path

urlpatterns = [
    path('admin/', admin.site.urls),
]
`;
