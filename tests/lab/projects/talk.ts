import { randomUUID } from "node:crypto";

import { until } from "../../../lab/process";
import { command } from "../../support/lab-command";
import { LabProject } from "../../support/lab-project";

/** Seconds for a job to be done. */
const DONE = 30;

/** Seconds in which the first event has to be there; the second would come after a minute. */
const AT_ONCE = 5;

/**
 * Says something by WebSocket and prints the first line of the answer, and the text of the frame that comes back. The key is that of the example in RFC 6455
 * (section 1.2); the frame (section 5.2) is the last of its message, a text, masked with zeros, which leave it as it is.
 */
const SPEAK = `import socket, ssl, sys
host, path, origin, text = sys.argv[1:]
line = ssl.create_default_context().wrap_socket(socket.create_connection((host, 443), 10), server_hostname=host)
head = (f"GET {path} HTTP/1.1", f"Host: {host}", f"Origin: {origin}", "Connection: Upgrade", "Upgrade: websocket",
        "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", "")
line.sendall("\\r\\n".join(head).encode())
answer = line.makefile("rb")
status = answer.readline().decode().strip()
print(status)
if " 101 " in status:
    while answer.readline().strip():
        pass
    line.sendall(bytes((0x81, 0x80 + len(text), 0, 0, 0, 0)) + text.encode())
    _, length = answer.read(2)
    print(answer.read(length).decode())
`;

/** Open connections from the internet, and what happens behind a request. */
export function talkTests(project: () => LabProject): void {
  it("speaks by WebSocket", async () => {
    const { origin } = new URL(await project().url("/"));
    expect(await spoken(project(), "hello", origin)).toEqual([
      expect.stringMatching(/^HTTP\/1\.1 101 /),
      "somebody said hello",
    ]);
  });

  it("speaks with no page of another site", async () => {
    const said = await spoken(project(), "hello", "https://elsewhere.example");
    expect(said).toEqual([expect.stringMatching(/^HTTP\/1\.1 403 /)]);
  });

  it("sends an event at once, and not when there are enough of them", async () => {
    const { visitor } = project().lab.machines;
    const { stdout } = await visitor.attempt(`curl -sSN --max-time ${AT_ONCE} '${await project().url("/events/")}'`);
    expect(stdout).toBe("data: first\n\n");
  });

  it("has a form's job done by its worker, whose log is at hand", async () => {
    const { visitor } = project().lab.machines;
    const job = randomUUID();
    const url = await project().url("/");
    const page = await visitor.run(`jar=$(mktemp)
trap 'rm "$jar"' EXIT
token=$(curl -sSf -b "$jar" -c "$jar" '${url}' | sed -n 's/.*csrfmiddlewaretoken" value="\\([^"]*\\)".*/\\1/p')
curl -sS -b "$jar" -H 'Origin: ${new URL(url).origin}' -H 'Referer: ${url}' -d "csrfmiddlewaretoken=$token" -d job=${job} -o /dev/null -w '%{http_code}' '${url}'`);
    expect(page).toBe("302");
    await until("the job to be done", DONE, async () =>
      (await project().visit("/")).body.includes(`<p>${job}</p>`) ? true : undefined,
    );
    const { code, stdout, stderr } = await command(project().lab, "logs", ["--process", "worker", "--tail", "50"]);
    expect([code, stdout + stderr]).toEqual([0, expect.stringContaining(`did ${job}`)]);
  });
}

/** What the visitor hears who says something by WebSocket from a page of a site. */
async function spoken(project: LabProject, text: string, origin: string): Promise<string[]> {
  const { hostname, pathname } = new URL(await project.url("/ws/"));
  return project.lab.machines.visitor.lines(
    `python3 - '${hostname}' '${pathname}' '${origin}' '${text}' <<'PYTHON'\n${SPEAK}PYTHON`,
  );
}
