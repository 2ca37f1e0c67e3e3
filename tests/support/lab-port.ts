import { connect } from "node:net";

/** Milliseconds after which a port counts as shut; an open one answers in one. */
const PATIENCE = 1000;

/** Milliseconds between two looks. */
const PAUSE = 250;

/** Does something, and tells for how many seconds this machine could not open a TCP connection meanwhile. */
export async function secondsShut<T>(
  address: string,
  port: number,
  action: () => Promise<T>,
): Promise<{ readonly result: T; readonly shut: number }> {
  const misses: number[] = [];
  let ended = false;
  const watch = async (): Promise<void> => {
    while (!ended) {
      const asked = Date.now();
      if (await isOpen(address, port)) await new Promise((resolve) => setTimeout(resolve, PAUSE));
      else misses.push(asked, Date.now());
    }
  };
  const watching = watch();
  // oxlint-disable-next-line typescript/no-misused-promises -- `finally` awaits it
  const result = await action().finally(async () => {
    ended = true;
    await watching;
  });
  return { result, shut: misses.length === 0 ? 0 : (Math.max(...misses) - Math.min(...misses)) / 1000 };
}

async function isOpen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: PATIENCE });
    const answer = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.on("connect", () => {
      answer(true);
    });
    for (const event of ["timeout", "error"]) {
      socket.on(event, () => {
        answer(false);
      });
    }
  });
}
