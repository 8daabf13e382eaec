/** The fake LLM on a port of its own. */

import type { Config } from "../config/schema.ts";
import { needsFake } from "../providers/registry.ts";
import { OFF } from "../observability/log/log.ts";
import { fromResponse, toRequest } from "../server/fetch_adapter.ts";
import { httpServerOptions } from "../server/server_options.ts";
import { createServer } from "./listener/create_server.ts";
import { listen } from "./listener/listen.ts";
import { systemClock } from "./runtime.ts";

const MAX_BODY_BYTES = 52_428_800;

export interface ListeningFake {
  readonly port: number;
  /** Resolves when the last answer has left. */
  readonly stop: () => Promise<void>;
}

/** Starts the fake LLM server; port 0 picks a free one. Throws `ListenError`. */
export function listenFake(hostname: string, port: number): ListeningFake {
  // Loaded with the first request, because no start has to wait for it.
  let loading: Promise<FakeApp> | undefined;
  const server = createServer(
    httpServerOptions.parse({}),
    async (request) => {
      const app = await (loading ??= loadFakeApp());
      return fromResponse(await app.fetch(toRequest(request)));
    },
    { log: SILENT, reportBug: reportError },
  );
  const stop = async (): Promise<void> => {
    await server.drain();
    server.close();
  };
  return { port: listen(server, { hostname, port }).port, stop };
}

type FakeApp = ReturnType<typeof import("../fake/app.ts").createFakeApp>;

async function loadFakeApp(): Promise<FakeApp> {
  const { createFakeApp } = await import("../fake/app.ts");
  return createFakeApp({ clock: systemClock, random: Math.random, maxBodyBytes: MAX_BODY_BYTES });
}

/** What a listener has to say of itself is of no use to anyone here. */
const SILENT = { error: OFF, warn: OFF, info: OFF };

/** The address of the embedded one; `undefined` where the upstreams do without it. */
export type FakeBaseUrl = (providers: Config["upstreams"]) => string | undefined;

/** Started once it is needed, and kept: calls may still be on their way to it. */
export function createFakeBaseUrl(): FakeBaseUrl {
  let baseUrl: string | undefined;
  return (providers) => {
    if (!needsFake(providers)) return undefined;
    baseUrl ??= `http://127.0.0.1:${listenFake("127.0.0.1", 0).port}/v1`;
    return baseUrl;
  };
}
