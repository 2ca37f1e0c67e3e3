import { readableLine } from "../../../commands/log-lines";

const AT = { time: "2026-12-01T14:02:33.123+00:00", level: "info", logger: "homeport_django.request" };

test("a request is one short line", () => {
  const request = { method: "GET", path: "/posts/", status: 200, ms: 12.4, client: "198.51.100.7" };
  expect(readableLine(JSON.stringify({ ...AT, event: "request", ...request }))).toBe(
    "12-01 14:02:33 200 GET /posts/ 12 ms 198.51.100.7",
  );
});

test("anything else is its level, its logger and its message, with what it has besides", () => {
  const line = { ...AT, level: "error", logger: "shop", event: "no stock", order: 7, item: "duck" };
  expect(readableLine(JSON.stringify(line))).toBe("12-01 14:02:33 ERROR shop: no stock order=7 item=duck");
});

test("a traceback is below its message", () => {
  const line = { ...AT, level: "error", logger: "django", event: "failed", traceback: "Traceback:\nKeyError: 'x'" };
  expect(readableLine(JSON.stringify(line))).toBe("12-01 14:02:33 ERROR django: failed\n  Traceback:\n  KeyError: 'x'");
});

test.each(["", "plain text", "{not json", '{"some": "json"}', "[1]"])("%j stays as it is", (line) => {
  expect(readableLine(line)).toBe(line);
});
