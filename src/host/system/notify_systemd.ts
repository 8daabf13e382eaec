/**
 * Tells systemd how the service is, in the words of `sd_notify`.
 *
 * @see {@link https://www.freedesktop.org/software/systemd/man/252/sd_notify.html}
 * @module
 */

import type { Environment } from "../../config/sources/settings.ts";
import type { CancelTimer, Clock } from "../../core/clock.ts";
import type { Log } from "../../observability/log/log.ts";

const US_PER_MS = 1000;
/** Of the time after which systemd takes the service for dead: one ping may be late, or lost. */
const PING_SHARE = 0.5;

export interface SystemdNotifier {
  /** Requests are answered, from now on or again after a reload. */
  readonly ready: (status: string) => void;
  readonly reloading: () => void;
  /** A stop has begun; systemd is to wait for it as long as that, if its own time-out is shorter. */
  readonly stopping: (status: string, atMostMs: number) => void;
  /** Sends what is on its way, and no more signs of life. */
  readonly close: () => Promise<void>;
}

/** Does nothing where the process was not started by systemd with `Type=notify`. */
export function createNotifier(
  environment: Environment,
  { pid, clock, log }: { readonly pid: number; readonly clock: Clock; readonly log: Log },
): SystemdNotifier {
  const { NOTIFY_SOCKET: target = "", RUNTIME_DIRECTORY } = environment;
  if (target === "") return SILENT;
  const socket = new NotifySocket(target, senderPath(RUNTIME_DIRECTORY, pid), log);
  const stopPings = pingUntilStopped(pingIntervalMs(environment, pid), clock, socket);
  let isStopping = false;
  const tell = (...lines: readonly string[]): void => {
    // There is no way back from a stop.
    if (!isStopping) socket.send(lines);
  };
  return {
    ready: (status) => tell("READY=1", `STATUS=${status}`),
    reloading: () => tell("RELOADING=1", "STATUS=Reloading"),
    stopping: (status, atMostMs) => {
      tell("STOPPING=1", `STATUS=${status}`, `EXTEND_TIMEOUT_USEC=${atMostMs * US_PER_MS}`);
      isStopping = true;
    },
    close: async () => {
      stopPings();
      await socket.close();
    },
  };
}

const SILENT: SystemdNotifier = {
  ready: () => {},
  reloading: () => {},
  stopping: () => {},
  close: () => Promise.resolve(),
};

/** A datagram needs a sender: a file in the service's own directory, or a name without one. */
function senderPath(runtimeDirectory: string | undefined, pid: number): string {
  const [directory = ""] = (runtimeDirectory ?? "").split(":");
  return directory === "" ? `@weir-${pid}` : `${directory}/notify-${pid}`;
}

/** `undefined` where systemd does not watch this process. */
function pingIntervalMs(
  { WATCHDOG_USEC, WATCHDOG_PID }: Environment,
  pid: number,
): number | undefined {
  const timeoutMs = Number(WATCHDOG_USEC ?? 0) / US_PER_MS;
  if (!(timeoutMs > 0) || (WATCHDOG_PID ?? String(pid)) !== String(pid)) return undefined;
  return timeoutMs * PING_SHARE;
}

/** The pings come from the event loop, so that they stop where it does. */
function pingUntilStopped(
  intervalMs: number | undefined,
  clock: Clock,
  socket: NotifySocket,
): CancelTimer {
  if (intervalMs === undefined) return () => {};
  let cancelTimer: CancelTimer;
  const ping = (): void => {
    socket.send(["WATCHDOG=1"]);
    cancelTimer = clock.schedule(intervalMs, ping);
  };
  ping();
  return () => cancelTimer();
}

/** `unixpacket` is the runtime's word for datagrams. */
interface DatagramAddress {
  readonly transport: "unixpacket";
  readonly path: string;
}

/** Sends datagrams one after the other; what cannot be sent is said once. */
class NotifySocket {
  readonly #target: DatagramAddress;
  readonly #log: Log;
  #socket: Deno.DatagramConn | undefined;
  #sending: Promise<void> = Promise.resolve();

  constructor(target: string, sender: string, log: Log) {
    this.#target = addressOf(target);
    this.#log = log;
    try {
      this.#socket = Deno.listenDatagram(addressOf(sender));
      // It keeps working, and leaves nothing behind however the process ends.
      if (!sender.startsWith("@")) Deno.removeSync(sender);
    } catch (thrown) {
      this.#giveUp(thrown);
    }
  }

  send(lines: readonly string[]): void {
    const datagram = new TextEncoder().encode(lines.join("\n"));
    this.#sending = this.#sending.then(async () => {
      try {
        await this.#socket?.send(datagram, this.#target);
      } catch (thrown) {
        this.#giveUp(thrown);
      }
    });
  }

  async close(): Promise<void> {
    await this.#sending;
    this.#socket?.close();
    this.#socket = undefined;
  }

  #giveUp(thrown: unknown): void {
    this.#socket = undefined;
    this.#log.error("systemd not notified", {
      cause: String(thrown).slice(0, 500),
      advice: "use the unit that `weir systemd` prints, with RuntimeDirectory=weir, or Type=exec",
    });
  }
}

/** `@name` is systemd's way to write a name that is no file. */
function addressOf(path: string): DatagramAddress {
  return { transport: "unixpacket", path: path.startsWith("@") ? `\0${path.slice(1)}` : path };
}
