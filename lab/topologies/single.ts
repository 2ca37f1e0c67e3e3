import { STACK } from "../domain";
import { PI_PLATFORM } from "../platform";
import type { LabTopology } from "./lab-topology";

/** A VPS as the edge, a Raspberry Pi behind a NAT router as the only server. */
export const SINGLE: LabTopology = {
  name: "single",
  stack: STACK,
  suffix: "",
  hosts: ["dns", "router", "acme", "vps", "pi", "visitor"],
  servers: [{ name: "pi", platform: PI_PLATFORM }],
  programs: ["pebble"],
  services: [],
  settings: () => ({}),
};
