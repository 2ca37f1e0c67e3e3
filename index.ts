import * as pulumi from "@pulumi/pulumi";

import { answers, AppSecrets, appServers, dataVolume, DjangoApp, Dns, endWhenUnheard, externalDatabase, guestHost, isProxied, ownHost, SiteHost } from "./components";
import { isGuest, SiteSettings } from "./settings/settings";
import { loadSettings } from "./settings/load";

/** The whole site of one stack, on machines of its own or on those of another stack; its outputs answer what a person asks next. */
async function homeport() {
  endWhenUnheard();
  const settings = loadSettings();
  const secrets = new AppSecrets("app", settings.app);
  const names = stackNames();
  const host = isGuest(settings)
    ? await guestHost({ settings, ...names })
    : await ownHost({ settings, secrets, ...names });
  return site(settings, host, secrets);
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
    ...answers({ ...app, stack, app: name, hosts, host, volume: dataVolume(name) }),
    adminPassword,
    dnsRecords: host.records.entries,
    host: { ...host.facts, network: host.network, subnet: host.subnet },
  };
}

/** The stack as hosts know it as an owner, and as the name of what it makes there. */
function stackNames() {
  return {
    stack: pulumi.getStack(),
    owner: `${pulumi.getProject()}/${pulumi.getStack()}`,
    name: `${pulumi.getProject()}-${pulumi.getStack()}`,
  };
}

export = homeport;
