import * as pulumi from "@pulumi/pulumi";

import {
  addressPlan,
  answers,
  AppSecrets,
  caaIssuer,
  dataVolume,
  DefaultCertificate,
  DjangoApp,
  Dns,
  GuestHost,
  hostAddress,
  edgeExpectation,
  imageSource,
  imageTransfer,
  loginFacts,
  observe,
  planRecords,
  readSharedHost,
  refuseTakenNames,
  Server,
  serverExpectation,
  SharedKey,
  SiteHost,
  together,
  Traefik,
  traefikSecrets,
  traefikSpec,
  TunnelKeys,
  Vps,
  writeKnownHosts,
} from "./components";
import { GuestSettings, isGuest, loadSettings, Settings, SiteSettings } from "./config";

/** The whole site of one stack, on machines of its own or on those of another stack; its outputs answer what a person asks next. */
async function homeport() {
  const settings = loadSettings();
  const secrets = new AppSecrets("app", settings.app);
  const host = isGuest(settings) ? await guestHost(settings) : await ownHost(settings, secrets);
  return site(settings, host, secrets);
}

/** The machines of this stack, with everything on them that a site needs. */
async function ownHost(settings: Settings, secrets: AppSecrets): Promise<SiteHost> {
  const { domain, edge, servers, tunnel, tls, hosts, dns, images, app } = settings;
  const [machine] = servers;
  const { owner } = stackNames();
  const knownHostsFile = writeKnownHosts(pulumi.getStack(), [edge, machine]);
  const issuer = caaIssuer(tls);
  const [edgeSeen, machineSeen, records] = await together([
    observe(edge, owner, knownHostsFile, edgeExpectation(tunnel)),
    observe(machine, owner, knownHostsFile, serverExpectation(machine.address, machine.platform)),
    planRecords("dns", { domain, hosts, edge: edge.address, issuer, dns, owner }),
  ]);

  const adminHosts = [machine.address, "localhost"] as const;
  const plan = addressPlan(tunnel.network, servers.length);
  const spoke = plan.spoke(0);
  const keys = {
    edge: new TunnelKeys(`${edge.name}-tunnel`, {}),
    machine: new TunnelKeys(`${machine.name}-tunnel`, {}),
  };
  const sharedKey = new SharedKey(`${machine.name}-tunnel-shared`, {}).key;
  const certificate = new DefaultCertificate("default");

  const vps = new Vps(edge.name, {
    address: edge,
    owner,
    observation: edgeSeen,
    plan: {
      login: edge.user,
      sshPort: edge.port,
      sshFrom: edge.sshFrom,
      tunnel,
      address: `${plan.hub}/${plan.prefix}`,
    },
    spoke: { name: machine.name, address: spoke, publicKey: keys.machine.publicKey },
    privateKey: keys.edge.privateKey,
    presharedKey: sharedKey,
  });
  const server = new Server(
    machine.name,
    {
      address: machine,
      owner,
      observation: machineSeen,
      knownHostsFile,
      plan: {
        user: machine.user,
        sshPort: machine.port,
        sshOverTunnel: machine.sshOverTunnel,
        open: machine.open,
        tunnel,
        address: spoke,
        prefix: plan.prefix,
      },
      hub: {
        name: edge.name,
        address: plan.hub,
        publicKey: keys.edge.publicKey,
        endpoint: `${edge.address}:${tunnel.port}`,
      },
      privateKey: keys.machine.privateKey,
      presharedKey: sharedKey,
      proxy: certificate.certificate.apply((pem) => traefikSpec(tls, pem)),
      proxySecrets: pulumi
        .all([certificate.key, secrets.adminPasswordHash])
        .apply(([key, hash]) => traefikSecrets(key, { user: app.adminUser, hash, hosts: adminHosts })),
    },
    { dependsOn: vps },
  );
  const traefikThere = imageTransfer(
    "traefik-transfer",
    { host: server.host, knownHostsFile, reference: images.traefik, pull: true },
    { dependsOn: server },
  );
  const traefik = new Traefik(
    "traefik",
    { settings: tls, image: images.traefik, provider: server.docker, owner },
    { dependsOn: traefikThere },
  );

  return {
    access: server.host,
    facts: {
      owner,
      names: [...hosts],
      caaIssuer: issuer,
      edge: { ...loginFacts(edge), tunnelAddress: plan.hub },
      server: {
        ...loginFacts(machine),
        platform: machine.platform,
        tunnelAddress: spoke,
        sshOverTunnel: machine.sshOverTunnel,
      },
    },
    engine: server.docker,
    network: traefik.network,
    subnet: traefik.subnet,
    knownHostsFile,
    records,
    certificates: machineSeen.certificates,
    adminHosts,
    ready: [server, traefik],
  };
}

/** The machines of another stack; nothing of theirs is changed. */
async function guestHost({ host, domain, hosts, dns }: GuestSettings): Promise<SiteHost> {
  const shared = await readSharedHost(host.stack);
  refuseTakenNames(hosts, shared);
  const { owner, name } = stackNames();
  const edge = hostAddress("host/stack: edge", shared.edge);
  const machine = hostAddress("host/stack: server", shared.server);
  const knownHostsFile = writeKnownHosts(pulumi.getStack(), [edge, machine]);
  const [observation, records] = await together([
    observe(machine, owner, knownHostsFile, { role: "server", platform: shared.server.platform, ports: [] }),
    planRecords("dns", { domain, hosts, edge: edge.address, issuer: shared.caaIssuer, dns, owner }),
  ]);
  const guest = new GuestHost(machine.name, { address: machine, owner, observation, knownHostsFile });
  return {
    access: guest,
    facts: shared,
    engine: guest.engine,
    network: pulumi.output(shared.network),
    subnet: pulumi.output(shared.subnet),
    knownHostsFile,
    records,
    certificates: observation.certificates,
    // The machine's own names lead to its owner's admin. Names below localhost are the workstation itself (RFC 6761, section 6.3).
    adminHosts: [`${name}.localhost`],
    ready: [guest],
  };
}

/** The application, its image, secrets and records. */
function site({ hosts, images, app }: SiteSettings, host: SiteHost, secrets: AppSecrets) {
  const { stack, name } = stackNames();
  const { edge, server } = host.facts;
  const records = new Dns("dns", host.records);

  const image = imageSource("app", {
    image: app.image,
    context: app.context,
    dockerfile: app.dockerfile,
    platform: server.platform,
    pythonImage: images.python,
    repository: name,
  });
  const appThere = imageTransfer(
    "app-transfer",
    { host: host.access, knownHostsFile: host.knownHostsFile, ...image },
    { dependsOn: [...host.ready] },
  );
  new DjangoApp(
    "app",
    {
      ...app,
      djangoKey: secrets.djangoKey,
      adminPassword: secrets.adminPassword,
      app: name,
      host: host.access,
      provider: host.engine,
      image: image.reference,
      network: host.network,
      trustedProxies: host.subnet,
      hosts,
      adminHosts: host.adminHosts,
      edge: edge.address,
    },
    { dependsOn: [...host.ready, appThere, records] },
  );

  return {
    ...answers({ stack, app: name, hosts, adminUser: app.adminUser, host, volume: dataVolume(name) }),
    adminPassword: secrets.adminPassword,
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
