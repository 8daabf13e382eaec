/** Puts a changed configuration into force while calls go on. */

import { type ChangedOption, changedOptions, changesOf } from "../../config/changed_options.ts";
import type { Reload } from "../../core/administration.ts";
import type { Clock } from "../../core/clock.ts";
import { ConfigError } from "../../config/problems/problem.ts";
import type { Log } from "../../observability/log/log.ts";
import type { LoadedConfig } from "./load_config.ts";

/** Of changed options, in one line of the log. */
const MAX_NAMES = 50;

export interface ReloadParts {
  /** Reads and checks everything anew. Throws `ConfigError`. */
  readonly load: () => LoadedConfig;
  /** Puts it into force. */
  readonly apply: (loaded: LoadedConfig) => Promise<void>;
  readonly log: Log;
  readonly clock: Clock;
}

/**
 * Returns what reloads, one time after the other: either all of the new configuration comes into force, or
 * nothing changes and the log says why. Resolves with which of both it was.
 *
 * What it is asked with is who, or what, asks for it.
 */
export function createReload(
  loaded: LoadedConfig,
  { load, apply, log, clock }: ReloadParts,
): (by: string) => Promise<Reload> {
  let current = loaded.config;
  let last: Promise<unknown> = Promise.resolve();
  const reload = async (by: string): Promise<Reload> => {
    const atMs = clock.epochMs();
    try {
      const next = load();
      const changed = changedOptions(current, next.config);
      if (changed.length > 0) await apply(next);
      current = next.config;
      report(log, next, changed);
      return { ...changesOf(changed), atMs, by, problems: null };
    } catch (thrown) {
      const problems = describe(thrown);
      log.error("reload refused", { problems });
      return { ...changesOf([]), atMs, by, problems };
    }
  };
  return (by) => {
    const reloaded = last.then(() => reload(by));
    last = reloaded;
    return reloaded;
  };
}

function report(
  log: Log,
  { configPath }: LoadedConfig,
  changed: readonly ChangedOption[],
): void {
  log.info("reloaded", { config: configPath, changed: namesOf(changed) });
  const fixed = changed.filter(({ needsRestart }) => needsRestart);
  if (fixed.length > 0) log.warn("restart needed", { settings: namesOf(fixed) });
}

function namesOf(options: readonly ChangedOption[]): string {
  const more = options.length > MAX_NAMES ? `, and ${options.length - MAX_NAMES} more` : "";
  return `${options.slice(0, MAX_NAMES).map(({ name }) => name).join(", ")}${more}`;
}

function describe(thrown: unknown): string {
  if (thrown instanceof ConfigError) return thrown.message;
  return thrown instanceof Error ? thrown.stack ?? thrown.message : String(thrown);
}
