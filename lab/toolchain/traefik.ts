import { cp, rm } from "node:fs/promises";
import { join } from "node:path";

import { Cache } from "../cache";
import { Report } from "../progress";
import { Cuts, cutModules, recipeKey, withoutLines } from "./cuts";
import { goBuild } from "./go";
import { TRAEFIK } from "./versions";

/** Traefik as a Go module. */
const MODULE = "github.com/traefik/traefik/v3";

/** The directory with the go.mod of the build. */
const RECIPE = join(__dirname, "traefik");

/** The providers that go: the program configures Traefik by files alone. */
const PROVIDERS = [
  '"PATH/consulcatalog"',
  '"PATH/docker"',
  '"PATH/ecs"',
  '"PATH/kubernetes/crd"',
  '"PATH/kubernetes/gateway"',
  '"PATH/kubernetes/ingress"',
  'ingressnginx "PATH/kubernetes/ingress-nginx"',
  '"PATH/kubernetes/knative"',
  '"PATH/kv/consul"',
  '"PATH/kv/etcd"',
  '"PATH/kv/redis"',
  '"PATH/kv/zk"',
  '"PATH/nomad"',
].map((line) => line.replace("PATH", `${MODULE}/pkg/provider`));

/** The name by which a file knows an imported package. */
const importName = (line: string): string => /^\w+(?= )|\w+(?="$)/.exec(line)?.[0] ?? "";

/**
 * Traefik without what the program never configures: providers but files (Amazon's and Kubernetes' clients are most of the build), plugins with
 * their two interpreters, metrics for InfluxDB, rate limits in Redis, the look for a newer release. It has a page in place of the dashboard's,
 * which the module lacks and without which the dashboard does not start.
 */
const CUTS: readonly Cuts[] = [
  {
    module: MODULE,
    files: "traefik",
    added: ["webui/static/index.html", "pkg/provider/absent/absent.go"],
    removed: [
      "pkg/middlewares/ratelimiter/lua.go",
      ...[
        "builder",
        "downloader",
        "manager",
        "middlewarewasm",
        "middlewareyaegi",
        "providers",
        "wasip",
        "wasip_mock",
      ].map((name) => `pkg/plugins/${name}.go`),
    ],
    edits: [
      ...PROVIDERS.map((line) => ({
        file: "pkg/config/static/static_config.go",
        from: `\t${line}\n`,
        to: `\t${importName(line)} "${MODULE}/pkg/provider/absent"\n`,
      })),
      ...withoutLines("pkg/version/version.go", [
        '"context"',
        '"github.com/google/go-github/v90/github"',
        'goversion "github.com/hashicorp/go-version"',
      ]),
      { file: "pkg/version/version.go", from: /func CheckNewVersion\(\) \{[^]*$/g, to: "func CheckNewVersion() {}\n" },
    ],
  },
  // Of the two hundred clients of DNS providers, the one whose API the lab's name server speaks.
  { module: "github.com/go-acme/lego/v5", files: "lego", added: [], removed: [], edits: [] },
];

/** Gives the path of the Traefik binary, built unless it is there. */
export async function provideTraefik(cache: Cache, architecture: string, report: Report): Promise<string> {
  const key = await recipeKey(RECIPE, CUTS);
  const entry = await cache.keep(`traefik-${TRAEFIK}-${architecture}-${key}`, async (directory) => {
    const work = join(directory, "work");
    await cp(RECIPE, work, { recursive: true });
    await cutModules(cache, work, CUTS, report);
    const program = {
      module: work,
      program: `${MODULE}/cmd/traefik`,
      variables: { [`${MODULE}/pkg/version.Version`]: TRAEFIK },
    };
    await goBuild(cache, program, join(directory, "traefik"), report);
    await rm(work, { recursive: true });
  });
  return join(entry, "traefik");
}
