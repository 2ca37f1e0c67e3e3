import { runProgram } from "../../support/program";

const OWN = "outputs of organization/homeport/dev";
const GUEST = {
  ...{ host: { stack: "production" }, domain: "staging.example.org", hosts: ["staging.example.org"] },
  ...{ edge: {}, servers: [], tunnel: {}, tls: {}, images: {}, proxy: {}, updates: {} },
};

const isRead = (what: string): boolean => what === "export" || what.startsWith("outputs of ");

test.each([
  ["a stack of its own", {}, [OWN, "export"]],
  ["a guest", { settings: GUEST }, [OWN, "outputs of organization/homeport/production", "export"]],
])(
  "of %s, every state is read before anything is registered, because that makes the engine write",
  async (_, given, reads) => {
    const host = (await runProgram()).outputs["host"]?.value as object;
    const { order } = await runProgram({
      ...given,
      otherStack: { host: { ...host, owner: "homeport/production", ...withoutKeys(host) } },
    });
    const first = order.findIndex((what) => !isRead(what));
    expect(order.slice(0, first)).toEqual(reads);
    expect(order.slice(first).filter(isRead)).toEqual([]);
  },
);

test("a state that is half written is read again until it is whole", async () => {
  const { order, resources } = await runProgram({ halfWritten: 3 });
  expect(order.slice(0, 4)).toEqual([OWN, OWN, OWN, OWN]);
  expect(resources.map(({ name }) => name)).toContain("app-web");
});

// The operator's key is gone with the directory of the other run.
function withoutKeys(host: object): object {
  const { edge, server } = host as Record<"edge" | "server", object>;
  return { edge: { ...edge, privateKeyFile: undefined }, server: { ...server, privateKeyFile: undefined } };
}
