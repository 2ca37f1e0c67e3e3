"""Who is asking, and how: what proxies of ours say is believed, what came from outside is not."""

import json
import random
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.test import SimpleTestCase, TestCase, override_settings

from mysite.logs import JsonFormatter
from mysite.middleware import client_address

PROXY = "172.20.0.2"
INGRESS = "10.77.0.1"
VISITOR = "198.51.100.30"
# The Docker network, the ingress's tunnel address, and a provider before it.
TRUSTED = [ip_network(text) for text in ("172.20.0.0/24", "10.77.0.1/32", "162.158.0.0/15", "2400:cb00::/32")]


@override_settings(TRUSTED_PROXIES=TRUSTED)
class ClientAddressTest(SimpleTestCase):
    def test_the_last_entry_that_is_no_proxy_of_ours_is_the_visitor(self):
        cases = (
            (PROXY, VISITOR, VISITOR),
            (PROXY, f"6.6.6.6, {VISITOR}", VISITOR),
            (PROXY, f"6.6.6.6, {VISITOR}, {INGRESS}", VISITOR),
            (PROXY, f"6.6.6.6,{VISITOR},162.158.9.9,{INGRESS}", VISITOR),
            (PROXY, f"{VISITOR}, 2400:cb00::1", VISITOR),
            (PROXY, "2001:db8::7", "2001:db8::7"),
            (PROXY, f"::ffff:{VISITOR}, ::ffff:{INGRESS}", VISITOR),
            (f"::ffff:{PROXY}", VISITOR, VISITOR),
            # Only proxies: a health check of the ingress itself.
            (PROXY, INGRESS, INGRESS),
            (PROXY, "", PROXY),
            (PROXY, "not-an-address", PROXY),
            (PROXY, f"{VISITOR}, not-an-address, {INGRESS}", INGRESS),
            (PROXY, f"{VISITOR}, {INGRESS}, ", PROXY),
            (PROXY, f"{VISITOR}:4711", PROXY),
            (PROXY, "fe80::1%eth0", PROXY),
            ("10.77.0.2", VISITOR, None),
            ("10.9.9.9", VISITOR, None),
            ("", VISITOR, None),
            ("unix:", VISITOR, None),
        )
        for peer, forwarded, expected in cases:
            with self.subTest(peer=peer, forwarded=forwarded):
                self.assertEqual(client_address(peer, forwarded), expected)

    def test_nothing_a_visitor_sends_changes_who_the_visitor_is(self):
        chance = random.Random(20261121)
        for _ in range(2000):
            visitor = self.outsider(chance)
            forged = ",".join(self.junk(chance) for _ in range(chance.randrange(6)))
            passed = [self.insider(chance) for _ in range(chance.randrange(4))]
            forwarded = chance.choice((",", ", ")).join([*([forged] if forged else []), visitor, *passed])
            with self.subTest(forwarded=forwarded):
                self.assertEqual(client_address(self.insider(chance), forwarded), str(ip_address(visitor)))

    def test_nobody_but_a_proxy_of_ours_is_believed(self):
        chance = random.Random(20261121)
        for _ in range(500):
            peer, forwarded = self.outsider(chance), ",".join(self.junk(chance) for _ in range(3))
            with self.subTest(peer=peer, forwarded=forwarded):
                self.assertIsNone(client_address(peer, forwarded))

    @staticmethod
    def outsider(chance: random.Random) -> str:
        """An address, in any of its spellings, that is no proxy of ours."""
        while True:
            address = chance.choice((IPv4Address(chance.getrandbits(32)), IPv6Address(chance.getrandbits(128))))
            if not any(address in network for network in TRUSTED):
                return chance.choice((str(address), address.exploded, str(address).upper()))

    @staticmethod
    def insider(chance: random.Random) -> str:
        network = chance.choice(TRUSTED)
        return str(network[chance.randrange(network.num_addresses)])

    @classmethod
    def junk(cls, chance: random.Random) -> str:
        """What somebody may write into the header: addresses of ours and of others, and no addresses at all."""
        words = ("", " ", "unknown", "127.0.0.1", "::1", "_hidden", "[::1]:80", "1.2.3.4:5", "fe80::1%25", "%00")
        return chance.choice((cls.outsider(chance), cls.insider(chance), chance.choice(words)))


@override_settings(TRUSTED_PROXIES=TRUSTED)
class RequestTest(TestCase):
    def logged(self, **meta) -> dict:
        with self.assertLogs("mysite.request") as logs:
            self.client.get("/?token=secret", **meta)
        return json.loads(JsonFormatter().format(logs.records[0]))

    def test_the_log_line_has_the_visitor_and_no_query(self):
        line = self.logged(REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=VISITOR, HTTP_X_FORWARDED_PROTO="https")
        self.assertEqual(line["event"], "request")
        self.assertEqual((line["method"], line["path"], line["status"], line["client"]), ("GET", "/", 200, VISITOR))
        self.assertNotIn("secret", json.dumps(line))

    def test_headers_of_others_than_the_proxy_do_nothing(self):
        line = self.logged(REMOTE_ADDR="10.9.9.9", HTTP_X_FORWARDED_FOR=VISITOR, HTTP_X_FORWARDED_PROTO="https")
        self.assertEqual((line["status"], line["client"]), (301, "10.9.9.9"))

    def test_the_scheme_is_believed_of_a_proxy_and_only_when_it_is_one_word(self):
        for scheme, status in (("https", 200), ("http", 301), ("", 301), ("https,http", 301), ("https, https", 301)):
            with self.subTest(scheme):
                trusted = {"REMOTE_ADDR": PROXY, "HTTP_X_FORWARDED_FOR": VISITOR, "HTTP_X_FORWARDED_PROTO": scheme}
                self.assertEqual(self.client.get("/", **trusted).status_code, status)

    def test_a_script_name_is_refused(self):
        trusted = {"REMOTE_ADDR": PROXY, "HTTP_X_FORWARDED_FOR": VISITOR, "HTTP_X_FORWARDED_PROTO": "https"}
        for header in ("SCRIPT_NAME", "HTTP_SCRIPT_NAME", "HTTP_PATH_INFO"):
            with self.subTest(header):
                self.assertEqual(self.client.get("/x/admin/", **trusted, **{header: "/x"}).status_code, 400)
