import { Asker } from "../../../setup/asker";

const question = {
  flag: "domain",
  text: "Domain of the site",
  refuse: (answer: string): string | undefined => (answer.includes(".") ? undefined : "is no domain"),
};

test("a flag answers, before any default", async () => {
  await expect(new Asker({ domain: "example.org" }, false).ask({ ...question, default: "example.net" })).resolves.toBe(
    "example.org",
  );
});

test("a flag's wrong answer names the flag", async () => {
  await expect(new Asker({ domain: "example" }, true).ask(question)).rejects.toThrow(
    "--domain: 'example' is no domain",
  );
});

test("a secret that is refused is not shown", async () => {
  await expect(new Asker({ domain: "geheim" }, true).ask({ ...question, hidden: true })).rejects.toThrow(
    /^--domain: is no domain$/,
  );
});

test("without a person the default counts, and what has none is asked for by its flag", async () => {
  await expect(new Asker({}, false).ask({ ...question, default: "example.net" })).resolves.toBe("example.net");
  await expect(new Asker({}, false).ask(question)).rejects.toThrow(
    "Domain of the site: there is no terminal to ask at, so give --domain",
  );
  await expect(new Asker({}, false).confirm("Is it?", false)).resolves.toBe(false);
});
