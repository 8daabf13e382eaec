/** Lends a command the configured upstreams and a way to reach them. */

import type { Config } from "../config/schema.ts";
import type { Transport } from "../core/transport.ts";
import type { Upstream } from "../core/provider.ts";
import { createHttp1Transport } from "../transport/http1_transport.ts";
import { createUpstreams, needsFake } from "../providers/registry.ts";
import { listenFake } from "../host/embedded_fake.ts";
import { systemClock } from "../host/runtime.ts";

export interface Lent {
  readonly upstreams: readonly Upstream[];
  readonly send: Transport;
}

/** Starts the embedded fake LLM where the configuration asks for it, and closes everything again. */
export async function withUpstreams<Result>(
  config: Config,
  work: (lent: Lent) => Promise<Result>,
): Promise<Result> {
  const fake = needsFake(config.upstreams) ? listenFake("127.0.0.1", 0) : undefined;
  const transport = createHttp1Transport(config.transport, systemClock);
  try {
    const upstreams = createUpstreams(
      config.upstreams,
      fake && `http://127.0.0.1:${fake.addr.port}/v1`,
    );
    return await work({ upstreams, send: transport.send });
  } finally {
    transport.close();
    await fake?.shutdown();
  }
}
