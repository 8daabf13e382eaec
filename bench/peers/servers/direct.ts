import type { ServerKind } from "./server.ts";

export const direct: ServerKind = {
  name: "direct",
  what: "the load straight at the upstream, on the load's core",
  start: (providerPort) => Promise.resolve({ name: "direct", port: providerPort, headers: [] }),
};
