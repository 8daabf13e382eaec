/** Stands in for Ollama: the fake LLM's own, which checks requests as strictly as Ollama does. */

import { createFakeApp } from "../../../src/fake/app.ts";
import { realClock } from "../real_clock.ts";
import { serveStandIn, type StandIn } from "./stand_in.ts";

export const OLLAMA_MODEL = "fake-model";
export const OLLAMA_TEXT = "hello world";

export function startOllama(): StandIn {
  const app = createFakeApp({
    clock: realClock,
    random: Math.random,
    maxBodyBytes: 1_048_576,
  });
  return serveStandIn(({ method, path, headers, body }) =>
    app.fetch(
      new Request(`http://ollama.test${path}`, {
        method,
        headers,
        ...(body.length > 0 && { body }),
      }),
    )
  );
}
