/** `weir serve`: the gateway on a port, until it is told to stop. */

import { abortCalls, type App, createApp, createSharedState } from "../app.ts";
import { type Environment, readEnvironment } from "../config/read_environment.ts";
import type { Config } from "../config/schema.ts";
import { GatewayError } from "../core/gateway_error.ts";
import type { Upstream } from "../core/upstream.ts";
import { type Log, openLog } from "../observability/log.ts";
import { createUpstreams, needsFake } from "../upstreams/registry.ts";
import { AnswersInFlight } from "./answers_in_flight.ts";
import { startBanner } from "./banner.ts";
import { listenFake } from "./fake.ts";
import { listen } from "./listen.ts";
import { localUrl } from "./local_url.ts";
import { makeId, systemClock } from "./runtime.ts";
import { untilStopped, within } from "./stop.ts";
import { notify } from "./terminal.ts";

/** After the drain's deadline, and for what is only tidying up: time for last bytes to leave. */
const LINGER_MS = 2_000;

/** Serves until a stop signal; resolves when the last answer has left. Throws `ConfigError`. */
export async function serve(environment: Environment): Promise<void> {
  const config = readEnvironment(environment);
  const { log, close: closeLog } = await openLog(config.log, Deno.stdout.writable, systemClock);
  const fake = needsFake(config.upstreams) ? listenFake("127.0.0.1", 0) : undefined;
  const upstreams = createUpstreams(
    config.upstreams,
    fake && `http://127.0.0.1:${fake.addr.port}/v1`,
  );
  const runtime = { clock: systemClock, random: Math.random, makeId, log };
  const shared = createSharedState(runtime);
  const app = createApp({ config, upstreams, runtime, shared });
  surviveBugs(log);
  const answers = new AnswersInFlight();
  const server = serveApp(app, config, upstreams, answers, log);

  await untilStopped();
  const { drainTimeoutMs } = config.server;
  log.info("stopping", { drain_timeout_ms: drainTimeoutMs });
  const isClosed = server.shutdown();
  await within(answers.whenNone(), drainTimeoutMs);
  abortCalls(shared);
  await within(answers.whenNone(), LINGER_MS);
  // The last bytes may still be on their way to the socket; and no longer, because Deno 2.4 also waits
  // for connections that are merely kept alive.
  await within(isClosed, LINGER_MS);
  app.close();
  await within(closeLog(), LINGER_MS);
}

function serveApp(
  app: App,
  config: Config,
  upstreams: readonly Upstream[],
  answers: AnswersInFlight,
  log: Log,
): Deno.HttpServer<Deno.NetAddr> {
  const { host, port } = config.server;
  return listen({
    hostname: host,
    port,
    // On stderr: stdout holds nothing but log lines.
    onListen: ({ port }) => notify(startBanner(config, upstreams, localUrl(host, port))),
    onError: (thrown) => {
      logBug(log, thrown);
      return new Response(null, { status: 500 });
    },
  }, (request, info) => {
    answers.add(info.completed);
    return app.fetch(request, () => info.remoteAddr.hostname);
  });
}

/** A bug in one call must not end all the others: it is logged, and they go on. */
function surviveBugs(log: Log): void {
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    logBug(log, event.error);
  });
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    logBug(log, event.reason);
  });
}

/** The runtime also reports a body that was ended with an error on purpose; that is no bug. */
function logBug(log: Log, thrown: unknown): void {
  if (thrown instanceof GatewayError && thrown.kind !== "internal") return;
  log.error("unhandled", { cause: describe(thrown) });
}

function describe(thrown: unknown): string {
  return (thrown instanceof Error ? thrown.stack ?? thrown.message : String(thrown)).slice(
    0,
    4_000,
  );
}
