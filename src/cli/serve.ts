/** `weir serve`: the gateway on a port, until it is told to stop. */

import type { Config } from "../config/schema.ts";
import { secretsOf } from "../config/secrets.ts";
import { GatewayError } from "../core/gateway_error.ts";
import type { Redact } from "../core/redactor.ts";
import { type Log, openLog } from "../observability/log.ts";
import { createRedactor } from "../observability/redact.ts";
import { redactedLog } from "../observability/redacted_log.ts";
import { startBanner } from "./banner.ts";
import { listen } from "./listen.ts";
import { createLiveGateway, type LiveGateway } from "./live_gateway.ts";
import { type ConfigRequest, loadConfig, type LoadedConfig } from "./load_config.ts";
import { localUrl } from "./local_url.ts";
import { ReadFiles } from "./read_files.ts";
import { createReload } from "./reload.ts";
import { makeHashSecret, makeId, systemClock } from "./runtime.ts";
import { onHangup, untilStopped, within } from "./stop.ts";
import { notify } from "./terminal.ts";
import { upgradeSocket } from "./upgrade_socket.ts";
import { watchFiles } from "./watch_files.ts";

/** After the drain's deadline, and for what is only tidying up: time for last bytes to leave. */
const LINGER_MS = 2_000;

export interface ServeOptions {
  readonly request: ConfigRequest;
  /** Reload when a file of the configuration changes, as on SIGHUP. */
  readonly isWatching: boolean;
}

/** Serves until a stop signal; resolves when the last answer has left. Throws `ConfigError`. */
export async function serve({ request, isWatching }: ServeOptions): Promise<void> {
  const files = new ReadFiles();
  const loaded = loadConfig(request, files);
  let { config } = loaded;
  const { log, close: closeLog } = await openLog(config.log, Deno.stdout.writable, systemClock);
  const runtime = {
    clock: systemClock,
    random: Math.random,
    makeId,
    log,
    upgrade: upgradeSocket,
    hashSecret: makeHashSecret(),
  };
  const gateway = createLiveGateway(config, runtime);
  let redact = redactFor(config);
  const ownLog = redactedLog(log, (text) => redact(text));
  surviveBugs(ownLog);
  const reload = createReload(loaded, {
    // A file that was read must still be there: without it, keys and limits would be gone.
    load: () => loadConfig({ ...request, path: loaded.configPath ?? request.path }, files),
    apply: (next) => {
      gateway.apply(next.config);
      config = next.config;
      redact = redactFor(config);
    },
    log: ownLog,
  });
  // Before anybody can know that it has started, and send a signal.
  onHangup(reload);
  const isStopping = untilStopped();
  const server = listenFor(gateway, loaded, ownLog);
  const stopWatching = isWatching ? watchFiles(files, reload) : () => {};

  await isStopping;
  stopWatching();
  await drain(gateway, server, config, log);
  await within(closeLog(), LINGER_MS);
}

/** Bugs may quote anything. */
function redactFor(config: Config): Redact {
  return createRedactor({ secrets: secretsOf(config), addresses: [] }).forLog;
}

async function drain(
  gateway: LiveGateway,
  server: Deno.HttpServer<Deno.NetAddr>,
  { server: { drainTimeoutMs } }: Config,
  log: Log,
): Promise<void> {
  log.info("stopping", { drain_timeout_ms: drainTimeoutMs });
  // Deno 2.9 ends WebSockets at once when their server is shut down, so their requests come first.
  const areSocketsStopped = gateway.stopSockets();
  const isClosed = areSocketsStopped.then(() => server.shutdown());
  await within(Promise.all([areSocketsStopped, gateway.whenNone()]), drainTimeoutMs);
  gateway.abortCalls();
  await within(Promise.all([areSocketsStopped, gateway.whenNone()]), LINGER_MS);
  // The last bytes may still be on their way to the socket; and no longer, because Deno 2.4 also waits
  // for connections that are merely kept alive.
  await within(isClosed, LINGER_MS);
  gateway.close();
}

function listenFor(
  gateway: LiveGateway,
  loaded: LoadedConfig,
  log: Log,
): Deno.HttpServer<Deno.NetAddr> {
  const { host, port } = loaded.config.server;
  return listen({
    hostname: host,
    port,
    // JSON, for clients that ask for it; answers that say no-transform are left alone.
    automaticCompression: true,
    // On stderr: stdout holds nothing but log lines.
    onListen: ({ port }) => notify(startBanner(loaded, gateway.upstreams(), localUrl(host, port))),
    onError: (thrown) => {
      logBug(log, thrown);
      return new Response(null, { status: 500 });
    },
  }, gateway.answer);
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
