import { plain } from "../../support/mocks";
import { Run, runProgram } from "../../support/program";
import { FULL } from "../../support/settings";

/** Names that lead to the admin by the route of a stack whose first server is at this place. */
async function adminAt(place: "home" | "public"): Promise<{ run: Run; route: string }> {
  const run = await runProgram({ settings: { servers: [{ ...FULL.servers[0], place }] } });
  return { run, route: String(plain(run.resource("app-route", "command:remote:Command").inputs["stdin"])) };
}

test("at home the admin answers by the server's address, and by a forwarded port", async () => {
  const { run, route } = await adminAt("home");
  expect(run.outputs["admin"]?.value).toMatchObject({
    url: "https://192.168.77.10:8443/manage/",
    forwarded: "https://localhost:8443/manage/",
  });
  expect(route).toContain("Host(`192.168.77.10`) || Host(`localhost`)");
});

test("on a public server, where its port is closed, by a forwarded port alone, and the outputs say so", async () => {
  const { run, route } = await adminAt("public");
  expect(run.outputs["admin"]?.value).toMatchObject({
    url: "https://localhost:8443/manage/",
    forwarded: "https://localhost:8443/manage/",
  });
  expect(route).not.toContain("Host(`192.168.77.10`)");
});
