import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { siteCaFile } from "../../lab/stack/authorities";
import { Browser } from "../support/browser";
import { BrowserPage, Screen } from "../support/browser-page";
import { outputs, CHECKOUT, theLab } from "../support/lab";
import { looking } from "../support/lab-group";
import { describeWhere } from "../support/tools";

const DESKTOP: Screen = { width: 1200, height: 800 };
const PHONE: Screen = { width: 390, height: 800, phone: true };

/** Loads what waits for being scrolled to, and gives the widths of all pictures; a broken one has none. */
const PICTURES = `Promise.all([...document.images].map(async (image) => {
  image.loading = "eager";
  await image.decode().catch(() => undefined);
  return [new URL(image.src).pathname, image.naturalWidth];
}))`;

/** The colour of the paper, which only the site's own stylesheet makes. */
const PAPER = "getComputedStyle(document.body).backgroundColor";

looking("a browser", () => {
  describeWhere("in Chromium", Browser.missing(), () => {
    let browser: Browser;
    let site: string;
    beforeAll(async () => {
      const lab = await theLab();
      const { url, dnsRecords } = await outputs(lab);
      site = url;
      browser = await Browser.start({
        authorities: await readFile(siteCaFile(lab.settings.instance), "utf8"),
        names: Object.fromEntries(dnsRecords.map(({ name }) => [name, lab.addresses.vps])),
      });
    });
    afterAll(async () => {
      await browser.stop();
    });

    async function opened(path: string, screen: Screen): Promise<BrowserPage> {
      const page = await browser.page();
      await page.show(screen);
      await page.visit(new URL(path, site).href);
      return page;
    }

    async function pictured(screen: Screen): Promise<string> {
      const page = await opened("/", screen);
      await page.evaluate(PICTURES);
      return (await page.picture()).toString("base64");
    }

    it.each([
      ["the list of posts", DESKTOP],
      ["the list of posts on a phone", PHONE],
    ])("%s is complete, and the browser has nothing to say against it", async (_name, screen) => {
      const page = await opened("/", screen);
      expect(await page.evaluate("document.title")).toMatch(/\S/);
      const pictures = (await page.evaluate(PICTURES)) as readonly (readonly [string, number])[];
      expect(pictures.filter(([, width]) => width === 0)).toEqual([]);
      expect(pictures.filter(([path]) => path.startsWith("/media/")).length).toBeGreaterThan(0);
      expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
      expectClean(page, site);
      expect(await page.cookies()).toEqual([]);
    });

    it("a post is complete", async () => {
      const list = await opened("/", DESKTOP);
      const path = (await list.evaluate(`document.querySelector("h2 a").pathname`)) as string;
      const page = await opened(path, DESKTOP);
      expect(await page.evaluate(`document.querySelector("h1").textContent`)).toMatch(/\S/);
      expectClean(page, site);
    });

    it("the stylesheet applies, in light and in dark", async () => {
      const page = await opened("/", { ...DESKTOP, scheme: "light" });
      const light = await page.evaluate(PAPER);
      await page.show({ ...DESKTOP, scheme: "dark" });
      const dark = await page.evaluate(PAPER);
      expect(light).toMatch(/^rgb\(/);
      expect(dark).toMatch(/^rgb\(/);
      expect(light).not.toBe(dark);
    });

    it("screenshots are kept", async () => {
      const { instance } = (await theLab()).settings;
      const directory = join(instance.directory, "browser");
      await mkdir(directory, { recursive: true });
      const [desktop, phone] = [await pictured(DESKTOP), await pictured({ ...PHONE, scheme: "dark" })];
      const page = await browser.page();
      await page.show({ width: 954, height: 480 });
      await page.evaluate(`document.body.style = "margin:0;display:flex;height:480px"`);
      await page.evaluate(
        `document.body.innerHTML = '<img height=480 src="data:image/png;base64,${desktop}"><img height=480 src="data:image/png;base64,${phone}">'`,
      );
      await page.evaluate(PICTURES.replaceAll("pathname", "protocol"));
      const both = await page.picture();
      expect(both.length).toBeGreaterThan(20_000);
      await writeFile(join(directory, "screenshot.png"), both);
      if (process.env["UPDATE_SCREENSHOT"] === "1") await writeFile(join(CHECKOUT, "docs", "screenshot.png"), both);
    });
  });

  describeWhere("a browser that does not know the authority", Browser.missing(), () => {
    it("shows nothing", async () => {
      const lab = await theLab();
      const { url } = await outputs(lab);
      const browser = await Browser.start({ authorities: "", names: { [new URL(url).hostname]: lab.addresses.vps } });
      try {
        const page = await browser.page();
        await expect(page.visit(url)).rejects.toThrow("ERR_CERT_AUTHORITY_INVALID");
      } finally {
        await browser.stop();
      }
    });
  });
});

/** All of a page came from the site itself over a connection that the browser calls secure, and nothing was complained of. */
function expectClean(page: BrowserPage, site: string): void {
  expect(page.complaints).toEqual([]);
  expect(page.fetched.length).toBeGreaterThan(2);
  for (const { url, status, security } of page.fetched) {
    expect({ url, origin: new URL(url).origin, status, security }).toEqual({
      url,
      origin: new URL(site).origin,
      status: 200,
      security: "secure",
    });
  }
}
