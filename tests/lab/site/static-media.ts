import { outputs, theLab } from "../../support/lab";
import { pictureUrl } from "../../support/lab-post";
import { webContainer } from "../../support/lab-site";
import { visit } from "../../support/lab-visitor";

/** WhiteNoise's own value for names that are made of the content. */
const FOR_EVER = "max-age=315360000, public, immutable";

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

  it("static files have no unhashed names, which the next version may reuse", async () => {
    const { visitor } = (await theLab()).machines;
    const page = await visit(visitor, (await stylesheet()).replace(/\.[0-9a-f]{12}\.css$/, ".css"));
    expect(page.status).toBe(404);
  });

  it("an uploaded picture has the type of its name, is cached for a year, and is nothing that a browser could run", async () => {
    const { visitor } = (await theLab()).machines;
    const words = "-sS -o /dev/null -D -";
    expect((await visitor.run(`curl ${words} '${await pictureUrl()}'`)).toLowerCase().split("\r\n")).toEqual(
      expect.arrayContaining([
        "content-type: image/jpeg",
        "cache-control: public, max-age=31536000, immutable",
        "x-content-type-options: nosniff",
        "content-security-policy: default-src 'none'",
      ]),
    );
  });

  it.each(["page.html", "script.svg", "../db.sqlite3", "..%2fdb.sqlite3"])(
    "nothing else in the volume is served: %s",
    async (name) => {
      const lab = await theLab();
      const { visitor, pi } = lab.machines;
      const { Name } = await webContainer(pi);
      const put = name.includes("/") || name.includes("%") ? undefined : `/data/media/${name}`;
      if (put !== undefined) await pi.run(`docker exec ${Name.slice(1)} sh -c 'echo "<script>" >${put}'`);
      try {
        const url = new URL("/media/", (await outputs(lab)).url).href + name;
        expect([400, 404]).toContain((await visit(visitor, url, "--path-as-is")).status);
      } finally {
        if (put !== undefined) await pi.run(`docker exec ${Name.slice(1)} rm ${put}`);
      }
    },
  );
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
