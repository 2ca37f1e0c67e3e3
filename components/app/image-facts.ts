import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

import { commandConnection, HostAccess, script } from "../machine";
import { UserError } from "../../lib/errors";
import { DEFAULT_USER } from "./contract";

/** What an image says of itself, and who its containers run as. */
export interface ImageFacts {
  /** `uid:gid`. */
  readonly user: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  /** The lowest TCP port that it exposes. */
  readonly port: number | undefined;
  /** Paths of its VOLUME lines. */
  readonly volumes: readonly string[];
}

export interface ImageFactsArgs {
  readonly host: HostAccess;
  /** Reference of the image there. */
  readonly image: pulumi.Input<string>;
  /** A user of the image, `NAME[:GROUP]`; undefined: its own, but not root. */
  readonly user: string | undefined;
}

const words = z
  .array(z.string())
  .nullish()
  .transform((list) => list ?? []);
const keys = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((map) => Object.keys(map ?? {}).sort());

const schema = z.object({ user: z.string(), entrypoint: words, command: words, ports: keys, volumes: keys });

/** Looks at an image on a server, once for each image: the result stays in the state. */
export function imageFacts(
  name: string,
  { host, image, user }: ImageFactsArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<ImageFacts> {
  const look = "exec bash -s";
  const { stdout } = new command.remote.Command(
    name,
    {
      connection: commandConnection(host.address),
      create: look,
      update: look,
      stdin: pulumi
        .output(image)
        .apply((reference) =>
          [
            `${script("app/image-facts.sh")}${host.address.name}`,
            reference,
            host.owner,
            user ?? "-",
            DEFAULT_USER,
            "",
          ].join("\n"),
        ),
      logging: "none",
      addPreviousOutputInEnv: false,
    },
    opts,
  );
  return stdout.apply((text) => parseImageFacts(text));
}

/** Reads the script's answer. */
export function parseImageFacts(text: string): ImageFacts {
  const line = text.trim().split("\n").at(-1) ?? "";
  const { ports, ...facts } = schema.parse(parsed(line));
  const tcp = ports.filter((port) => !port.endsWith("/udp")).map((port) => Number.parseInt(port, 10));
  return { ...facts, port: tcp.length === 0 ? undefined : Math.min(...tcp) };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    throw new UserError(`the server's description of the image cannot be read: ${line}; run 'pulumi up' again`);
  }
}
