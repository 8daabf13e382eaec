/** `weir serve`: the gateway on a port, until it is told to stop. */

import { createAdministration } from "./administration.ts";
import { startBanner } from "./banner/start_banner.ts";
import { listenForMetrics } from "../host/listener/listen_metrics.ts";
import { type ConfigRequest, loadConfig } from "../host/reload/load_config.ts";
import { localUrl, schemeOfPort } from "../host/listener/listen.ts";
import { createNotifier } from "../host/system/notify_systemd.ts";
import { ReadFiles, watchFiles } from "../host/reload/read_files.ts";
import { createReload } from "../host/reload/reload.ts";
import { keepOnly, neededToServe } from "../host/system/permissions.ts";
import { systemClock, within } from "../host/runtime.ts";
import { createProcess } from "../host/create_process.ts";
import { onHangup, untilStopped } from "../host/system/signals.ts";
import { LINGER_MS, longestStopMs } from "../host/stop.ts";
import type { Reload } from "../core/administration.ts";
import { notify } from "../host/system/terminal.ts";

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
  let [read, inForce] = [loaded, loaded];
  keepOnly(neededToServe(config, loaded.environment));
  const { ownLog, close, start } = await createProcess(config);
  const { log } = ownLog;
  const systemd = createNotifier(loaded.environment, { pid: Deno.pid, clock: systemClock, log });
  // Before anybody can know that it has started, and send a signal.
  const started = Promise.withResolvers<void>();
  const isStopping = untilStopped();
  const reload = createReload(loaded, {
    // A file that was read must still be there: without it, keys and limits would be gone.
    load: () => read = loadConfig({ ...request, path: loaded.configPath ?? request.path }, files),
    apply: async (next) => {
      await server.apply(next.config);
      config = next.config;
      ownLog.configure(config);
    },
    log,
    clock: systemClock,
  });
  const reloadOnceStarted = async (by: string): Promise<Reload> => {
    await started.promise;
    systemd.reloading();
    const reloaded = await reload(by);
    const isInForce = reloaded.problems === null;
    if (isInForce) inForce = read;
    systemd.ready(isInForce ? "Reloaded" : "Reload refused, see the log; serving as before");
    return reloaded;
  };
  const administration = createAdministration({
    request,
    started: loaded,
    current: () => inForce,
    reload: reloadOnceStarted,
  });
  onHangup(() => administration.reload("signal"));
  const starting = start(administration);
  // Threads take their time, and a thread that cannot start takes all it has.
  const hasStarted = await Promise.race([starting.then(() => true), isStopping.then(() => false)]);
  if (!hasStarted) return await within(close(), LINGER_MS);
  const server = await starting;
  const { server: { host }, tls } = config;
  // On stderr: stdout holds nothing but log lines.
  notify(startBanner(loaded, server.providers(), localUrl(host, server.port, schemeOfPort(tls))));
  listenForMetrics(config, server, { log, reportBug: reportError });
  systemd.ready(`Listening on ${host}:${server.port}`);
  started.resolve();
  const stopWatching = isWatching
    ? watchFiles(files, () => administration.reload("file"))
    : () => {};

  await isStopping;
  stopWatching();
  const { readinessDelayMs, drainTimeoutMs } = config.server;
  log.info("stopping", {
    readiness_delay_ms: readinessDelayMs,
    drain_timeout_ms: drainTimeoutMs,
  });
  systemd.stopping("Waiting for running answers", longestStopMs(config.server));
  await server.stop(config.server);
  await within(close(), LINGER_MS);
  await within(systemd.close(), LINGER_MS);
}
