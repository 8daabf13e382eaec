import { CHAT_PATH, type ServerKind } from "./server.ts";

export const direct: ServerKind = {
  name: "direct",
  what: "the load straight at the upstream, on the load's core",
  start: (upstreamPort) =>
    Promise.resolve({ name: "direct", port: upstreamPort, path: CHAT_PATH, headers: [] }),
};
