import { isSecret, plain, visible } from "../../support/mocks";
import { Run, runProgram } from "../../support/program";

const SECRETS = { MAIL_PASSWORD: "PASSWORD-OF-THE-MAIL", SENTRY_DSN: "https://KEY-OF-SENTRY@sentry.test/1" } as const;

const REMOTE = "command:remote:Command";
const CONTAINER = "docker:index/container:Container";

let run: Run;
beforeAll(async () => {
  run = await runProgram({ settings: { appSecrets: SECRETS } });
});

const digest = (of: Run): unknown => {
  const { labels } = of.resource("app-web", CONTAINER).inputs as { labels: { label: string; value: unknown }[] };
  return labels.find(({ label }) => label === "homeport.secrets")?.value;
};

test("each of the person's own secrets is a file, and a variable in another, that the application alone can read", () => {
  const stdin = run.resource("app-secrets", REMOTE).inputs["stdin"];
  expect(isSecret(stdin)).toBe(true);
  const directory = "/etc/homeport/apps/homeport-dev";
  expect(plain(stdin)).toContain(`\ndir ${directory} 0550 root:10001\n`);
  expect(plain(stdin)).toContain(`\nfile ${directory}/mail_password 0440 root:10001 - -\n  ${SECRETS.MAIL_PASSWORD}\n`);
  expect(plain(stdin)).toMatch(
    new RegExp(
      `\\nfile ${directory}/environment.sh 0440 root:10001 - -\\n(  .*\\n)*  export MAIL_PASSWORD='?${SECRETS.MAIL_PASSWORD}'?\\n`,
    ),
  );
});

test.each(["app-web", "app-release"])("%s knows where they are", (name) => {
  expect(run.resource(name, CONTAINER).inputs["envs"]).toEqual(
    expect.arrayContaining([
      "MAIL_PASSWORD_FILE=/run/secrets/mail_password",
      "SENTRY_DSN_FILE=/run/secrets/sentry_dsn",
    ]),
  );
});

test("they stand in nothing that can be seen, and in no environment", () => {
  for (const secret of Object.values(SECRETS)) {
    expect(run.resources.filter((one) => JSON.stringify(visible(one.inputs)).includes(secret))).toEqual([]);
    expect(run.resources.filter((one) => JSON.stringify(plain(one.inputs["envs"]) ?? "").includes(secret))).toEqual([]);
    expect(JSON.stringify(run.calls)).not.toContain(secret);
  }
});

test("a changed one makes a new container", async () => {
  const other = await runProgram({ settings: { appSecrets: { ...SECRETS, MAIL_PASSWORD: "another" } } });
  expect(digest(other)).toMatch(/^[0-9a-f]{16}$/);
  expect(digest(other)).not.toBe(digest(run));
});

test("without any, the container of before is left alone", async () => {
  const [none, empty] = [await runProgram(), await runProgram({ settings: { appSecrets: {} } })];
  expect(none.resource("app-web", CONTAINER).inputs).toEqual(empty.resource("app-web", CONTAINER).inputs);
  expect(digest(none)).toBe(digest(empty));
});
