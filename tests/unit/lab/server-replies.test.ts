import type { HostName } from "../../../lab/hosts/name";
import type { Asked } from "../../../lab/stack/server-replies";
import { allReplied, repliesIn, repliesText, countReplies } from "../../../lab/stack/server-replies";

const ASKED: Asked = { client: "198.51.100.30", host: "www.weblog.test", path: "/" };

/** A line as Traefik 3.7 writes it, less what is not read. */
function line(change: object = {}): string {
  return JSON.stringify({
    ClientAddr: "198.51.100.30:40112",
    ClientHost: "198.51.100.30",
    DownstreamStatus: 200,
    RequestHost: "www.weblog.test",
    RequestMethod: "GET",
    RequestPath: "/",
    RouterName: "homeport-scale@file",
    ServiceAddr: "10.77.0.2:8444",
    ServiceURL: "https://10.77.0.2:8444",
    level: "info",
    ...change,
  });
}

const ADDRESSES = new Map<HostName, readonly string[]>([
  ["pi", ["127.0.0.1", "192.168.77.10", "10.77.0.2"]],
  ["one", ["127.0.0.1", "198.51.100.11", "10.77.0.23"]],
]);

describe("which server answered", () => {
  it("is read from the proxy's log, whose other lines do not count", () => {
    const log = [
      "2026-11-21T20:00:00Z INF Starting provider *file.Provider providerName=file",
      line(),
      line({ ClientHost: "192.168.77.10" }),
      line({ RequestHost: "weblog.test", DownstreamStatus: 301 }),
      line({ RequestPath: "/static/site.css" }),
      '"text"',
      line({ DownstreamStatus: 502, ServiceAddr: "10.77.0.23:8444" }),
      line({ DownstreamStatus: 404, ServiceAddr: undefined }),
      "",
    ].join("\n");
    expect(repliesIn(log, ASKED)).toEqual([
      { status: 200, address: "10.77.0.2:8444" },
      { status: 502, address: "10.77.0.23:8444" },
      { status: 404, address: "" },
    ]);
  });

  it("is recognized by its whole address in the tunnel", () => {
    const answered = [line(), line(), line({ ServiceAddr: "10.77.0.23:8444" })].flatMap((one) => repliesIn(one, ASKED));
    const answers = countReplies(answered, ADDRESSES);
    expect([answers.good, repliesText(answers)]).toEqual([3, "pi 2, one 1"]);
  });

  it.each([
    ["all are good and every server answered", 5, 5, 200, true],
    ["one of them failed", 5, 5, 502, false],
    ["a server stood aside", 10, 0, 200, false],
    ["one never arrived", 5, 4, 200, false],
  ])("is well where %s", (_, first, second, status, well) => {
    const answer = (address: string) => ({ status: 200, address });
    const answered = [
      ...Array.from({ length: first }, () => answer("10.77.0.2:8444")),
      ...Array.from({ length: second }, () => answer("10.77.0.23:8444")),
    ];
    answered[0] = { status, address: "10.77.0.2:8444" };
    expect(allReplied(countReplies(answered, ADDRESSES))).toBe(well);
  });
});
