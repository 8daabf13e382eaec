/** `weir fake`: the fake LLM server by itself. */

import { readFakeServer } from "../config/fake_server.ts";
import { processEnvironment } from "../host/system/environment.ts";
import { listenFake } from "../host/embedded_fake.ts";
import type { ConfigRequest } from "../host/reload/load_config.ts";
import { localUrl } from "../host/listener/listen.ts";
import { within } from "../host/runtime.ts";
import { untilStopped } from "../host/system/signals.ts";
import { notify } from "../host/system/terminal.ts";

/** A stalled answer is not waited for: it would not end. */
const LINGER_MS = 5_000;
/** Serves until a stop signal. Throws `ConfigError`. */
export async function serveFake({ overrides }: ConfigRequest): Promise<void> {
  const { host, port } = readFakeServer(processEnvironment(), overrides);
  const fake = listenFake(host, port);
  const url = localUrl(host, fake.port);
  const body = `{"model":"any-model","messages":[{"role":"user","content":"hello"}]}`;
  notify(
    `weir fake listens on ${url} (${host})\nTry it:\n` +
      `  curl ${url}/v1/chat/completions -H "Content-Type: application/json" -d '${body}'`,
  );
  await untilStopped();
  await within(fake.stop(), LINGER_MS);
}
