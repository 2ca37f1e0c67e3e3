import { slowBodies } from "../../../components/proxy/slow-bodies";

interface Parts {
  readonly routers: Readonly<Record<string, { readonly rule: string; readonly middlewares: readonly string[] }>>;
  readonly middlewares: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
}

const ROUTER = { entryPoints: ["websecure"], rule: "Host(`www.example.org`) && !PathRegexp(`^/admin`)", tls: {} };
const parts = slowBodies("blog", "blog", ROUTER, { next: ["blog-compress"], forwarded: false }) as Parts;

/** Whether a router takes a request with this Content-Length. */
function takes(router: string, length: string): boolean {
  const [, pattern = "$."] = /HeaderRegexp\(`Content-Length`, `(.*)`\)/.exec(parts.routers[router]?.rule ?? "") ?? [];
  return new RegExp(pattern).test(length);
}

test.each([
  ["1", "blog-form"],
  ["52", "blog-form"],
  ["0052", "blog-form"],
  ["999999", "blog-form"],
  ["1000000", "blog-upload"],
  ["4294967296", "blog-upload"],
  ["0", undefined],
  ["", undefined],
  ["12, 12", undefined],
])("a body of %p bytes is for %p", (length, router) => {
  expect(["blog-form", "blog-upload"].filter((one) => takes(one, length))).toEqual(
    router === undefined ? [] : [router],
  );
});

test("a form is counted by its sender's address, then read whole, then passed on", () => {
  expect(parts.routers["blog-form"]?.middlewares).toEqual([
    "blog-forms-per-address",
    "blog-form-whole",
    "blog-compress",
  ]);
  expect(parts.middlewares["blog-form-whole"]?.["buffering"]).toMatchObject({
    maxRequestBodyBytes: 999_999,
    memRequestBodyBytes: 999_999,
  });
});

test("larger bodies are few at a time, and are not kept", () => {
  expect(parts.routers["blog-upload"]?.middlewares).toEqual(["blog-few-uploads", "blog-compress"]);
  expect(parts.middlewares["blog-few-uploads"]).toEqual({
    inFlightReq: { amount: 4, sourceCriterion: { requestHost: true } },
  });
});

test("the closed admin is closed for bodies, too", () => {
  for (const { rule } of Object.values(parts.routers)) expect(rule.startsWith(`(${ROUTER.rule}) && `)).toBe(true);
});

test("behind another proxy the visitor's address is the one that it names", () => {
  const behind = slowBodies("blog", "blog", ROUTER, { next: [], forwarded: true }) as Parts;
  expect(behind.middlewares["blog-forms-per-address"]).toEqual({
    inFlightReq: { amount: 20, sourceCriterion: { ipStrategy: { depth: 1 } } },
  });
});
