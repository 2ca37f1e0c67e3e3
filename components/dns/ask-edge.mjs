// Proves that an edge leads to the site's proxy: a visitor's connection by the site's name gets an answer, whatever it is.
// Parameters by environment: EDGE, EDGE_PORT (default 443), NAME.
import https from "node:https";

const { EDGE, EDGE_PORT = "443", NAME } = process.env;

/** Milliseconds for one answer. */
const LONGEST_ANSWER = 5_000;
/** Milliseconds for a proxy that has just been started, and for a tunnel that has just moved. */
const UNTIL_ANSWERED = 60_000;
const PAUSE = 500;

function ask() {
  return new Promise((resolve, reject) => {
    const sent = https.get(
      {
        ...{ host: EDGE, port: Number(EDGE_PORT), servername: NAME, path: "/", agent: false, timeout: LONGEST_ANSWER },
        headers: { host: NAME, "user-agent": "homeport", connection: "close" },
        // A certificate for the name can be had only once the name points here.
        rejectUnauthorized: false,
      },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      },
    );
    sent.on("timeout", () => sent.destroy(new Error(`no answer within ${LONGEST_ANSWER / 1000} s`)));
    sent.on("error", reject);
  });
}

const deadline = Date.now() + UNTIL_ANSWERED;
for (;;) {
  const answer = await ask().catch((error) => error);
  if (!(answer instanceof Error)) break;
  if (Date.now() > deadline) {
    console.error(
      `homeport: the edge ${EDGE} answers no visitor (port 443: ${answer.message}), so the site's names stay where they are. ` +
        "Is TCP 80 and 443 open in its provider's firewall? 'npm run status' shows the tunnel; then run 'pulumi up' again",
    );
    process.exit(1);
  }
  await new Promise((done) => setTimeout(done, PAUSE));
}
console.log(`the edge ${EDGE} leads to the proxy`);
