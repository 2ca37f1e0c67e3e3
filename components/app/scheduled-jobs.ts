import { EMPTY_SPEC, HostFile, HostSpec, renderUnit, script } from "../machine";


/** A scheduled command of an application. */
export interface Job {
  /** Of small letters, digits and hyphens, unique in the application. */
  readonly name: string;
  /** A calendar event of systemd.time(7), without quotes. */
  readonly schedule: string;
  /** Shell text, run in the application's container; its first failure ends it. */
  readonly command: string;
}

/** Below /run, root's own: the locks of jobs that are at work. */
const LOCKS = "homeport-jobs";

/** Where systemd notes when a timer ran last, so that it makes up for a run that the machine slept through. */
const STAMPS = "/var/lib/systemd/timers";

/** The spec of the server that runs an application's jobs: a timer and a service each; empty without jobs. */
export function jobsSpec(app: string, jobs: readonly Job[]): HostSpec {
  if (jobs.length === 0) return EMPTY_SPEC;
  return {
    ...EMPTY_SPEC,
    // Asked before anything is changed; a schedule is checked for its characters only where the settings are read.
    needs: jobs.map(({ name, schedule }) => ({
      claim: `the schedule of the job ${name} (app.jobs) is one that systemd understands`,
      command: `systemd-analyze calendar '${schedule}' >/dev/null`,
    })),
    files: [
      // Each application has its own copy: another stack's on this server may be of another version.
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
          // Docker's client looks for its settings at home otherwise.
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
