import * as pulumi from "@pulumi/pulumi";

import {
  addressPlan,
  AppImage,
  AppSecrets,
  DefaultCertificate,
  DjangoApp,
  Dns,
  imageTransfer,
  observe,
  Server,
  SharedKey,
  siteEntries,
  Traefik,
  traefikSecrets,
  traefikSpec,
  TunnelKeys,
  Vps,
  writeKnownHosts,
} from "./components";
import { loadSettings } from "./config";

/** The whole site of one stack; its outputs answer what a person asks next. */
async function homeport() {
  const { edge, servers, tunnel, tls, hosts, dns, images, app } = loadSettings();
  const [machine] = servers;
  const owner = `${pulumi.getProject()}/${pulumi.getStack()}`;
  const name = `${pulumi.getProject()}-${pulumi.getStack()}`;
  const knownHostsFile = writeKnownHosts(pulumi.getStack(), [edge, machine]);
  const [edgeSeen, machineSeen] = await Promise.all([
    observe(edge, owner, knownHostsFile),
    observe(machine, owner, knownHostsFile),
  ]);

  const plan = addressPlan(tunnel.network, servers.length);
  const spoke = plan.spoke(0);
  const keys = {
    edge: new TunnelKeys(`${edge.name}-tunnel`, {}),
    machine: new TunnelKeys(`${machine.name}-tunnel`, {}),
  };
  const sharedKey = new SharedKey(`${machine.name}-tunnel-shared`, {}).key;
  const secrets = new AppSecrets("app");
  const certificate = new DefaultCertificate("default");

  const vps = new Vps(edge.name, {
    address: edge,
    owner,
    observation: edgeSeen,
    plan: { sshPort: edge.port, sshFrom: edge.sshFrom, tunnel, address: `${plan.hub}/${plan.prefix}` },
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
      plan: { user: machine.user, tunnel, address: spoke, prefix: plan.prefix },
      hub: {
        name: edge.name,
        address: plan.hub,
        publicKey: keys.edge.publicKey,
        endpoint: `${edge.address}:${tunnel.port}`,
      },
      privateKey: keys.machine.privateKey,
      presharedKey: sharedKey,
      proxy: certificate.certificate.apply((pem) => traefikSpec(tls, pem)),
      proxySecrets: certificate.key.apply(traefikSecrets),
    },
    { dependsOn: vps },
  );
  const entries = siteEntries(hosts, edge.address);
  const records = new Dns("dns", { entries, dns });

  const image = new AppImage("app", {
    context: app.context,
    platform: machine.platform,
    pythonImage: images.python,
    repository: name,
  });
  const transfer = { host: server.host, knownHostsFile };
  const appThere = imageTransfer(
    "app-transfer",
    { ...transfer, reference: image.reference, pull: false },
    { dependsOn: server },
  );
  const traefikThere = imageTransfer(
    "traefik-transfer",
    { ...transfer, reference: images.traefik, pull: true },
    { dependsOn: server },
  );
  const traefik = new Traefik(
    "traefik",
    { settings: tls, image: images.traefik, provider: server.docker },
    { dependsOn: [traefikThere, records] },
  );
  new DjangoApp(
    "app",
    {
      ...app,
      djangoKey: secrets.djangoKey,
      adminPassword: secrets.adminPassword,
      app: name,
      host: server.host,
      provider: server.docker,
      image: image.reference,
      network: traefik.network,
      trustedProxies: traefik.subnet,
      hosts,
      adminHosts: [machine.address],
    },
    { dependsOn: [appThere, traefik] },
  );

  return {
    url: `https://${hosts[0]}/`,
    admin: { url: `https://${machine.address}:8443/admin/`, user: app.adminUser },
    adminPassword: secrets.adminPassword,
    dnsRecords: entries,
    logs: `ssh -p ${machine.port} ${machine.user}@${machine.address} 'docker logs -f $(docker ps -qf label=homeport.app=${name} -f label=homeport.role=web)'`,
  };
}

export = homeport;
