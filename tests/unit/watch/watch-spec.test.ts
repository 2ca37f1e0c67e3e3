import { WatchSettings, watchSpec } from "../../../components/watch/watch-spec";

const SETTINGS: WatchSettings = {
  ...{ app: "blog", host: "pi", role: "server", owner: "homeport/dev", site: "www.example.org", path: "/" },
  ...{ address: "198.51.100.10", way: "on the internet", edge: "198.51.100.10", proxied: false, trusted: true },
  ...{ tunnel: "wg0", engine: true, slowSeconds: 5, quietHours: null, heartbeat: null },
};

const file = (urls: string | undefined, path: string): string =>
  watchSpec(SETTINGS, urls).files.find((one) => one.path === path)?.text ?? "";

test("who is told is a line each, however the setting separates them", () => {
  expect(file("ntfy://a/b  mailtos://c\n json://d ", "/etc/homeport/watch/blog.urls")).toBe(
    "ntfy://a/b\nmailtos://c\njson://d\n",
  );
  expect(file(undefined, "/etc/homeport/watch/blog.urls")).toBe("");
});

test("what has a secret can be read by root alone", () => {
  const modes = watchSpec(SETTINGS, "ntfy://a/b").files.filter(({ path }) => path.startsWith("/etc/homeport/watch/"));
  expect(modes.map(({ mode }) => mode)).toEqual(["0600", "0600"]);
});

test("the program gets every setting that it reads", () => {
  const read = JSON.parse(file(undefined, "/etc/homeport/watch/blog.json")) as object;
  const program = file(undefined, "/usr/local/lib/homeport/watch");
  const asked = [...program.matchAll(/settings\["(\w+)"\]/g)].map(([, name]) => name);
  expect(asked.length).toBeGreaterThan(10);
  expect(asked.filter((name) => name !== undefined && !(name in read))).toEqual([]);
});
