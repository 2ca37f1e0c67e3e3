"""What the environment says of an object storage, and which addresses browsers may load from."""

import os
from dataclasses import replace
from unittest import mock

from django.core.exceptions import ImproperlyConfigured
from django.test import SimpleTestCase

from mysite import object_storage
from mysite.middleware import content_security_policy
from weblog.tests.factories import STORAGE


class StorageSettingsTest(SimpleTestCase):
    def test_the_origins_are_those_of_the_addresses_in_use(self):
        s3_origin, cdn = "https://s3.lab.test", "https://cdn.lab.test"
        cases = (
            (STORAGE, [s3_origin]),
            (replace(STORAGE, public=f"{cdn}/site"), [cdn]),
            (replace(STORAGE, signed=True, public=None), [s3_origin]),
            (replace(STORAGE, signed=True, public=cdn), [s3_origin, cdn]),
        )
        for storage, origins in cases:
            with self.subTest(storage=storage):
                self.assertEqual(storage.origins, origins)
        for directive in ("script-src", "style-src", "img-src", "font-src"):
            self.assertIn(f"{directive} 'self' {cdn};", content_security_policy([cdn]))
        self.assertIn("connect-src 'self';", content_security_policy([cdn]))

    def test_the_environment_says_where_it_is(self):
        keys = {"STORAGE_ACCESS_KEY": "key", "STORAGE_SECRET_KEY": "geheim"}
        given = {**keys, "STORAGE_ENDPOINT": "https://s3.lab.test/", "STORAGE_BUCKET": "weblog", "STORAGE_REGION": "eu"}
        public = {"STORAGE_PUBLIC_URL": "https://cdn.lab.test/site"}
        cases = (
            ({}, None),
            (given, STORAGE),
            (given | {"STORAGE_SIGNED": "true"}, replace(STORAGE, signed=True, public=None)),
            (given | public, replace(STORAGE, public="https://cdn.lab.test/site")),
            (given | {"STORAGE_ACL": "public-read"}, replace(STORAGE, acl="public-read")),
            (
                given | public | {"STORAGE_SIGNED": "true"},
                replace(STORAGE, signed=True, public="https://cdn.lab.test/site"),
            ),
        )
        for environment, expected in cases:
            with self.subTest(environment), mock.patch.dict(os.environ, environment):
                self.assertEqual(object_storage.configured(), expected)
        self.assertNotIn("geheim", repr(STORAGE))

    def test_what_is_missing_or_wrong_is_told(self):
        endpoint = {"STORAGE_ENDPOINT": "https://s3.lab.test"}
        bucket = endpoint | {"STORAGE_BUCKET": "weblog"}
        cases = (
            ({"STORAGE_ENDPOINT": "s3.lab.test"}, "STORAGE_ENDPOINT is 's3.lab.test': expected an address like"),
            ({"STORAGE_ENDPOINT": "https://s3.lab.test:x"}, "STORAGE_ENDPOINT is"),
            (endpoint, "STORAGE_BUCKET is empty"),
            (bucket | {"STORAGE_CA_FILE": "/nowhere"}, "STORAGE_CA_FILE is '/nowhere': there is no such file."),
            (bucket | {"STORAGE_PUBLIC_URL": "/static"}, "STORAGE_PUBLIC_URL is '/static'"),
            (bucket | {"STORAGE_SIGNED": "maybe"}, "STORAGE_SIGNED is 'maybe'"),
            (bucket | {"STORAGE_ACL": "private"}, "STORAGE_ACL is 'private': expected public-read or nothing."),
            (bucket, "There is no /run/secrets/storage_access_key"),
        )
        for environment, sentence in cases:
            with self.subTest(sentence), mock.patch.dict(os.environ, environment):
                with self.assertRaisesMessage(ImproperlyConfigured, sentence):
                    object_storage.configured()
