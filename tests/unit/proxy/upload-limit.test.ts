import { largerThan, uploadLimit } from "../../../components/proxy/upload-limit";

const LIMIT = { app: "blog", entryPoints: ["websecure"], names: "(Host(`www.example.org`))", megabytes: 4096 };

interface Router {
  readonly rule: string;
  readonly priority: number;
  readonly middlewares: readonly string[];
}

test("a body of exactly 4 GiB is accepted, and a larger one is not", () => {
  const four = 4 * 2 ** 30;
  const { rule } = uploadLimit(LIMIT).routers["blog-too-large"] as Router;
  const [, pattern = ""] =
    /^\(Host\(`www\.example\.org`\)\) && HeaderRegexp\(`Content-Length`, `(.*)`\)$/.exec(rule) ?? [];
  expect(pattern).toBe(largerThan(four));
  expect([four - 1, four, four + 1, four * 10].map((bytes) => new RegExp(pattern).test(String(bytes)))).toEqual([
    false,
    false,
    true,
    true,
  ]);
});

test("each router goes before the site's own, and its middleware lets nobody through", () => {
  const { routers, middlewares } = uploadLimit(LIMIT);
  for (const router of Object.values(routers) as Router[]) {
    expect(router.priority).toBeGreaterThan(router.rule.length + 1000);
    expect(router).toMatchObject({ entryPoints: ["websecure"], service: "noop@internal", tls: {} });
    expect(Object.keys(middlewares)).toEqual(expect.arrayContaining([...router.middlewares]));
  }
  expect(middlewares).toEqual({
    "blog-too-large": { ipAllowList: { sourceRange: ["255.255.255.255/32"], rejectStatusCode: 413 } },
    "blog-no-length": { ipAllowList: { sourceRange: ["255.255.255.255/32"], rejectStatusCode: 411 } },
  });
});

test("nothing is buffered", () => {
  expect(JSON.stringify(uploadLimit(LIMIT))).not.toMatch(/buffering/i);
});
