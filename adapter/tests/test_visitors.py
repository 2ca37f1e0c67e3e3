"""Whose address a request comes from."""

import sys
import unittest
from unittest import mock

import projects  # noqa: F401  # has the adapter found


class VisitorTest(unittest.TestCase):
    def setUp(self) -> None:
        from homeport_django.visitors import Proxies

        self.proxies = Proxies(["172.20.0.0/24", "2001:db8::7", "10.77.0.1"])

    def test_entries_are_believed_from_the_end(self):
        for peer, forwarded_for, visitor in (
            ("172.20.0.5", "203.0.113.9", "203.0.113.9"),
            ("172.20.0.5", "1.1.1.1, 203.0.113.9", "203.0.113.9"),
            ("172.20.0.5", "1.1.1.1, 203.0.113.9, 10.77.0.1", "203.0.113.9"),
            ("172.20.0.5", "172.20.0.9", "172.20.0.9"),
            ("172.20.0.5", "203.0.113.9, unknown, 10.77.0.1", "10.77.0.1"),
            ("172.20.0.5", "2001:db8::1", "2001:db8::1"),
            ("2001:db8::7", "::ffff:203.0.113.9", "203.0.113.9"),
            ("172.20.0.5", "fe80::1%eth0", "172.20.0.5"),
            ("127.0.0.1", "203.0.113.9, 172.20.0.5", "203.0.113.9"),
            ("", "203.0.113.9", "203.0.113.9"),
        ):
            with self.subTest(peer=peer, forwarded_for=forwarded_for):
                meta = {"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": forwarded_for}
                self.proxies.put_right(meta)
                self.assertEqual(meta["REMOTE_ADDR"], visitor)
                self.assertIn("HTTP_X_FORWARDED_FOR", meta)

    def test_nobody_else_is_believed(self):
        for peer in ("203.0.113.5", "172.20.1.5", "2001:db8::8", "nonsense"):
            meta = {
                "REMOTE_ADDR": peer,
                "HTTP_X_FORWARDED_FOR": "1.1.1.1",
                "HTTP_X_FORWARDED_PROTO": "https",
                "HTTP_FORWARDED": "for=1.1.1.1",
            }
            self.proxies.put_right(meta)
            self.assertEqual(meta, {"REMOTE_ADDR": peer})

    def test_of_a_list_of_schemes_none_is_believed(self):
        meta = {"REMOTE_ADDR": "172.20.0.5", "HTTP_X_FORWARDED_PROTO": "https, http"}
        self.proxies.put_right(meta)
        self.assertEqual(meta, {"REMOTE_ADDR": "172.20.0.5"})

    def test_a_question_of_the_proxy_itself_has_no_visitor(self):
        from homeport_django.visitors import asked_directly

        self.assertTrue(asked_directly({"REMOTE_ADDR": "172.20.0.5"}, self.proxies))
        self.assertTrue(asked_directly({"REMOTE_ADDR": "127.0.0.1"}, self.proxies))
        self.assertFalse(asked_directly({"REMOTE_ADDR": "172.20.0.5", "HTTP_X_FORWARDED_FOR": "1.1.1.1"}, self.proxies))
        self.assertFalse(asked_directly({"REMOTE_ADDR": "172.20.0.5", "HTTP_X_REAL_IP": "1.1.1.1"}, self.proxies))
        self.assertFalse(asked_directly({"REMOTE_ADDR": "203.0.113.5"}, self.proxies))

    def test_a_server_that_drops_the_headers_is_told_not_to(self):
        from homeport_django.visitors import have_headers_passed_on

        waitress = mock.Mock(Adjustments=type("Adjustments", (), {"clear_untrusted_proxy_headers": True}))
        with mock.patch.dict(sys.modules, {"waitress.adjustments": waitress}):
            have_headers_passed_on()
        self.assertFalse(waitress.Adjustments.clear_untrusted_proxy_headers)


if __name__ == "__main__":
    unittest.main()
