import { isError, PluginClient } from "./support/plugin-client";
import { ask, mask, recordedCases, tidy } from "./support/recorded-cases";

/** What is random: each must have the form of the recorded one. */
const VARYING = {
  base64: /^[\w+/]{43}=$/,
  b64Std: /^[\w+/]{6}==$/,
  b64Url: /^[\w-]{6}$/,
  bcryptHash: /^\$2a\$10\$[\w./]{53}$/,
  dec: /^\d{1,10}$/,
  hex: /^([0-9a-f]{64}|[0-9a-f]{8})$/,
  id: /^([\w+/]{43}=|[\w-]{6})$/,
  result: /^[A-Za-z0-9]{24}$/,
};

const { cases } = recordedCases("random");
const PASSWORD = "urn:pulumi:dev::conformance::random:index/randomPassword:RandomPassword::p";
const ID = "urn:pulumi:dev::conformance::random:index/randomId:RandomId::i";

describe("the stand-in for the random plugin", () => {
  let plugin: PluginClient;
  beforeAll(async () => {
    plugin = await PluginClient.start("random");
  });
  afterAll(() => plugin.stop());

  it.each(cases)("answers as recorded: $name", async (recorded) => {
    expect(mask(tidy(await ask(plugin, recorded)), VARYING)).toEqual(mask(recorded.answer, VARYING));
  });

  it("names the schema's version, so that the real plugin upgrades nothing; also of a state that had none", async () => {
    const made = await plugin.create(PASSWORD, { length: 12 });
    if (isError(made)) throw new Error(made.error.details);
    const { __meta: meta, ...old } = made.properties;
    expect(meta).toBe('{"schema_version":"3"}');
    expect(await plugin.read(PASSWORD, "none", old, { length: 12 })).toMatchObject({ properties: made.properties });
    expect(await plugin.diff(PASSWORD, "none", old, {}, { length: 12 })).toMatchObject({ changes: "none" });
    expect(await plugin.create(ID, { byteLength: 4 })).not.toHaveProperty("properties.__meta");
  });

  it("puts at least the wanted number of each kind into a password", async () => {
    const inputs = { length: 12, minLower: 2, minUpper: 2, minNumeric: 2, minSpecial: 2, overrideSpecial: "_" };
    const made = await plugin.create(PASSWORD, inputs);
    const result = JSON.stringify("properties" in made ? made.properties.result : made);
    const password = /"value":"(.{12})"/.exec(result)?.[1] ?? result;
    for (const kind of [/[a-z]/g, /[A-Z]/g, /[0-9]/g, /_/g]) expect(password.match(kind)?.length).toBeGreaterThan(1);
  });

  it("makes a new password when a keeper changes, and not when nothing does", async () => {
    const state = {
      length: 12,
      keepers: { v: "1" },
      special: true,
      lower: true,
      upper: true,
      number: true,
      numeric: true,
    };
    const counts = { minLower: 0, minUpper: 0, minNumeric: 0, minSpecial: 0 };
    const compare = (v: string) =>
      plugin.diff(PASSWORD, "none", { ...state, ...counts }, {}, { length: 12, keepers: { v } });
    expect(await compare("1")).toMatchObject({ changes: "none", replaces: [] });
    expect(await compare("2")).toMatchObject({ changes: "some", replaces: ["keepers"] });
  });

  it("leaves a random id unknown at preview and puts the prefix before every form but the id", async () => {
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    expect(await plugin.create(ID, { byteLength: 4, keepers: { a: "b" } }, true)).toEqual({
      id: "",
      properties: {
        b64Std: unknown,
        b64Url: unknown,
        dec: unknown,
        hex: unknown,
        id: unknown,
        byteLength: 4,
        keepers: { a: "b" },
      },
    });
    const made = await plugin.create(ID, { byteLength: 4, prefix: "p-" });
    expect(made).toMatchObject({
      id: expect.not.stringContaining("p-") as string,
      properties: { hex: expect.stringMatching(/^p-[0-9a-f]{8}$/) as string },
    });
  });

  it("rejects a length of nothing in the real plugin's words", async () => {
    expect(await plugin.check(PASSWORD, {}, { length: 0 })).toMatchObject({
      failures: [
        {
          property: "",
          reason:
            "Invalid Attribute Value. Attribute length value must be at least 1, got: 0. Examine values at 'p.length'.",
        },
      ],
    });
  });

  it("rejects a resource it does not stand in for, and says what it has", async () => {
    const answer = await plugin.check("urn:pulumi:dev::c::random:index/randomPet:RandomPet::p", {}, {});
    expect(answer).toMatchObject({ error: { code: 12, details: expect.stringContaining("RandomPassword") as string } });
  });
});
