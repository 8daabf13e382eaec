/** The fake LLM on a port of its own. */

import type { Config } from "../config/schema.ts";
import { createFakeApp } from "../fake/app.ts";
import { needsFake } from "../providers/registry.ts";
import { listen } from "./listener/listen.ts";
import { systemClock } from "./runtime.ts";

const MAX_BODY_BYTES = 52_428_800;

/** Starts the fake LLM server; port 0 picks a free one. */
export function listenFake(
  hostname: string,
  port: number,
  onListen: (port: number) => void = () => {},
): Deno.HttpServer<Deno.NetAddr> {
  const app = createFakeApp({
    clock: systemClock,
    random: Math.random,
    maxBodyBytes: MAX_BODY_BYTES,
  });
  return listen(
    { hostname, port, onListen: (address) => onListen(address.port) },
    (request) => app.fetch(request),
  );
}

/** The address of the embedded one; `undefined` where the upstreams do without it. */
export type FakeBaseUrl = (providers: Config["upstreams"]) => string | undefined;

/** Started once it is needed, and kept: calls may still be on their way to it. */
export function createFakeBaseUrl(): FakeBaseUrl {
  let baseUrl: string | undefined;
  return (providers) => {
    if (!needsFake(providers)) return undefined;
    baseUrl ??= `http://127.0.0.1:${listenFake("127.0.0.1", 0).addr.port}/v1`;
    return baseUrl;
  };
}
