import { randomUUID } from "node:crypto";
import { join } from "node:path";

import { exec } from "../../lab/engine/containers";
import { provideEmulation } from "../../lab/engine/emulation";
import { LABEL } from "../../lab/instance";
import { Platform } from "../../lab/platform";
import { BuildContext } from "../../packages/provider-stand-ins/src/docker/build-context";
import { buildImage } from "../../packages/provider-stand-ins/src/docker/image-build";
import { until } from "../../lab/process";
import { CHECKOUT, Lab } from "./lab";
import { pythonImages } from "./lab-python";

/** Seconds until a site on an emulated processor is healthy. */
const HEALTHY = 180;

/** A page that the site has without its database. */
const ASK = `import http.client, sys
connection = http.client.HTTPConnection("localhost", 8000, timeout=20)
connection.request("GET", "/nothing-here/")
sys.exit(connection.getresponse().status != 404)`;

/** The example's image for a platform, with a container of it in which the site is healthy. */
export interface RunningBuild {
  readonly id: string;
  /** Builds it again and gives its id. */
  readonly buildAgain: () => Promise<string>;
  /** What a command in the container says. */
  readonly say: (...command: string[]) => Promise<string>;
}

/** Builds the example on the lab's engine as the program would, runs it there, and does something with it; it is removed afterwards. */
export async function withBuild<T>(
  lab: Lab,
  platform: Platform,
  action: (build: RunningBuild) => Promise<T>,
): Promise<T> {
  const { docker, settings } = lab;
  await provideEmulation((await docker.version()).Arch, platform, (line) => process.stderr.write(`${line}\n`));
  const name = `homeport-lab-tests:${randomUUID()}`;
  const context = new BuildContext(join(CHECKOUT, "app"), join(CHECKOUT, "app", "Dockerfile"));
  const { python } = await pythonImages(lab, platform);
  const args: Record<string, string> = python === undefined ? {} : { PYTHON_IMAGE: python };
  const build = (): Promise<string> =>
    buildImage(docker, context, { name, platform, args, hosts: [], buildKit: true }, () => undefined);
  const id = await build();
  const container = await docker.createContainer({
    Image: name,
    Env: ["DJANGO_SECRET_KEY=for-this-test-only", "DJANGO_ALLOWED_HOSTS=localhost"],
    Labels: { [LABEL]: settings.instance.name },
    HostConfig: { ReadonlyRootfs: true, Tmpfs: { "/tmp": "" }, NetworkMode: "none" },
  });
  const say = async (...command: string[]): Promise<string> => {
    const { code, stdout, stderr } = await exec(docker, container.id, command);
    if (code !== 0) throw new Error(`${command.join(" ")} exited with ${code}: ${stdout}${stderr}`);
    return stdout.trim();
  };
  try {
    await container.start();
    await until(`the site for ${platform} to be healthy`, HEALTHY, () => say("python", "-c", ASK));
    return await action({ id, buildAgain: build, say });
  } finally {
    await container.remove({ force: true, v: true });
    await docker.getImage(name).remove({ force: true });
  }
}
