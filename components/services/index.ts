/** What an application needs beside its database: Redis and the like, each a container that nobody else can reach. */
export { services } from "./services";
export type { Services } from "./services";
