/** `weir fake`: the fake LLM server by itself, and embedded in the gateway. */

import { readFakeServer } from "../config/fake_server.ts";
import { createFakeApp } from "../fake/app.ts";
import { processEnvironment } from "./environment.ts";
import { listen } from "./listen.ts";
import type { ConfigRequest } from "./load_config.ts";
import { localUrl } from "./local_url.ts";
import { systemClock } from "./runtime.ts";
import { untilStopped, within } from "./stop.ts";
import { notify } from "./terminal.ts";

/** A stalled answer is not waited for: it would not end. */
const LINGER_MS = 5_000;
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

/** Serves until a stop signal. Throws `ConfigError`. */
export async function serveFake({ overrides }: ConfigRequest): Promise<void> {
  const { host, port } = readFakeServer(processEnvironment(), overrides);
  const server = listenFake(host, port, (port) => {
    const url = localUrl(host, port);
    const body = `{"model":"any-model","messages":[{"role":"user","content":"hello"}]}`;
    notify(
      `weir fake listens on ${url} (${host})\nTry it:\n` +
        `  curl ${url}/v1/chat/completions -H "Content-Type: application/json" -d '${body}'`,
    );
  });
  await untilStopped();
  await within(server.shutdown(), LINGER_MS);
}
