import { randomUUID } from "node:crypto";

import { LabMachine } from "./lab-machine";

/** A download that went on while something was done. */
export interface Download<T> {
  readonly result: T;
  /** Bytes that were still to come at the end of it. */
  readonly left: number;
  /** Of all bytes, as `sha256sum` writes it. */
  readonly digest: string;
}

/** Seconds in which the next bytes have to come. */
const PATIENCE = 30;

/** 20 kB a second, and the rest at once when a file is there. */
const SCRIPT = `
import hashlib, os, sys, time, urllib.request
url, hurry = sys.argv[1:]
digest, left = hashlib.sha256(), None
with urllib.request.urlopen(url, timeout=${PATIENCE}) as response:
    size, got = int(response.headers["Content-Length"]), 0
    while part := response.read(4096):
        digest.update(part)
        got += len(part)
        if left is None and os.path.exists(hurry):
            left = size - got
        if left is None:
            time.sleep(0.2)
print(left or 0, digest.hexdigest())
`;

/** Does something while the visitor reads a file slowly, over one connection. */
export async function downloadingDuring<T>(
  visitor: LabMachine,
  url: string,
  action: () => Promise<T>,
): Promise<Download<T>> {
  const hurry = `/run/homeport-lab-tests-${randomUUID()}`;
  const downloading = visitor.run(`python3 - '${url}' ${hurry} <<'PYTHON'\n${SCRIPT}\nPYTHON\nrm -f ${hurry}`);
  let result: T;
  try {
    result = await action();
  } finally {
    await visitor.run(`touch ${hurry}`);
  }
  const [left = "", digest = ""] = (await downloading).trim().split(" ");
  return { result, left: Number(left), digest };
}
