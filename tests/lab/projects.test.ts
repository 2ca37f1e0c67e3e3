import { changing } from "../support/lab-group";
import { LabProject } from "../support/lab-project";
import { ProjectKind } from "../support/projects/make";
import { everyTests, Expected, HASHED, PLAIN } from "./projects/every";
import { talkTests } from "./projects/talk";
import { Upload, uploadTests } from "./projects/uploads";

/** A project with what it is deployed with, and what is expected of it. */
interface Case {
  /** The lines of `homeport:app` besides `context`. */
  readonly app: Readonly<Record<string, unknown>>;
  readonly expected: Expected;
  readonly upload?: Upload;
  /** Files that the deploy warns of, because they would go into the image. */
  readonly warned?: readonly string[];
}

const CASES: Readonly<Record<ProjectKind, Case>> = {
  guide: {
    app: {},
    expected: { first: { status: 200, body: /<title>My weblog</ }, admins: ["/admin/"], styles: PLAIN },
    upload: {
      ...{ login: "/admin/login/", form: "/admin/weblog/post/add/", fields: { title: "Dunes" } },
      ...{ pictureField: "picture", shown: "/", original: true },
    },
    warned: [".env", "db.sqlite3"],
  },
  startproject: {
    app: {},
    // Only with DEBUG on is there a first page.
    expected: { first: { status: 404, body: /Not Found/ }, admins: ["/admin/"], styles: HASHED },
  },
  wagtail: {
    app: {},
    expected: { first: { status: 200, body: /Wagtail/ }, admins: ["/admin/", "/django-admin/"], styles: HASHED },
    upload: {
      ...{ login: "/admin/login/", form: "/admin/images/add/", fields: { title: "Dunes", collection: "1" } },
      ...{ pictureField: "file", shown: "/admin/images/", original: false },
    },
  },
  channels: {
    app: { processes: { worker: { command: "python manage.py run_huey" } }, services: { redis: {} } },
    expected: { first: { status: 200, body: /<title>Talk</ }, admins: ["/admin/"], styles: HASHED },
  },
};

changing("a project as its author wrote it:", () => {
  describe.each(Object.entries(CASES) as [ProjectKind, Case][])(
    "%s",
    (kind, { app, expected, upload, warned = [] }) => {
      let deployed: LabProject | undefined;
      const project = (): LabProject => {
        if (deployed === undefined) throw new Error(`${kind} was not made`);
        return deployed;
      };

      afterAll(async () => {
        await deployed?.remove();
      });

      it("is deployed by few lines of settings", async () => {
        expect(Object.keys(app).length).toBeLessThan(5);
        deployed = await LabProject.make(kind, app);
        const { seconds, output } = await deployed.deploy();
        process.stderr.write(`          ${kind}: the first up took ${seconds.toFixed(0)} s\n`);
        for (const file of warned) expect(output).toContain(`${file} would go into the image`);
        // The one that has everything.
        if (kind === "channels")
          expect(await deployed.lab.stack.preview("--expect-no-changes")).toMatchObject({ code: 0, changed: [] });
      });

      everyTests(project, expected);
      if (upload !== undefined) uploadTests(project, upload, { file: "mysite/urls.py", line: "# Changed." });
      if (kind === "channels") talkTests(project);
    },
  );
});
