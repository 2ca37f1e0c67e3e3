import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { BadLuck } from "../../support/bad-luck";
import { Lab } from "../../support/lab";
import { StackRun } from "../../support/lab-stack";

/** What may change when the application's settings do. */
export const OF_THE_APPLICATION = [
  ...["app-volumes", "app-release", "app-release-run", "app-web", "app-gate", "app-route", "app-visit"],
];

/** Seconds for a version that never becomes healthy: time for two checks; the lab's own number suits slow processors. */
const PATIENCE = 25;

/** Megabytes of the image that does not fit, and of the disk that is full. */
const IMAGE_MB = 8;
const DISK_MB = 4;

/** A version that cannot start; what follows it is in failed-deploy.ts. It is reported long before the seconds of `app.health` are over. */
export const ENDS_AT_ONCE: BadLuck = {
  name: "a container that ends as soon as it starts",
  settings: () => ({ "homeport:app": { command: "python -m gunicorn mysite.wsgi --timeout soon" } }),
  says: () => [
    /last lines of app-web-\w+ on pi:/,
    "argument -t/--timeout: invalid",
    /app-web-\w+ exited by itself on pi, the last time with exit code \d+; the previous version still serves/,
    "app.environment, then run 'pulumi up' again",
  ],
  touches: OF_THE_APPLICATION,
};

/** What comes to light in the middle of a deploy: each is followed by a good `up` of its own. */
export const BAD_DEPLOYS: readonly BadLuck[] = [
  {
    name: "a Dockerfile that fails",
    broken: withDockerfile("RUN echo 'no such package: djangoo' >&2; exit 7"),
    says: () => ["app-image", "no such package: djangoo"],
    touches: ["app-image"],
  },
  {
    name: "a migration that fails",
    settings: () => ({ "homeport:app": { release: ["python manage.py migrate weblog 9999"] } }),
    says: () => [
      "Cannot find a migration matching '9999'",
      /the release of homeport-dev failed on pi with exit code \d+ in: python manage\.py migrate weblog 9999 \(of app\.release\)/,
      "the previous version still serves. Fix the error in its lines above, then run 'pulumi up' again",
    ],
    touches: ["app-volumes", "app-release", "app-release-run"],
  },
  {
    name: "a container that never becomes healthy",
    settings: () => ({
      "homeport:app": { health: { command: ["sh", "-c", "echo nobody answers here; exit 1"], seconds: PATIENCE } },
    }),
    says: () => [
      /last lines of app-web-\w+ on pi:/,
      /the last output of its health check:\s+nobody answers here/,
      `was not healthy on pi within ${PATIENCE} s; the previous version still serves`,
      "app.health.command",
      "run 'pulumi up' again",
    ],
    touches: OF_THE_APPLICATION,
  },
  {
    name: "a full disk on the server",
    broken: (lab, action) =>
      withFullDisk(lab, () =>
        withDockerfile(`RUN dd if=/dev/urandom of=/blob bs=1M count=${IMAGE_MB} 2>/dev/null`)(lab, action),
      ),
    says: () => ["pi has no room for the image", "docker image prune -a", "run 'pulumi up' again"],
    touches: ["app-image", "app-transfer"],
  },
];

/** Builds the application from a Dockerfile that has one line more than the base. */
function withDockerfile(line: string) {
  return async ({ stack }: Lab, action: () => Promise<StackRun>): Promise<StackRun> => {
    const context = await mkdtemp(join(tmpdir(), "homeport-lab-tests-"));
    await writeFile(join(context, "Dockerfile"), `ARG PYTHON_IMAGE\nFROM $PYTHON_IMAGE\n${line}\n`);
    try {
      return await stack.withSettings({ "homeport:app": { context } }, action);
    } finally {
      await rm(context, { recursive: true });
    }
  };
}

/** Does something while the server has no room for an image that is loaded. */
async function withFullDisk({ machines: { pi } }: Lab, action: () => Promise<StackRun>): Promise<StackRun> {
  await pi.run(`mount -t tmpfs -o size=${DISK_MB}m homeport-lab-tests /var/lib/docker/tmp`);
  try {
    return await action();
  } finally {
    await pi.run("umount /var/lib/docker/tmp");
  }
}
