import { containerName } from "../../lab/hosts/start";
import { LABEL } from "../../lab/instance";
import { Lab } from "./lab";
import { LabMachine } from "./lab-machine";

/** Seconds after which a forgotten intruder ends by itself. */
const LIFETIME = 900;

/**
 * Gives an action somebody who is root on the VPS and has brought tools along: a container in the VPS's own network. Nothing is left on the VPS.
 */
export async function withIntruder<T>(
  { docker, machines, settings }: Lab,
  action: (intruder: LabMachine) => Promise<T>,
): Promise<T> {
  const name = containerName(settings.instance, "intruder");
  const { Config } = await docker.getContainer(machines.visitor.container).inspect();
  const container = await docker.createContainer({
    name,
    Image: Config.Image,
    Cmd: ["sleep", String(LIFETIME)],
    Labels: { [LABEL]: settings.instance.name },
    HostConfig: {
      AutoRemove: true,
      NetworkMode: `container:${machines.vps.container}`,
      CapAdd: ["NET_ADMIN", "NET_RAW"],
      SecurityOpt: ["seccomp=unconfined", "apparmor=unconfined"],
    },
  });
  try {
    await container.start();
    return await action(new LabMachine(docker, "vps", name, machines.vps.address));
  } finally {
    await container.remove({ force: true });
  }
}
