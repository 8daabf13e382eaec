/** Answers requests in this thread. */

import type { ThreadPlace } from "../app/app.ts";
import type { Config } from "../config/schema.ts";
import type { Log } from "../observability/log/log.ts";
import type { MetricsSnapshot } from "../observability/metrics/metrics.ts";
import { findTracer } from "../observability/traces.ts";
import type { FakeBaseUrl } from "./embedded_fake.ts";
import { LastingListener } from "./listener/lasting_listener.ts";
import { createLiveGateway } from "./reload/live_gateway.ts";
import { OwnLog } from "./own_log.ts";
import { makeId, processUsage, randomBytes, systemClock } from "./runtime.ts";
import type { Server } from "./server.ts";
import { stopGateway } from "./stop.ts";
import { createReportBug, surviveBugs } from "./survive_bugs.ts";
import { upgradeSocket } from "./listener/upgrade_socket.ts";

export interface ThreadParts {
  readonly config: Config;
  readonly place: ThreadPlace;
  readonly fakeBaseUrl: FakeBaseUrl;
  readonly log: Log;
}

export interface ThreadServer extends Server {
  /** The metrics of this thread; `undefined` where they are off. */
  readonly snapshot: () => Promise<MetricsSnapshot | undefined>;
}

/** Listens as the configuration says, from now on. Throws `ListenError`. */
export function serveInThread({ config, place, fakeBaseUrl, log }: ThreadParts): ThreadServer {
  const gateway = createLiveGateway(config, {
    clock: systemClock,
    random: Math.random,
    makeId,
    randomBytes,
    log,
    upgrade: upgradeSocket,
    place,
    processUsage,
    tracer: findTracer(),
  }, fakeBaseUrl);
  const ownLog = new OwnLog(log, config);
  const reportBug = createReportBug(ownLog.log, gateway.process);
  surviveBugs(reportBug);
  const { host, port, reusePort } = config.server;
  const options: Deno.ServeTcpOptions = {
    hostname: host,
    port,
    reusePort: reusePort === "on",
    // JSON, for clients that ask for it; answers that say no-transform are left alone.
    automaticCompression: true,
    onListen: () => {},
    onError: (thrown) => {
      reportBug(thrown);
      return new Response(null, { status: 500 });
    },
  };
  const listener = new LastingListener(options, gateway.answer, ownLog.log, systemClock);
  return {
    port: listener.port,
    providers: gateway.providers,
    answerMetrics: gateway.answerMetrics,
    snapshot: async () => await gateway.metrics?.snapshot(),
    // deno-lint-ignore require-await -- So that what goes wrong is a rejection, as with threads.
    apply: async (config) => {
      gateway.apply(config);
      ownLog.configure(config);
    },
    stop: (options) => stopGateway({ gateway, listener, options }),
  };
}
