import { until } from "../../lab/process";
import type { Browser, BrowserEvent } from "./browser";

/** A screen. */
export interface Screen {
  /** In CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Device pixels for each of them. Default: 1. */
  readonly density?: number;
  readonly phone?: boolean;
  readonly scheme?: "light" | "dark";
}

/** Something a page asked for, and what came of it. */
export interface Fetched {
  readonly url: string;
  /** Undefined: no answer came. */
  readonly status: number | undefined;
  /** In Chromium's words, such as `secure`. */
  readonly security: string | undefined;
}

/** Seconds a page may take to load; the site's processor is emulated. */
const LOAD_SECONDS = 60;

/** A page in the browser, and everything it has complained about. */
export class BrowserPage {
  /** Errors of its console: scripts, what the policy of the site refused, files that did not come, insecure content. */
  public readonly complaints: string[] = [];
  private readonly requests = new Map<string, Fetched>();
  private loaded = false;

  private constructor(
    private readonly browser: Browser,
    private readonly session: string,
  ) {
    browser.listen(session, (event) => {
      this.note(event);
    });
  }

  public static async open(browser: Browser, session: string): Promise<BrowserPage> {
    const page = new BrowserPage(browser, session);
    for (const domain of ["Page", "Network", "Runtime", "Log"]) await page.ask(`${domain}.enable`);
    return page;
  }

  /** All that was asked for since the page was opened. */
  public get fetched(): readonly Fetched[] {
    return [...this.requests.values()];
  }

  public async show(screen: Screen): Promise<void> {
    // Chromium decodes no pictures of a page that is behind another.
    await this.ask("Page.bringToFront");
    const { width, height, density = 1, phone = false, scheme = "light" } = screen;
    await this.ask("Emulation.setDeviceMetricsOverride", {
      width,
      height,
      deviceScaleFactor: density,
      mobile: phone,
    });
    await this.ask("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
  }

  /** Goes to an address and waits until all of the page is there. */
  public async visit(url: string): Promise<void> {
    this.loaded = false;
    const { errorText } = await this.ask("Page.navigate", { url });
    if (typeof errorText === "string") throw new Error(`Chromium does not show ${url}: ${errorText}`);
    await until(`${url} to load`, LOAD_SECONDS, () => Promise.resolve(this.loaded ? true : undefined));
  }

  /** The value of an expression in the page. */
  public async evaluate(expression: string): Promise<unknown> {
    const options = { expression, returnByValue: true, awaitPromise: true };
    const { result, exceptionDetails } = await this.ask("Runtime.evaluate", options);
    if (exceptionDetails !== undefined)
      throw new Error(`in the page: ${expression}: ${JSON.stringify(exceptionDetails)}`);
    return (result as { value?: unknown }).value;
  }

  /** Names of the cookies that it was given. */
  public async cookies(): Promise<string[]> {
    const { cookies } = await this.ask("Network.getCookies");
    return (cookies as readonly { readonly name: string }[]).map(({ name }) => name);
  }

  /** A picture of what the screen shows, as PNG. */
  public async picture(): Promise<Buffer> {
    const { data } = await this.ask("Page.captureScreenshot", { format: "png" });
    return Buffer.from(data as string, "base64");
  }

  private ask(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    return this.browser.ask(method, params, this.session);
  }

  private note({ method, params }: BrowserEvent): void {
    const id = String(params["requestId"]);
    switch (method) {
      case "Page.loadEventFired":
        this.loaded = true;
        break;
      case "Network.requestWillBeSent":
        this.requests.set(id, {
          url: (params["request"] as { url: string }).url,
          status: undefined,
          security: undefined,
        });
        break;
      case "Network.responseReceived": {
        const { url, status, securityState } = params["response"] as {
          url: string;
          status: number;
          securityState?: string;
        };
        this.requests.set(id, { url, status, security: securityState });
        break;
      }
      case "Runtime.exceptionThrown":
        this.complaints.push(JSON.stringify(params["exceptionDetails"]));
        break;
      case "Runtime.consoleAPICalled":
        if (params["type"] === "error" || params["type"] === "warning")
          this.complaints.push(JSON.stringify(params["args"]));
        break;
      case "Log.entryAdded": {
        const { level, text, url } = params["entry"] as { level: string; text: string; url?: string };
        if (level !== "verbose" && level !== "info") this.complaints.push(`${level}: ${text} ${url ?? ""}`);
        break;
      }
    }
  }
}
