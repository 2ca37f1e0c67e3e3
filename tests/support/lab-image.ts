import { LabMachine } from "./lab-machine";

/** What a machine received from its networks while something was done. */
export interface Received<T> {
  readonly result: T;
  readonly bytes: number;
}

/** Does something and counts what comes in at a machine's network cards meanwhile, headers and answers to itself among it. */
export async function receivedDuring<T>(machine: LabMachine, action: () => Promise<T>): Promise<Received<T>> {
  const counted = async (): Promise<number> => {
    const cards = await machine.lines("cat /sys/class/net/eth*/statistics/rx_bytes");
    return cards.reduce((sum, line) => sum + Number(line), 0);
  };
  const before = await counted();
  const result = await action();
  return { result, bytes: (await counted()) - before };
}

/** How many bytes an image is, compressed as it is sent where an end has no zstd. */
export interface SavedSizes {
  readonly whole: number;
  /** Of it the layers from the first on that another image does not have in its place. */
  readonly lacking: number;
}

/** Weighs an image on the Pi against another there. */
export async function savedSizes(pi: LabMachine, image: string, other: string): Promise<SavedSizes> {
  const [layers = [], known = []] = await Promise.all(
    [image, other].map((name) => pi.lines(`docker image inspect --format '{{join .RootFS.Layers "\\n"}}' ${name}`)),
  );
  const first = layers.findIndex((layer, index) => layer !== known[index]);
  const place = "/var/tmp/homeport-lab-tests.image";
  const text = await pi.run(`mkdir ${place}
docker save ${image} | tar -xf - -C ${place}
cat ${place}/manifest.json`);
  try {
    const [{ Layers: files = [] } = {}] = JSON.parse(text) as { Layers?: string[] }[];
    const weigh = async (these: readonly string[]): Promise<number> =>
      Number(await pi.run(`cd ${place}; cat /dev/null ${these.join(" ")} | gzip -1 | wc -c`));
    return { whole: await weigh(files), lacking: await weigh(first === -1 ? [] : files.slice(first)) };
  } finally {
    await pi.run(`rm -r ${place}`);
  }
}
