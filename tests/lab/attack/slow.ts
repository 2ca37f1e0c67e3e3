import { connect, TLSSocket } from "node:tls";

import { theLab } from "../../support/lab";

/** Connections at a crawl; the application has a dozen threads. */
const SLOW = 60;

/** Other visitors, one after the other. */
const OTHERS = 20;

/** Seconds that one of them waits at most. */
const PATIENCE = 3;

/** Slow connections take the site from nobody. */
export function slowTests(): void {
  it("who sends forms byte by byte holds nobody up", async () => {
    const head =
      "POST / HTTP/1.1\r\nHost: www.weblog.test\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 9999\r\n\r\na=1";
    expect(await othersMeanwhile(head)).toEqual([]);
  });

  it("who reads large files at a crawl holds nobody up", async () => {
    const { machines } = await theLab();
    const media = `"$(docker volume inspect --format '{{.Mountpoint}}' homeport-dev-data)/media"`;
    await machines.pi.run(
      `mkdir -p ${media} && head -c 6000000 /dev/urandom >${media}/slow.bin && chmod -R a+rX ${media}`,
    );
    try {
      expect(await othersMeanwhile("GET /media/slow.bin HTTP/1.1\r\nHost: www.weblog.test\r\n\r\n")).toEqual([]);
    } finally {
      await machines.pi.run(`rm -f ${media}/slow.bin`);
    }
  });

  async function othersMeanwhile(text: string): Promise<string[]> {
    const { address } = (await theLab()).machines.vps;
    const slow = await Promise.all(Array.from({ length: SLOW }, () => opened(address, text)));
    try {
      const failures: string[] = [];
      for (let count = 0; count < OTHERS; count++) {
        const begun = Date.now();
        const line = await firstLine(address).catch(String);
        if (!line.startsWith("HTTP/1.1 200") || Date.now() - begun > PATIENCE * 1000)
          failures.push(`${line} after ${Date.now() - begun} ms`);
      }
      return failures;
    } finally {
      for (const socket of slow) socket.destroy();
    }
  }
}

/** A connection that has sent a text, and reads nothing. */
function opened(host: string, text: string): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: 443, servername: "www.weblog.test", rejectUnauthorized: false }, () => {
      socket.pause();
      socket.write(text, () => {
        resolve(socket);
      });
    });
    // One that is ended by the server is slow no more, and no fault.
    socket.on("error", reject);
  });
}

/** The first line of the page's answer. */
function firstLine(host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port: 443,
      servername: "www.weblog.test",
      rejectUnauthorized: false,
      timeout: PATIENCE * 1000,
    });
    socket.on("secureConnect", () =>
      socket.write("GET / HTTP/1.1\r\nHost: www.weblog.test\r\nConnection: close\r\n\r\n"),
    );
    socket.once("data", (data: Buffer) => {
      socket.destroy();
      resolve(data.toString("latin1").split("\r\n")[0] ?? "");
    });
    socket.on("timeout", () => socket.destroy(new Error("no answer")));
    socket.on("error", reject);
  });
}
