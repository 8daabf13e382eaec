/** `weir serve`: the gateway on a port, until it is told to stop. */

import type { Config } from "../config/schema.ts";
import { secretsOf } from "../config/secrets.ts";
import type { Redact } from "../core/redactor.ts";
import { type Log, openLog } from "../observability/log.ts";
import { createRedactor } from "../observability/redact.ts";
import { redactedLog } from "../observability/redacted_log.ts";
import { startBanner } from "./banner.ts";
import { LastingListener } from "./lasting_listener.ts";
import { createLiveGateway, type LiveGateway } from "./live_gateway.ts";
import { type ConfigRequest, loadConfig, type LoadedConfig } from "./load_config.ts";
import { localUrl } from "./local_url.ts";
import { ReadFiles } from "./read_files.ts";
import { createReload } from "./reload.ts";
import { makeHashSecret, makeId, systemClock } from "./runtime.ts";
import { onHangup, untilStopped, within } from "./stop.ts";
import { LINGER_MS, stopGateway } from "./stop_gateway.ts";
import { createReportBug, type ReportBug, surviveBugs } from "./survive_bugs.ts";
import { notify, stdoutOutput } from "./terminal.ts";
import { upgradeSocket } from "./upgrade_socket.ts";
import { watchFiles } from "./watch_files.ts";

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
  const { log, close: closeLog } = await openLog(config.log, stdoutOutput(), systemClock);
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
  const reportBug = createReportBug(ownLog, gateway.process);
  surviveBugs(reportBug);
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
  const listener = listenFor(gateway, loaded, ownLog, reportBug);
  const stopWatching = isWatching ? watchFiles(files, reload) : () => {};

  await isStopping;
  stopWatching();
  await stopGateway({ gateway, listener, options: config.server, log });
  await within(closeLog(), LINGER_MS);
}

/** Bugs may quote anything. */
function redactFor(config: Config): Redact {
  return createRedactor({ secrets: secretsOf(config), addresses: [] }).forLog;
}

function listenFor(
  gateway: LiveGateway,
  loaded: LoadedConfig,
  log: Log,
  reportBug: ReportBug,
): LastingListener {
  const { host, port, reusePort } = loaded.config.server;
  const options: Deno.ServeTcpOptions = {
    hostname: host,
    port,
    reusePort: reusePort === "on",
    // JSON, for clients that ask for it; answers that say no-transform are left alone.
    automaticCompression: true,
    // On stderr: stdout holds nothing but log lines.
    onListen: ({ port }) => notify(startBanner(loaded, gateway.upstreams(), localUrl(host, port))),
    onError: (thrown) => {
      reportBug(thrown);
      return new Response(null, { status: 500 });
    },
  };
  return new LastingListener(options, gateway.answer, log, systemClock);
}
