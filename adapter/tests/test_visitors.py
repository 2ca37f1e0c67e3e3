"""Whose address a request comes from."""

import random
import sys
import unittest
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from unittest import mock

import projects  # noqa: F401  # has the adapter found

# The Docker network, the edge's tunnel address, and a provider before it.
TRUSTED = ["172.20.0.0/24", "10.77.0.1", "162.158.0.0/15", "2400:cb00::/32", "2001:db8::7"]


class VisitorTest(unittest.TestCase):
    def setUp(self) -> None:
        from homeport_django.visitors import Proxies

        self.proxies = Proxies(TRUSTED)

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

    def test_nothing_a_visitor_sends_changes_who_the_visitor_is(self):
        chance = random.Random(20261121)
        for _ in range(2000):
            visitor = self.outsider(chance)
            forged = ",".join(self.junk(chance) for _ in range(chance.randrange(6)))
            passed = [self.insider(chance) for _ in range(chance.randrange(4))]
            forwarded = chance.choice((",", ", ")).join([*([forged] if forged else []), visitor, *passed])
            with self.subTest(forwarded=forwarded):
                self.assertEqual(self.proxies.visitor(self.insider(chance), forwarded), str(ip_address(visitor)))

    def test_nobody_but_a_proxy_of_ours_is_believed(self):
        chance = random.Random(20261121)
        for _ in range(500):
            peer, forwarded = self.outsider(chance), ",".join(self.junk(chance) for _ in range(3))
            with self.subTest(peer=peer, forwarded=forwarded):
                meta = {"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": forwarded}
                self.proxies.put_right(meta)
                self.assertEqual(meta, {"REMOTE_ADDR": peer})

    @staticmethod
    def outsider(chance: random.Random) -> str:
        """An address, in any of its spellings, that is no proxy of ours."""
        while True:
            address = chance.choice((IPv4Address(chance.getrandbits(32)), IPv6Address(chance.getrandbits(128))))
            if not address.is_loopback and not any(address in ip_network(network) for network in TRUSTED):
                return chance.choice((str(address), address.exploded, str(address).upper()))

    @staticmethod
    def insider(chance: random.Random) -> str:
        network = ip_network(chance.choice(TRUSTED))
        return str(network[chance.randrange(network.num_addresses)])

    @classmethod
    def junk(cls, chance: random.Random) -> str:
        """What somebody may write into the header: addresses of ours and of others, and no addresses at all."""
        words = ("", " ", "unknown", "127.0.0.1", "::1", "_hidden", "[::1]:80", "1.2.3.4:5", "fe80::1%25", "%00")
        return chance.choice((cls.outsider(chance), cls.insider(chance), chance.choice(words)))

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

    def test_a_question_of_the_proxy_in_front_of_another_one_has_no_visitor(self):
        from homeport_django.visitors import Proxies, asked_directly

        proxies = Proxies(["172.20.0.0/24", "10.77.0.1", "173.245.48.0/20"])
        by = {"REMOTE_ADDR": "172.20.0.5"}
        self.assertTrue(asked_directly({**by, "HTTP_X_FORWARDED_FOR": "10.77.0.1"}, proxies))
        # A visitor of the home network, one of a proxy on the internet, and one who claims to be the proxy.
        for forwarded_for in ("192.168.77.5", "173.245.48.9", "10.77.0.1, 198.51.100.7", ""):
            self.assertFalse(asked_directly({**by, "HTTP_X_FORWARDED_FOR": forwarded_for}, proxies), forwarded_for)

    def test_a_server_that_drops_the_headers_is_told_not_to(self):
        from homeport_django.visitors import have_headers_passed_on

        waitress = mock.Mock(Adjustments=type("Adjustments", (), {"clear_untrusted_proxy_headers": True}))
        with mock.patch.dict(sys.modules, {"waitress.adjustments": waitress}):
            have_headers_passed_on()
        self.assertFalse(waitress.Adjustments.clear_untrusted_proxy_headers)


if __name__ == "__main__":
    unittest.main()
