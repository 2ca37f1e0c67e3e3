import { outputs, theLab } from "../../support/lab";
import { pictureUrl } from "../../support/lab-post";
import { webContainer } from "../../support/lab-site";
import { visit } from "../../support/lab-visitor";

/** WhiteNoise's own value for names that are made of the content. */
const FOR_EVER = "max-age=315360000, public, immutable";

/** By this header a file runs no script and is no page of the site's, however it is opened. */
const NO_SCRIPTS = "content-security-policy: default-src 'none'; style-src 'unsafe-inline'; sandbox";

/** Files of the site's code, and files that its author uploads. */
export function staticMediaTests(): void {
  it("static files are named by their content, cached for ever and compressed", async () => {
    const lab = await theLab();
    const { visitor, pi } = lab.machines;
    const url = await stylesheet();
    const plain = await visit(visitor, url);
    expect(plain.headers).toMatchObject({
      "cache-control": FOR_EVER,
      "content-type": 'text/css; charset="utf-8"',
      "x-content-type-options": "nosniff",
      vary: "Accept-Encoding",
    });
    expect(plain.headers).not.toHaveProperty("content-encoding");
    for (const encoding of await encodings()) {
      const words = `-sS -o /dev/null -w '%{size_download} %header{content-encoding}' -H 'Accept-Encoding: ${encoding}'`;
      const [bytes, used] = (await visitor.run(`curl ${words} '${url}'`)).split(" ");
      expect(used).toBe(encoding);
      expect(Number(bytes)).toBeLessThan(plain.body.length / 2);
    }

    // Brotli is compiled code, which the image's Python has or has not.
    async function encodings(): Promise<string[]> {
      const { Name } = await webContainer(pi);
      const made = await pi.run(`docker exec ${Name.slice(1)} ls staticfiles/weblog`);
      expect(made).toMatch(/\.css\.gz\n/);
      return made.includes(".css.br\n") ? ["gzip", "br"] : ["gzip"];
    }
  });

  it("static files are kept by browsers for a minute under their own names, which the next version may reuse", async () => {
    const { visitor } = (await theLab()).machines;
    const page = await visit(visitor, (await stylesheet()).replace(/\.[0-9a-f]{12}\.css$/, ".css"));
    expect([page.status, page.headers["cache-control"]]).toEqual([200, "max-age=60, public"]);
  });

  it("an uploaded picture has the type of its name, is cached, and is nothing that a browser could run", async () => {
    const { visitor } = (await theLab()).machines;
    const words = "-sS -o /dev/null -D -";
    expect((await visitor.run(`curl ${words} '${await pictureUrl()}'`)).toLowerCase().split("\r\n")).toEqual(
      expect.arrayContaining([
        "content-type: image/jpeg",
        // A name is reused when its file is replaced.
        "cache-control: max-age=600",
        "x-content-type-options: nosniff",
        NO_SCRIPTS,
      ]),
    );
  });

  it.each(["page.html", "page.xhtml", "script.svg", "feed.xml", "script.js"])(
    "an upload that could hold a script is saved by browsers, not opened: %s",
    async (name) => {
      const lab = await theLab();
      const { visitor, pi } = lab.machines;
      const { Name } = await webContainer(pi);
      const file = `/data/media/${name}`;
      await pi.run(`docker exec ${Name.slice(1)} sh -c 'echo "<script>" >${file}'`);
      try {
        const url = new URL(`/media/${name}`, (await outputs(lab)).url).href;
        const head = (await visitor.run(`curl -sS -o /dev/null -D - '${url}'`)).toLowerCase().split("\r\n");
        expect(head).toEqual(
          expect.arrayContaining([
            expect.stringMatching(/^http\/2 200/),
            expect.stringMatching(/^content-disposition: attachment/),
            "x-content-type-options: nosniff",
            NO_SCRIPTS,
          ]),
        );
      } finally {
        await pi.run(`docker exec ${Name.slice(1)} rm ${file}`);
      }
    },
  );

  it.each(["../db.sqlite3", "..%2fdb.sqlite3", "%2e%2e/db.sqlite3", "pictures/../../db.sqlite3", "pictures/"])(
    "nothing else in the volume is served: %s",
    async (name) => {
      const lab = await theLab();
      const url = new URL("/media/", (await outputs(lab)).url).href + name;
      expect([400, 404]).toContain((await visit(lab.machines.visitor, url, "--path-as-is")).status);
    },
  );

  it("no link that leads out of the uploads is followed", async () => {
    const lab = await theLab();
    const { visitor, pi } = lab.machines;
    const { Name } = await webContainer(pi);
    const link = "/data/media/link.txt";
    await pi.run(`docker exec ${Name.slice(1)} ln -s /data/db.sqlite3 ${link}`);
    try {
      expect((await visit(visitor, new URL("/media/link.txt", (await outputs(lab)).url).href)).status).toBe(404);
    } finally {
      await pi.run(`docker exec ${Name.slice(1)} rm ${link}`);
    }
  });
}

/** The address of a stylesheet, as the first page has it. */
async function stylesheet(): Promise<string> {
  const lab = await theLab();
  const { url } = await outputs(lab);
  const { body } = await visit(lab.machines.visitor, url);
  const path = /href="(\/static\/weblog\/base\.[0-9a-f]{12}\.css)"/.exec(body)?.[1];
  if (path === undefined) throw new Error(`the page names no stylesheet of a hashed name:\n${body.slice(0, 2000)}`);
  return new URL(path, url).href;
}
