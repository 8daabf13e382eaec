/** The gateway of this process, whose configuration may change while it answers. */

import {
  abortCalls,
  type App,
  createApp,
  createSharedState,
  type ProcessState,
  type Runtime,
} from "../app.ts";
import type { Config } from "../config/schema.ts";
import type { Upstream } from "../core/upstream.ts";
import { createUpstreams, needsFake } from "../upstreams/registry.ts";
import { listenFake } from "./fake.ts";
import { Generations } from "./generations.ts";

export interface LiveGateway {
  readonly process: ProcessState;
  readonly answer: Generations["answer"];
  /** Puts another configuration into force; calls that run go on under theirs. */
  readonly apply: (config: Config) => void;
  /** The upstreams that are on now, the default first. */
  readonly upstreams: () => readonly Upstream[];
  /** Resolves when no answer is being sent. */
  readonly whenNone: () => Promise<void>;
  /** Takes no more requests over WebSockets; resolves when all of those have ended. */
  readonly stopSockets: () => Promise<void>;
  /** Ends every running call; each client is told so. */
  readonly abortCalls: () => void;
  readonly close: () => void;
}

export function createLiveGateway(config: Config, runtime: Runtime): LiveGateway {
  const shared = createSharedState(config, runtime);
  /** Started once it is needed, and kept: calls may still be on their way to it. */
  let fakeBaseUrl: string | undefined;
  let upstreams: readonly Upstream[] = [];
  const create = (config: Config): App => {
    const isFakeOn = needsFake(config.upstreams);
    if (isFakeOn) fakeBaseUrl ??= `http://127.0.0.1:${listenFake("127.0.0.1", 0).addr.port}/v1`;
    const created = createUpstreams(config.upstreams, isFakeOn ? fakeBaseUrl : undefined);
    const app = createApp({ config, upstreams: created, runtime, shared });
    upstreams = created;
    return app;
  };
  const generations = new Generations(create(config));
  return {
    process: shared.process,
    answer: (request, info) => generations.answer(request, info),
    apply: (config) => generations.replace(create(config)),
    upstreams: () => upstreams,
    whenNone: () => generations.whenNone(),
    stopSockets: () => shared.sockets.stop(),
    abortCalls: () => abortCalls(shared),
    close: () => {
      generations.close();
      shared.closeLimits();
    },
  };
}
