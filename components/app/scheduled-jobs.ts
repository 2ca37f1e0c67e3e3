import { EMPTY_SPEC, HostFile, HostSpec, renderUnit, script } from "../machine";

/** A scheduled command of an application. */
export interface Job {
  /** Of lower-case letters, digits and hyphens, unique in the application. */
  readonly name: string;
  /** A calendar event of systemd.time(7), without quotes. */
  readonly schedule: string;
  /** Shell text, run in the application's container with `sh -e`. */
  readonly command: string;
}

/** Below /run, root's own: the locks of running jobs. */
const LOCKS = "homeport-jobs";

/** Where systemd notes the last run of a timer, to catch up on a run that was missed while the machine was off. */
const STAMPS = "/var/lib/systemd/timers";

/** The spec of the server that runs an application's jobs: a timer and a service each; empty without jobs. */
export function jobsSpec(app: string, jobs: readonly Job[]): HostSpec {
  if (jobs.length === 0) return EMPTY_SPEC;
  return {
    ...EMPTY_SPEC,
    // Checked before anything is changed: the settings check only the characters of a schedule.
    needs: jobs.map(({ name, schedule }) => ({
      claim: `the schedule of the job ${name} (app.jobs) is one that systemd understands`,
      command: `systemd-analyze calendar '${schedule}' >/dev/null`,
    })),
    files: [
      // A copy for each application: another stack on this server may have another version.
      { path: programOf(app), text: script("app/scheduled-job.sh"), mode: "0755" },
      ...jobs.flatMap((job) => jobFiles(app, job)),
    ],
    units: jobs.map(({ name }) => `${unitOf(app, name)}.timer`),
    leftovers: jobs.map(({ name }) => `${STAMPS}/stamp-${unitOf(app, name)}.timer`),
  };
}

function jobFiles(app: string, { name, schedule, command }: Job): HostFile[] {
  const unit = unitOf(app, name);
  const text = `/etc/homeport/jobs/${app}/${name}`;
  return [
    { path: text, text: command },
    {
      path: `/etc/systemd/system/${unit}.service`,
      text: renderUnit("app/jobs.ts", {
        Unit: { Description: `Homeport: the job ${name} of ${app}`, After: "docker.service" },
        Service: {
          Type: "oneshot",
          ExecStart: `${programOf(app)} ${app} ${name} ${text} /run/${LOCKS}/${app}-${name}`,
          RuntimeDirectory: LOCKS,
          RuntimeDirectoryPreserve: "yes",
          // Otherwise Docker's client looks for its settings in the home directory.
          Environment: `DOCKER_CONFIG=/run/${LOCKS}`,
          ProtectSystem: "strict",
          ProtectHome: "yes",
          PrivateTmp: "yes",
          NoNewPrivileges: "yes",
        },
      }),
    },
    {
      path: `/etc/systemd/system/${unit}.timer`,
      text: renderUnit("app/jobs.ts", {
        Unit: { Description: `Homeport: when the job ${name} of ${app} runs` },
        Timer: { OnCalendar: schedule, AccuracySec: "1s", Persistent: "true" },
        Install: { WantedBy: "timers.target" },
      }),
      onChange: { unit: `${unit}.timer`, action: "restart" },
    },
  ];
}

function programOf(app: string): string {
  return `/usr/local/lib/homeport/jobs/${app}`;
}

function unitOf(app: string, job: string): string {
  return `homeport-job-${app}-${job}`;
}
