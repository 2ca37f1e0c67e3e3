import * as pulumi from "@pulumi/pulumi";

import {
  answers,
  AppSecrets,
  appServers,
  dataVolume,
  DjangoApp,
  Dns,
  endWhenUnheard,
  externalDatabase,
  guestHost,
  isProxied,
  lookAsGuest,
  lookAtMachines,
  ownHost,
  SiteHost,
  stateBefore,
} from "./components";
import { isGuest, loadSettings, SiteSettings } from "./config";

/** The whole site of one stack, on machines of its own or on those of another stack; its outputs answer what a person asks next. */
async function homeport() {
  endWhenUnheard();
  const settings = loadSettings();
  const names = stackNames();
  // Whatever is registered makes the engine write the state, so what is read of it comes first, and what is looked at next.
  const before = await stateBefore(names.owner, settings.dns);
  if (isGuest(settings)) {
    const seen = await lookAsGuest({ settings, before, ...names });
    return site(settings, guestHost(seen), new AppSecrets("app", settings.app));
  }
  const seen = await lookAtMachines({ settings, before, ...names });
  const secrets = new AppSecrets("app", settings.app);
  return site(settings, ownHost(seen, secrets), secrets);
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
