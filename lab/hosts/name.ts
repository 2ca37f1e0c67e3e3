/** The machines that labs are made of; which of them a lab has, its topology says. */
export const HOST_NAMES = ["dns", "acme", "router", "vps", "pi", "visitor", "one", "two", "db", "s3"] as const;

/** One of them. */
export type HostName = (typeof HOST_NAMES)[number];
