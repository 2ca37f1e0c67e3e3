import * as pulumi from "@pulumi/pulumi";

import { ImageSource, imageSource, imageTransfer } from "../docker";
import { imageFacts } from "./image-facts";
import { UserError } from "../../lib/errors";
import { SiteDatabase, SiteServer } from "./place";
import { mapAll, NonEmpty } from "../../lib/non-empty";
import { AppServer } from "./server-with-image";

export interface AppServersArgs {
  readonly host: {
    /** The first also runs the release. */
    readonly servers: NonEmpty<SiteServer>;
    readonly database: SiteDatabase | undefined;
    /** What has to exist before the image is sent. */
    readonly ready: readonly pulumi.Resource[];
  };
  /** The build of the image, or its reference; see `AppImageArgs`. */
  readonly context: string;
  readonly dockerfile: string;
  readonly image?: string | undefined;
  /** One reference for all platforms, or one for each. */
  readonly pythonImage: string | Readonly<Partial<Record<string, string>>>;
  readonly buildArgs: Readonly<Record<string, string>>;
  /** Stage of the Dockerfile; undefined: the last. */
  readonly target?: string | undefined;
  /** Whether the database is PostgreSQL: an image without a Dockerfile of its own gets the driver. */
  readonly postgres: boolean;
  /** A user of the image; undefined: its own, but not root. */
  readonly user?: string | undefined;
  /** Name without tag. */
  readonly repository: string;
}

/** Ships the application's image to every server that runs it, built once for each platform; returns those servers, and the transfers. */
export function appServers(
  name: string,
  args: AppServersArgs,
): { readonly servers: NonEmpty<AppServer>; readonly transfers: pulumi.Resource[] } {
  const { host } = args;
  const [first, ...others] = host.servers;
  const serving: NonEmpty<SiteServer> = [first, ...others.filter(({ replicas }) => replicas > 0)];
  const images = new Map<string, ImageSource>();
  const imageOf = ({ platform }: SiteServer): ImageSource => {
    const known = images.get(platform);
    if (known !== undefined) return known;
    const source = imageFor(images.size === 0 ? name : `${name}-${platform.replaceAll("/", "-")}`, args, platform);
    images.set(platform, source);
    return source;
  };
  const transfers: pulumi.Resource[] = [];
  const servers = mapAll(serving, (server, index): AppServer => {
    const source = imageOf(server);
    const prefix = index === 0 ? name : `${name}-${server.name}`;
    const transfer = imageTransfer(
      `${prefix}-transfer`,
      { host: server.access, ...source },
      { dependsOn: [...host.ready] },
    );
    transfers.push(transfer);
    const image = pulumi.output(source.reference);
    const facts = imageFacts(
      `${prefix}-facts`,
      { host: server.access, image, user: args.user },
      { dependsOn: transfer },
    );
    return { ...server, image, facts, extraHosts: databaseHosts(server, host.database) };
  });
  return { servers, transfers };
}

function imageFor(name: string, args: AppServersArgs, platform: string): ImageSource {
  const { context, dockerfile, target, image, pythonImage, buildArgs, postgres, repository } = args;
  const base = typeof pythonImage === "string" ? pythonImage : pythonImage[platform];
  if (base === undefined && image === undefined)
    throw new UserError(`images.python: no image for ${platform}, the platform of a server`);
  return imageSource(name, {
    ...{ context, dockerfile, target, image, platform, buildArgs, postgres, repository },
    pythonImage: base ?? "",
  });
}

// On the database's own server Docker's resolver knows the name.
function databaseHosts({ name }: SiteServer, database: SiteDatabase | undefined): AppServer["extraHosts"] {
  return database === undefined || database.server === name
    ? []
    : [{ host: database.name, ip: database.tunnelAddress }];
}
