import { writeFileSync } from "node:fs";
import * as path from "node:path";

import { givenPassphrase, passphraseFault } from "../../../state/passphrase";
import { temporaryDirectory } from "../../support/directory";

/** Made by the CLI, with the passphrase behind it. */
const SALT = "v1:XX2SufDm4Cw=:v1:8PuwfurD5fJ0RzXf:TFBOfS0zCzoUxQ7EvMUnGlf0x+C8pw==";
const OTHER = "v1:blfZN+qKxMI=:v1:RbuNrmp/1y8/TOqw:yyeU6NQN2xa005rqlUwDyn/vf3SKDQ==";
const RIGHT = { text: "one", from: "PULUMI_CONFIG_PASSPHRASE" };

const directory = temporaryDirectory();

test("the environment gives it as Pulumi reads it: the variable first, an empty one as well, then the file", () => {
  const file = path.join(directory, "passphrase");
  writeFileSync(file, "words\n");
  expect(givenPassphrase({ PULUMI_CONFIG_PASSPHRASE: "", PULUMI_CONFIG_PASSPHRASE_FILE: file })).toMatchObject({
    text: "",
  });
  expect(givenPassphrase({ PULUMI_CONFIG_PASSPHRASE_FILE: file })).toMatchObject({ text: "words" });
  expect(givenPassphrase({ PULUMI_CONFIG_PASSPHRASE_FILE: "/nowhere" })).toBeUndefined();
  expect(givenPassphrase({})).toBeUndefined();
});

test.each([
  ["right", RIGHT, { file: SALT, state: SALT }, undefined],
  ["right, where the state is elsewhere", RIGHT, { file: SALT, state: undefined }, undefined],
  ["not given", undefined, { file: SALT, state: SALT }, /^no passphrase .*: set PULUMI_CONFIG_PASSPHRASE to the one/],
  ["empty", { ...RIGHT, text: "" }, { file: SALT, state: SALT }, /in PULUMI_CONFIG_PASSPHRASE is empty: set the one/],
  ["another's", { ...RIGHT, text: "two" }, { file: SALT, state: SALT }, /is that of another stack: set the one/],
  [
    "the state's, and the file's salt is another",
    RIGHT,
    { file: OTHER, state: SALT },
    /write the state's own there, 'encryptionsalt: v1:/,
  ],
  ["the state's, and the file has no salt", RIGHT, { file: undefined, state: SALT }, /has no encryptionsalt: write/],
  [
    "the file's, and the stack was made anew under an old name",
    RIGHT,
    { file: SALT, state: OTHER },
    /a stack of before under the same name/,
  ],
])("a passphrase that is %s", async (_, given, salts, says) => {
  const fault = await passphraseFault("dev", given, salts);
  if (says === undefined) expect(fault).toBeUndefined();
  else expect(fault).toMatch(says);
  expect(fault ?? "").not.toMatch(/\bone'|"one"/);
});
