import {
  AppSecrets,
  appServers,
  dataVolume,
  DjangoApp,
  Dns,
  externalDatabase,
  guestMachines,
  isProxied,
  observeGuest,
  observeOwn,
  outputs,
  ownMachines,
  SiteHost,
  stackNames,
} from "./components";
import { exitOnEpipe } from "./lib/exit-on-epipe";
import { topology } from "./plan/topology";
import { GuestSettings, isGuest, loadSettings, Settings, SiteSettings } from "./settings";

/** The whole site of one stack: settings, then a plan and what the machines are now, and only then resources. Its outputs answer what a person asks next. */
async function homeport() {
  exitOnEpipe();
  const settings = loadSettings();
  return isGuest(settings) ? guestSite(settings) : ownSite(settings);
}

/** A site on machines of this stack. */
async function ownSite(settings: Settings) {
  const { tunnel, ingress, servers, database, app } = settings;
  const names = stackNames();
  const plan = topology({ network: tunnel.network, ingress, servers, database: database.server });
  const observation = await observeOwn(settings, plan, names);
  const secrets = new AppSecrets("app", app);
  const { adminPasswordHash } = secrets;
  return site(settings, ownMachines({ settings, names, plan, observation, adminPasswordHash }), secrets);
}

/** A site on the machines of another stack. */
async function guestSite(settings: GuestSettings) {
  const names = stackNames();
  const observation = await observeGuest(settings, names);
  return site(settings, guestMachines(settings, observation, names), new AppSecrets("app", settings.app));
}

/** The application, its images, secrets and records. */
function site(settings: SiteSettings, host: SiteHost, secrets: AppSecrets) {
  const { hosts, images, app, database, storage, dns, proxy, appSecrets } = settings;
  const { stack, name } = stackNames();
  const { djangoKey, adminPassword } = secrets;
  const records = new Dns("dns", host.records);
  const { servers, transfers } = appServers("app", { ...app, pythonImage: images.python, repository: name, host });
  new DjangoApp(
    "app",
    {
      ...app,
      app: name,
      servers,
      ingress: host.ingress,
      hosts,
      edge: host.facts.edge.address,
      proxied: isProxied(dns),
      uploadMaxMb: proxy.uploadMaxMb,
      compress: proxy.compress,
      engine: database.engine,
      storage,
      secrets: {
        djangoKey,
        adminPassword,
        // With both the stack's own waits beside it: servers that read it still do so until the last route has changed.
        database: externalDatabase(database) ?? host.database,
        storage,
        own: appSecrets,
      },
    },
    { dependsOn: [...host.ready, ...transfers, records] },
  );

  return {
    ...outputs({ ...app, stack, app: name, hosts, host, volume: dataVolume(name) }),
    adminPassword,
    dnsRecords: host.records.entries,
    host: { ...host.facts, network: host.network, subnet: host.subnet },
  };
}

export = homeport;
