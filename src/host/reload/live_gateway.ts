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
import type { Provider } from "../../core/provider.ts";
import type { Metrics } from "../../observability/metrics/metrics.ts";
import { createProviders } from "../../providers/registry.ts";
import type { FakeBaseUrl } from "../embedded_fake.ts";
import { Generations } from "./generations.ts";

export interface LiveGateway {
  readonly process: ProcessState;
  /** `undefined` where they are off. */
  readonly metrics: Metrics | undefined;
  readonly answer: Generations["answer"];
  /** Answers `/metrics` without asking who wants to know; `undefined` for every other path. */
  readonly answerMetrics: AnswerMetrics;
  /** Puts another configuration into force; calls that run go on under theirs. */
  readonly apply: (config: Config) => void;
  /** The upstreams that are on now, the default first. */
  readonly providers: () => readonly Provider[];
  /** Resolves when no answer is being sent. */
  readonly whenNone: () => Promise<void>;
  /** Takes no more requests over WebSockets; resolves when all of those have ended. */
  readonly stopSockets: () => Promise<void>;
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
  const generations = new Generations(create(config));
  return {
    process: shared.process,
    answer: (request, info) => generations.answer(request, info),
    metrics,
    answerMetrics: createOpenMetricsSurface(metrics && (() => metrics.text())),
    apply: (config) => generations.replace(create(config)),
    providers: () => providers,
    whenNone: () => generations.whenNone(),
    stopSockets: () => shared.sockets.stop(),
    abortCalls: () => abortCalls(shared),
    close: () => {
      generations.close();
      shared.closeLimits();
    },
  };
}
