import { adapterSummary, AppSecrets, appServers, dataVolume, DjangoApp } from "./components/app";
import { Backups } from "./components/backup";
import { externalDatabase, POSTGRES_ROLE } from "./components/database";
import { Dns, isProxied } from "./components/dns";
import {
  givenAddresses,
  guestMachines,
  observeGuest,
  observeOwn,
  outputs,
  ownMachines,
  PreviousState,
  readPreviousState,
  sharedHostText,
  SiteHost,
  StackNames,
  stackNames,
} from "./components/site";
import { services } from "./components/services";
import { topology } from "./plan";
import { GuestSettings, isGuest, loadSettings, Settings, SiteSettings } from "./settings";
import { exitOnEpipe } from "./lib/exit-on-epipe";

/**
 * The whole site of one stack. First what is: the settings, the state of the last run, the machines and records. Whatever is registered makes the engine
 * write the state, so nothing is read of it after that. Then what shall be. The outputs answer your next question.
 */
async function homeport() {
  exitOnEpipe();
  const settings = loadSettings();
  const names = stackNames();
  const previous = await readPreviousState(names.owner, settings.dns);
  return isGuest(settings) ? guestSite(settings, names, previous) : ownSite(settings, names, previous);
}

/** A site on this stack's machines. */
async function ownSite(settings: Settings, names: StackNames, previous: PreviousState) {
  const { tunnel, ingress, servers, database, app } = settings;
  const plan = topology({
    ...{ network: tunnel.network, ingress, servers, database: database.server },
    given: givenAddresses(previous.host),
  });
  const observation = await observeOwn(settings, plan, names, previous);
  const secrets = new AppSecrets("app", app);
  const { adminPasswordHash } = secrets;
  return site(settings, names, ownMachines({ settings, names, plan, observation, adminPasswordHash }), secrets);
}

/** A site on the machines of another stack. */
async function guestSite(settings: GuestSettings, names: StackNames, previous: PreviousState) {
  const observation = await observeGuest(settings, names, previous);
  const secrets = new AppSecrets("app", settings.app);
  return site(settings, names, guestMachines(settings, observation, names), secrets);
}

/** The application, its images, secrets and records. */
function site(settings: SiteSettings, { stack, name }: StackNames, host: SiteHost, secrets: AppSecrets) {
  const { domain, hosts, images, app, backup, database, storage, dns, proxy, appSecrets } = settings;
  const { djangoKey, adminPassword } = secrets;
  const edge = { edge: host.facts.edge.address, name: hosts[0] ?? domain, ready: host.ready };
  const records = new Dns("dns", host.records, edge);
  const saved = new Backups(
    "backup",
    {
      ...{ app: name, servers: host.servers, settings: backup },
      ownMachines: host.facts.owner === host.servers[0].access.owner,
      postgres: host.database === undefined ? undefined : { ...host.database, database: POSTGRES_ROLE },
    },
    { dependsOn: [...host.ready] },
  );
  const beside = services("services", {
    ...{ app: name, services: app.services, keepData: app.keepData, redisImage: images.redis },
    ...{ server: host.servers[0], ready: host.ready },
  });
  const { servers, transfers } = appServers("app", {
    ...app,
    postgres: database.engine === "postgresql",
    pythonImage: images.python,
    repository: name,
    host,
  });
  const site = new DjangoApp(
    "app",
    {
      ...app,
      app: name,
      servers,
      ingress: host.ingress,
      beside: beside.things,
      hosts,
      edge: host.facts.edge.address,
      proxied: isProxied(dns),
      uploadMaxMb: proxy.uploadMaxMb,
      publicUploadMaxMb: proxy.publicUploadMaxMb,
      compress: proxy.compress,
      engine: database.engine,
      storage,
      servicesNetwork: beside.network,
      secrets: {
        djangoKey,
        adminPassword,
        engine: database.engine,
        // With both the stack's own database is unused, but stays: old containers read it until the last route has switched.
        database: externalDatabase(database) ?? host.database,
        storage,
        own: appSecrets,
        services: beside.values,
      },
    },
    { dependsOn: [...host.ready, ...transfers, ...beside.ready, saved, records] },
  );

  return {
    ...outputs({ ...app, stack, app: name, hosts, host, volume: dataVolume(name) }),
    adminPassword,
    backupKey: saved.key,
    adapter: adapterSummary(site.report),
    dnsRecords: host.records.entries,
    host: sharedHostText({ ...host.facts, network: host.network, subnet: host.subnet }),
  };
}

export = homeport;
