/** The gateway of this process, whose configuration may change while it answers. */

import {
  abortCalls,
  type AnswerMetrics,
  type App,
  createApp,
  createOpenMetricsSurface,
  createSharedState,
  type ProcessState,
  type Runtime,
} from "../../app/app.ts";
import type { Config } from "../../config/schema.ts";
import type { HttpHandler } from "../../core/http/http.ts";
import type { Provider } from "../../core/provider/provider.ts";
import type { Metrics } from "../../observability/metrics/metrics.ts";
import { createProviders } from "../../providers/registry.ts";
import type { FakeBaseUrl } from "../embedded_fake.ts";

export interface LiveGateway {
  readonly process: ProcessState;
  /** `undefined` where they are off. */
  readonly metrics: Metrics | undefined;
  readonly answer: HttpHandler;
  /** Answers `/metrics` without asking who wants to know; `undefined` for every other path. */
  readonly answerMetrics: AnswerMetrics;
  /** Puts another configuration into force; calls that run go on under theirs. */
  readonly apply: (config: Config) => void;
  /** The upstreams that are on now, the default first. */
  readonly providers: () => readonly Provider[];
  /** Takes no more requests over WebSockets; resolves when all of those have ended. */
  readonly stopSockets: () => Promise<void>;
  /** Resolves when no response runs in the background. */
  readonly whenNoneRuns: () => Promise<void>;
  /** Ends every running call; each client is told so. */
  readonly abortCalls: () => void;
  readonly close: () => void;
}

export function createLiveGateway(
  config: Config,
  runtime: Runtime,
  fakeBaseUrl: FakeBaseUrl,
): LiveGateway {
  const shared = createSharedState(config, runtime);
  const { metrics } = shared;
  let providers: readonly Provider[] = [];
  const create = (config: Config): App => {
    const created = createProviders(config.upstreams, fakeBaseUrl(config.upstreams));
    const app = createApp({ config, providers: created, runtime, shared });
    providers = created;
    return app;
  };
  let current = create(config);
  return {
    process: shared.process,
    answer: (request) => current.answer(request),
    metrics,
    answerMetrics: createOpenMetricsSurface(metrics && (() => metrics.text())),
    apply: (config) => {
      const replaced = current;
      current = create(config);
      // Its idle connections at once, and those of its calls when they come back.
      replaced.close();
    },
    providers: () => providers,
    stopSockets: async () => {
      const { sockets, responseSockets, providerSockets, viewers } = shared;
      viewers.stop();
      await Promise.all([sockets.stop(), responseSockets.stop(), providerSockets.stop()]);
    },
    whenNoneRuns: () => shared.background.whenNone(),
    abortCalls: () => abortCalls(shared),
    close: () => {
      current.close();
      shared.closeLimits();
    },
  };
}
