import { randomUUID } from "node:crypto";

import { LabMachine } from "./lab-machine";

/** What a steady load of requests got. */
export interface Load {
  /** Seconds since its start at which each request began, and its status, or why there was none. */
  readonly requests: readonly { readonly at: number; readonly status: string }[];
}

/** Seconds until one request is given up. */
const PATIENCE = 20;

/** A steady load from the visitor: so many requests a second, each on a connection of its own, whatever the ones before have got. */
const SCRIPT = `
import concurrent.futures, http.client, os, ssl, sys, time
host, path, rate, seconds, stop = sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4]), sys.argv[5]
context = ssl.create_default_context()
begin = time.monotonic()
def ask(at):
    connection = http.client.HTTPSConnection(host, timeout=${PATIENCE}, context=context)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        return at, response.status
    except Exception as error:
        return at, f"{error!r} after {time.monotonic() - begin - at:.1f} s"
    finally:
        connection.close()
with concurrent.futures.ThreadPoolExecutor(256) as pool:
    asked = []
    for number in range(int(rate * seconds)):
        if os.path.exists(stop):
            break
        at = number / rate
        time.sleep(max(0, begin + at - time.monotonic()))
        asked.append(pool.submit(ask, at))
    for one in asked:
        print(*one.result())
`;

/** As many requests as are answered: so many visitors, each of whom asks again as soon as there is an answer. */
const FULL = `
import concurrent.futures, http.client, ssl, sys, time
host, path, visitors, warm, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), float(sys.argv[5])
context = ssl.create_default_context()
begin = time.monotonic()
def ask(_):
    connection = http.client.HTTPSConnection(host, timeout=${PATIENCE}, context=context)
    answered = 0
    while time.monotonic() < begin + warm + seconds:
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        if response.status != 200:
            raise SystemExit(f"{path} answered {response.status}")
        answered += warm <= time.monotonic() - begin < warm + seconds
    connection.close()
    return answered
with concurrent.futures.ThreadPoolExecutor(visitors) as pool:
    print(sum(pool.map(ask, range(visitors))))
`;

/** Seconds before the counting begins. */
const WARM = 5;

/** How many requests a second are answered at most: `visitors` keep-alive connections, each with a request at any time. All have to be good. */
export async function throughput(visitor: LabMachine, url: string, visitors: number, seconds: number): Promise<number> {
  const { hostname, pathname } = new URL(url);
  const answered = await visitor.run(
    `python3 - '${hostname}' '${pathname}' ${visitors} ${WARM} ${seconds} <<'PYTHON'\n${FULL}\nPYTHON`,
  );
  return Number(answered) / seconds;
}

/** Asks for a page so many times a second for so many seconds. */
export async function steadyLoad(visitor: LabMachine, url: string, rate: number, seconds: number): Promise<Load> {
  return load(visitor, url, rate, seconds, "/nonexistent");
}

/** Seconds after which a load ends by itself. */
const LONGEST = 900;

/** Asks for a page so many times a second for as long as something is done. */
export async function loadDuring(
  visitor: LabMachine,
  url: string,
  rate: number,
  action: () => Promise<unknown>,
): Promise<Load> {
  const stop = `/run/homeport-lab-tests-${randomUUID()}`;
  const loading = load(visitor, url, rate, LONGEST, stop);
  try {
    await action();
  } finally {
    await visitor.run(`touch ${stop}`);
  }
  const got = await loading;
  await visitor.run(`rm ${stop}`);
  return got;
}

async function load(visitor: LabMachine, url: string, rate: number, seconds: number, stop: string): Promise<Load> {
  const { hostname, pathname } = new URL(url);
  const lines = await visitor.lines(
    `python3 - '${hostname}' '${pathname}' ${rate} ${seconds} ${stop} <<'PYTHON'\n${SCRIPT}\nPYTHON`,
  );
  return {
    requests: lines.map((line) => {
      const space = line.indexOf(" ");
      return { at: Number(line.slice(0, space)), status: line.slice(space + 1) };
    }),
  };
}

/** The requests that got no page, among those begun within a span of seconds. */
export function failuresIn({ requests }: Load, from = 0, to = Infinity): Load["requests"] {
  return requests.filter(({ at, status }) => status !== "200" && at >= from && at < to);
}
