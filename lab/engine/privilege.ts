import Docker from "dockerode";

import { Instance, LABEL } from "../instance";
import { Engine } from "./engine";

/** What systemd as process 1 of a container needs from the engine. */
export type SystemdOptions = Docker.HostConfig & { readonly CgroupnsMode?: "private" };

/** systemd's volatile directories. A real machine's /tmp lets programs run; Docker's would not. */
const TMPFS = { "/run": "", "/run/lock": "", "/tmp": "exec" };

/** systemd's boot options: from version 256 on it refuses cgroup v1 without this one; earlier versions ignore it. */
export function bootOptions(engine: Pick<Engine, "cgroup">): readonly string[] {
  return engine.cgroup === "1" ? ["SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1"] : [];
}

/**
 * The options for this engine. `--privileged` where it works; some machines lack a capability (CAP_SYS_RESOURCE in some virtual machines)
 * and refuse it as a whole; there everything else is asked for. systemd finds its control groups in a private namespace with cgroup v2,
 * and in the machine's tree with v1.
 */
export async function systemdOptions(engine: Engine, instance: Instance, image: string): Promise<SystemdOptions> {
  const groups: SystemdOptions =
    engine.cgroup === "2"
      ? { CgroupnsMode: "private", Tmpfs: TMPFS }
      : { Binds: ["/sys/fs/cgroup:/sys/fs/cgroup:rw"], Tmpfs: TMPFS };
  const privileged: SystemdOptions = { Privileged: true, ...groups };
  if (await starts(engine.docker, instance, image, privileged)) {
    return privileged;
  }
  return {
    ...groups,
    CapAdd: ["ALL"],
    CapDrop: ["SYS_RESOURCE"],
    SecurityOpt: ["seccomp=unconfined", "apparmor=unconfined"],
    // Otherwise /proc/sys is read-only, and the hosts could not set a sysctl.
    MaskedPaths: [],
    ReadonlyPaths: [],
    Devices: [{ PathOnHost: "/dev/net/tun", PathInContainer: "/dev/net/tun", CgroupPermissions: "rwm" }],
  };
}

async function starts(docker: Docker, instance: Instance, image: string, options: SystemdOptions): Promise<boolean> {
  const container = await docker.createContainer({
    Image: image,
    Cmd: ["true"],
    Labels: { [LABEL]: instance.name },
    HostConfig: { ...options, NetworkMode: "none" },
  });
  try {
    await container.start();
    return true;
  } catch {
    return false;
  } finally {
    await container.remove({ force: true, v: true });
  }
}
