import fc from "fast-check";

import { IgnoreRules, Matched } from "../../../components/docker/dockerignore";

/** Whether a path is ignored, asked from the top down as a walk does. */
function ignores(text: string, name: string): boolean {
  const rules = new IgnoreRules(text, ".dockerignore");
  const parts = name.split("/");
  let ignored = false;
  let matched: Matched | undefined;
  for (const index of parts.keys()) {
    ({ ignored, matched } = rules.verdict(parts.slice(0, index + 1).join("/"), matched));
  }
  return ignored;
}

// The table of moby/patternmatcher 0.6.1 (patternmatcher_test.go, TestMatches), less paths that end in a slash.
test.each([
  ["**", "file", true],
  ["**/", "file", true],
  ["**", "dir/file", true],
  ["**/", "dir/file", true],
  ["**/**", "dir/file", true],
  ["dir/**", "dir/file", true],
  ["dir/**", "dir/dir2/file", true],
  ["**/dir", "dir", true],
  ["**/dir", "dir/file", true],
  ["**/dir2/*", "dir/dir2/file", true],
  ["**/dir2/**", "dir/dir2/dir3/file", true],
  ["**file", "file", true],
  ["**file", "dir/file", true],
  ["**/file", "dir/file", true],
  ["**file", "dir/dir/file", true],
  ["**/file", "dir/dir/file", true],
  ["**/file*", "dir/dir/file", true],
  ["**/file*", "dir/dir/file.txt", true],
  ["**/file*txt", "dir/dir/file.txt", true],
  ["**/file*.txt", "dir/dir/file.txt", true],
  ["**/file*.txt*", "dir/dir/file.txt", true],
  ["**/**/*.txt", "dir/dir/file.txt", true],
  ["**/**/*.txt2", "dir/dir/file.txt", false],
  ["**/*.txt", "file.txt", true],
  ["**/**/*.txt", "file.txt", true],
  ["a**/*.txt", "a/file.txt", true],
  ["a**/*.txt", "a/dir/file.txt", true],
  ["a**/*.txt", "a/dir/dir/file.txt", true],
  ["a/*.txt", "a/dir/file.txt", false],
  ["a/*.txt", "a/file.txt", true],
  ["a/*.txt**", "a/file.txt", true],
  ["a[b-d]e", "ae", false],
  ["a[b-d]e", "ace", true],
  ["a[b-d]e", "aae", false],
  ["a[^b-d]e", "aze", true],
  [".*", ".foo", true],
  [".*", "foo", false],
  ["abc.def", "abcdef", false],
  ["abc.def", "abc.def", true],
  ["abc.def", "abcZdef", false],
  ["abc?def", "abcZdef", true],
  ["abc?def", "abcdef", false],
  ["a\\\\", "a\\", true],
  ["**/foo/bar", "foo/bar", true],
  ["**/foo/bar", "dir/foo/bar", true],
  ["**/foo/bar", "dir/dir2/foo/bar", true],
  ["abc/**", "abc", false],
  ["abc/**", "abc/def", true],
  ["abc/**", "abc/def/ghi", true],
  ["**/.foo", ".foo", true],
  ["**/.foo", "bar.foo", false],
  ["a(b)c/def", "a(b)c/def", true],
  ["a(b)c/def", "a(b)c/xyz", false],
  ["a.|)$(}+{bc", "a.|)$(}+{bc", true],
  [
    "dist/proxy.py-2.4.0rc3.dev36+g08acad9-py3-none-any.whl",
    "dist/proxy.py-2.4.0rc3.dev36+g08acad9-py3-none-any.whl",
    true,
  ],
  ["dist/*.whl", "dist/proxy.py-2.4.0rc3.dev36+g08acad9-py3-none-any.whl", true],
  ["a\\*b", "a*b", true],
  ["**\n!util/docker/web", "util/docker/web/foo", false],
  ["**\n!util/docker/web\nutil/docker/web/foo", "util/docker/web/foo", true],
  ["**\n!dist/*.whl", "dist/proxy.py.whl", false],
])("moby: %j on %j is %s", (text, name, expected) => {
  expect(ignores(text, name)).toBe(expected);
});

// docs.docker.com/build/concepts/context/#dockerignore-files, and ignorefile_test.go.
test.each([
  ["case counts", "Secret\n", "secret", false],
  ["a comment is no rule", "#secret\n", "#secret", false],
  ["a number sign inside of a line is part of it", "a#b\n", "a#b", true],
  ["a slash in front means the context", "/secret\n", "secret", true],
  ["a slash behind makes no difference", "secret/\n", "secret", true],
  ["spaces around are cut", "  secret \t\n", "secret", true],
  ["a line may end as on Windows", "secret\r\nother\r\n", "secret", true],
  ["a byte order mark is cut", "\uFEFFsecret\n", "secret", true],
  ["a path is shortened", "./a/../secret//key\n", "secret/key", true],
  ["an exception may have a space and a slash", "*\n! /keep\n", "keep", false],
  ["a name matches at the top alone", "secret\n", "deep/secret", false],
  ["a star stays within a folder", "*/temp*\n", "a/b/temporary", false],
  ["the last rule decides", "!keep.log\n*.log\n", "keep.log", true],
  ["an exception takes back what is in an ignored folder", "docs\n!docs/keep\n", "docs/keep", false],
  ["what is below a taken back folder is taken back", "docs\n!docs/keep\n", "docs/keep/deep/file", false],
])("%s", (_, text, name, expected) => {
  expect(ignores(text, name)).toBe(expected);
});

test.each(["!", "[", "a[]b", "x\\", "!/"])("refuses the rule %j as Docker does", (rule) => {
  expect(() => new IgnoreRules(rule, "site/.dockerignore")).toThrow(
    /^site\/\.dockerignore: Docker cannot read the rule /,
  );
});

test.each([
  ["*\n!keep", "keep", true],
  ["*\n!keep/deep/file", "keep", true],
  ["*\n!keep/deep/**", "keep/deep", true],
  ["*\n!keep", "secret", false],
  ["*", "secret", false],
  ["*\n!**/*.md", "anything", true],
])("with %j the ignored folder %s is entered: %s", (text, directory, expected) => {
  expect(new IgnoreRules(text, ".dockerignore").enters(directory)).toBe(expected);
});

const name = fc.stringMatching(/^[a-z.]{1,6}$/).filter((one) => !/^\.+$/.test(one));

test("a name is itself and nothing else, whatever is in it", () => {
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), name, (parts, other) => {
      const path = parts.join("/");
      expect(ignores(path, path)).toBe(true);
      expect(ignores(path, `${path}/${other}`)).toBe(true);
      expect(ignores(path, `${path}${other}`)).toBe(false);
      expect(ignores(`**/${path}`, `${other}/${path}`)).toBe(true);
      expect(ignores(`${path}\n!${path}`, path)).toBe(false);
    }),
  );
});

test("what is not entered has nothing below it that is taken back", () => {
  const rule = fc.tuple(
    fc.constantFrom("", "!"),
    fc.array(fc.constantFrom("a", "b", "*", "**", "a*"), { minLength: 1, maxLength: 3 }),
  );
  const text = fc
    .array(rule, { maxLength: 5 })
    .map((rules) => rules.map(([sign, parts]) => `${sign}${parts.join("/")}`).join("\n"));
  const inside = fc.array(fc.constantFrom("a", "b", "ab"), { minLength: 2, maxLength: 4 });
  fc.assert(
    fc.property(text, inside, (rules, parts) => {
      // fsutil takes both ends off such a rule (patternWithoutTrailingGlob), and so does not enter what it takes back.
      fc.pre(!/\/\*\/\*\*$/m.test(rules));
      const above = parts.slice(0, -1).join("/");
      const read = new IgnoreRules(rules, ".dockerignore");
      fc.pre(ignores(rules, above) && !read.enters(above));
      expect(ignores(rules, parts.join("/"))).toBe(true);
    }),
  );
});
