import { EMPTY_SPEC, HostFile, HostSpec, renderUnit, script } from "../machine";

/** What a machine looks at; watch.py reads it as JSON. */
export interface WatchSettings {
  /** Name of the application on its servers. */
  readonly app: string;
  /** The machine's name in the settings, for the alert's title. */
  readonly host: string;
  readonly role: "edge" | "server";
  readonly owner: string;
  /** The site's first name. */
  readonly site: string;
  /** Path that is asked. */
  readonly path: string;
  /** Where the site is asked for from here; null: another machine asks. */
  readonly address: string | null;
  /** The same in words, such as "through the tunnel". */
  readonly way: string;
  /** Address or name that the site's names have to point to. */
  readonly edge: string;
  readonly proxied: boolean;
  /** Whether the certificate is one that everybody trusts. */
  readonly trusted: boolean;
  /** Interface of the tunnel. */
  readonly tunnel: string;
  /** Whether Docker is here. */
  readonly engine: boolean;
  readonly slowSeconds: number;
  /** Such as `22-7`; null: alerts at any hour. */
  readonly quietHours: string | null;
  /** URL that is asked while all is well; null: none. */
  readonly heartbeat: string | null;
}

/** Seconds between two looks. */
const PERIOD = 60;

/** Seconds by which systemd may move a look, so that several timers wake the machine once. */
const ACCURACY = 10;

const PROGRAM = "/usr/local/lib/homeport/watch";

/** The units of an application's watch. */
function unitsOf(app: string): { readonly service: string; readonly timer: string } {
  return { service: `homeport-watch-${app}.service`, timer: `homeport-watch-${app}.timer` };
}

/** The watch of one machine; `urls`: where its alerts go, as Apprise takes them, separated by white space. */
export function watchSpec(settings: WatchSettings, urls: string | undefined): HostSpec {
  const { app } = settings;
  const { service, timer } = unitsOf(app);
  return {
    ...EMPTY_SPEC,
    packages: ["apprise", "curl", "python3"],
    directories: [{ path: "/etc/homeport/watch", mode: "0700" }],
    files: [
      { path: PROGRAM, text: script("watch/watch.py"), mode: "0755" },
      { path: `/etc/homeport/watch/${app}.json`, text: `${JSON.stringify(settings, undefined, 2)}\n`, mode: "0600" },
      { path: `/etc/homeport/watch/${app}.urls`, text: lines(urls), mode: "0600" },
      ...unitFiles(app, service, timer),
    ],
    units: [timer],
    checks: [],
    leftovers: [`/var/lib/homeport-watch/${app}.json`, `/var/lib/homeport-watch/${app}.days`],
  };
}

function lines(urls: string | undefined): string {
  const all = (urls ?? "").split(/\s+/).filter((url) => url !== "");
  return all.map((url) => `${url}\n`).join("");
}

function unitFiles(app: string, service: string, timer: string): HostFile[] {
  return [
    {
      path: `/etc/systemd/system/${service}`,
      text: renderUnit("watch-spec.ts", {
        Unit: {
          Description: `Homeport: a look at ${app}`,
          Wants: "network-online.target",
          After: "network-online.target",
        },
        Service: {
          Type: "oneshot",
          ExecStart: `${PROGRAM} ${app}`,
          Nice: "10",
          ProtectSystem: "strict",
          ReadWritePaths: "/run",
          RuntimeDirectory: "homeport-watch",
          RuntimeDirectoryMode: "0700",
          RuntimeDirectoryPreserve: "yes",
          StateDirectory: "homeport-watch",
          StateDirectoryMode: "0700",
          ProtectHome: "yes",
          PrivateTmp: "yes",
          NoNewPrivileges: "yes",
        },
      }),
    },
    {
      path: `/etc/systemd/system/${timer}`,
      text: renderUnit("watch-spec.ts", {
        Unit: { Description: `Homeport: a look a minute at ${app}` },
        Timer: { OnBootSec: `${PERIOD}s`, OnUnitInactiveSec: `${PERIOD}s`, AccuracySec: `${ACCURACY}s` },
        Install: { WantedBy: "timers.target" },
      }),
      onChange: { unit: timer, action: "restart" },
    },
  ];
}
