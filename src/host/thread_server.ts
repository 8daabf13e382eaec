/** Answers requests in this thread. */

import type { ThreadPlace } from "../app/app.ts";
import type { Config } from "../config/schema.ts";
import type { Log } from "../observability/log/log.ts";
import type { MetricsSnapshot } from "../observability/metrics/metrics.ts";
import type { Traces } from "../observability/open_traces.ts";
import { traceRequests } from "../observability/traces.ts";
import type { FakeBaseUrl } from "./embedded_fake.ts";
import { createServer } from "./listener/create_server.ts";
import { listenAsConfigured } from "./listener/listen_as_configured.ts";
import { createLiveGateway } from "./reload/live_gateway.ts";
import { OwnLog } from "./own_log.ts";
import { makeId, processUsage, randomBytes, readFile, systemClock, within } from "./runtime.ts";
import type { Server } from "./server.ts";
import { LINGER_MS, stopGateway } from "./stop.ts";
import { createReportBug, surviveBugs } from "./system/survive_bugs.ts";

export interface ThreadParts {
  readonly config: Config;
  readonly place: ThreadPlace;
  readonly fakeBaseUrl: FakeBaseUrl;
  readonly log: Log;
  /** `undefined` where none are made. */
  readonly traces: Traces | undefined;
}

export interface ThreadServer extends Server {
  /** The metrics of this thread; `undefined` where they are off. */
  readonly snapshot: () => Promise<MetricsSnapshot | undefined>;
}

/** Listens as the configuration says, from now on. Throws `ListenError`. */
export function serveInThread(
  { config, place, fakeBaseUrl, log, traces }: ThreadParts,
): ThreadServer {
  const tracer = traces?.tracer;
  const gateway = createLiveGateway(config, {
    clock: systemClock,
    random: Math.random,
    makeId,
    randomBytes,
    readFile,
    log,
    place,
    processUsage,
    tracer,
  }, fakeBaseUrl);
  const ownLog = new OwnLog(log, config);
  const reportBug = createReportBug(ownLog.log, gateway.process);
  surviveBugs(reportBug);
  const handler = tracer === undefined ? gateway.answer : traceRequests(tracer, gateway.answer);
  const server = createServer(config.http, handler, { log: ownLog.log, reportBug });
  const listening = listenAsConfigured(server, config, place.thread === 0, ownLog.log);
  return {
    port: listening.port,
    providers: gateway.providers,
    answerMetrics: gateway.answerMetrics,
    snapshot: async () => await gateway.metrics?.snapshot(),
    // deno-lint-ignore require-await -- So that what goes wrong is a rejection, as with threads.
    apply: async (config) => {
      gateway.apply(config);
      ownLog.configure(config);
    },
    stop: async (options) => {
      listening.stopWatching();
      await stopGateway({ gateway, server, options });
      // A collector that does not answer keeps nobody from stopping.
      await within(traces?.close() ?? Promise.resolve(), LINGER_MS);
    },
  };
}
