// Visits the site once as the internet does: by its name, at the edge's public address. Fails with what a visitor would meet.
// Parameters by environment: EDGE, EDGE_PORT (default 443), NAME, PATH_OF_CHECK, STATUSES (a list with commas, or nothing), CLOSED (paths of the admin, with commas), LOGIN (a page with a form, or
// nothing), MARK (a path that the proxy answers with 200 once it has taken the new route).
import https from "node:https";

const { EDGE, EDGE_PORT = "443", NAME, PATH_OF_CHECK, STATUSES, CLOSED, LOGIN, MARK } = process.env;

/** Milliseconds for one answer. */
const LONGEST_ANSWER = 15_000;
/** Milliseconds until the proxy has read its new route; it takes less than a second. */
const UNTIL_ROUTED = 20_000;
const PAUSE = 500;
/** Bytes of an answer that are looked at. */
const MOST_BYTES = 1_000_000;

/** One request; the certificate is not judged: at a first deploy it may still be on its way, and 'npm run status' shows it. */
function request(path, { method = "GET", headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const options = {
      host: EDGE,
      port: Number(EDGE_PORT),
      servername: NAME,
      path,
      method,
      rejectUnauthorized: false,
      agent: false,
    };
    const sent = https.request(
      {
        ...options,
        timeout: LONGEST_ANSWER,
        headers: { host: NAME, "user-agent": "homeport", connection: "close", ...headers },
      },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (part) => {
          text += part;
          if (text.length > MOST_BYTES) answer.destroy();
        });
        answer.on("close", () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
      },
    );
    sent.on("timeout", () => sent.destroy(new Error(`no answer within ${LONGEST_ANSWER / 1000} s`)));
    sent.on("error", reject);
    sent.end(body);
  });
}

function fail(message) {
  console.error(`homeport: ${message}`);
  process.exit(1);
}

const expected = (status) =>
  STATUSES === "" ? status < 400 || [401, 403, 404].includes(status) : STATUSES.split(",").includes(String(status));

/** The proxy keeps the route of before where it cannot read the new one, and the site answers all the same until that one's container is gone. */
async function routeIsTaken() {
  const deadline = Date.now() + UNTIL_ROUTED;
  for (;;) {
    const answer = await request(MARK).catch((error) => error);
    if (answer.status === 200) return;
    // Nothing answers: the site's own page says it better.
    if (Date.now() > deadline && answer instanceof Error) return;
    if (Date.now() > deadline)
      fail(
        `the proxy has not taken the new route of ${NAME} within ${UNTIL_ROUTED / 1000} s, so visitors still get the version before. ` +
          "Its log on the server where TLS ends says why (docker logs of the container traefik-...); then run 'pulumi up' again",
      );
    await new Promise((done) => setTimeout(done, PAUSE));
  }
}

async function firstAnswer() {
  const deadline = Date.now() + UNTIL_ROUTED;
  for (;;) {
    const answer = await request(PATH_OF_CHECK).catch((error) => error);
    if (!(answer instanceof Error) && expected(answer.status)) return answer;
    if (Date.now() > deadline) {
      const said = answer instanceof Error ? `does not answer: ${answer.message}` : `answers ${answer.status}`;
      fail(
        `https://${NAME}${PATH_OF_CHECK} ${said}, asked at the edge (${EDGE}:443) as a visitor would, while its container answers well. ` +
          "See 'npm run status' for the tunnel and the proxy, then run 'pulumi up' again",
      );
    }
    await new Promise((done) => setTimeout(done, PAUSE));
  }
}

/** A form's answer, with the cookie and the headers that a browser sends. */
async function formIsTaken(path) {
  const page = await request(path);
  const token = /name=["']csrfmiddlewaretoken["'] value=["']([^"']+)["']/.exec(page.text)?.[1];
  if (page.status !== 200 || token === undefined) return;
  const cookie = (page.headers["set-cookie"] ?? []).map((line) => line.split(";")[0]).join("; ");
  // Without a name and a password nobody is logged in, and no failed login is counted.
  const body = new URLSearchParams({ csrfmiddlewaretoken: token }).toString();
  const headers = {
    ...{ cookie, origin: `https://${NAME}`, referer: `https://${NAME}${path}` },
    ...{ "content-type": "application/x-www-form-urlencoded", "content-length": Buffer.byteLength(body) },
  };
  const answer = await request(path, { method: "POST", headers, body });
  if (answer.status === 403)
    fail(
      `the new version serves, but forms are refused: https://${NAME}${path} answers 403 to a browser's form. ` +
        `Set CSRF_TRUSTED_ORIGINS to include https://${NAME} in the project's settings, or let Homeport do it: remove 'csrf' and 'proxy' from app.adapter.keep; then run 'pulumi up' again`,
    );
}

await routeIsTaken();
await firstAnswer();
for (const path of CLOSED.split(",").filter((one) => one !== "")) {
  const { status } = await request(path);
  if (status !== 404)
    fail(
      `the admin is open to the internet: https://${NAME}${path} answers ${status}, not 404. Run 'pulumi up' again; if it stays so, report it`,
    );
}
if (LOGIN !== "" && !CLOSED.split(",").some((path) => LOGIN.startsWith(path))) await formIsTaken(LOGIN);
console.log(`https://${NAME}${PATH_OF_CHECK} answers visitors`);
