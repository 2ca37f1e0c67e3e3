import { readlinkSync } from "node:fs";
import * as path from "node:path";

import { expandHome, linkHome, shortenHome } from "../../../lib/user-file";
import { workingDirectory } from "../../support/directory";

workingDirectory();

let home = "/home/me";
jest.mock("node:os", () => ({ ...jest.requireActual<object>("node:os"), homedir: () => home }));

test.each(["~/site", "~"])("%s is below the home directory", (file) => {
  expect(expandHome(file)).toBe(path.join("/home/me", file.slice(1)));
});

describe("a path that the state may keep", () => {
  test.each([
    ["/home/me/.ssh/id_ed25519", "~/.ssh/id_ed25519"],
    ["/media/stick/id_ed25519", "/media/stick/id_ed25519"],
    ["/home/me2/key", "/home/me2/key"],
  ])("%s is %s", (file, short) => {
    expect(shortenHome(file)).toBe(short);
  });

  test("below the checkout stays relative to it", () => {
    expect(shortenHome("keys/id_ed25519")).toBe("keys/id_ed25519");
  });
});

describe("for programs that know no tilde", () => {
  test("a path in the home directory goes through a link, which follows the person", () => {
    expect(linkHome("~/site")).toBe(".homeport/home/site");
    expect(linkHome("/home/me/site")).toBe(".homeport/home/site");
    expect(readlinkSync(".homeport/home")).toBe("/home/me");
    home = "/home/you";
    expect(linkHome("~/site")).toBe(".homeport/home/site");
    expect(readlinkSync(".homeport/home")).toBe("/home/you");
  });

  test.each(["./app", "../site", "/srv/site"])("%s stays", (file) => {
    expect(linkHome(file)).toBe(file);
  });
});
