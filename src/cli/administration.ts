/** What a process that serves does for its admin API: it alone knows where its configuration came from. */

import { changedOptions, changesOf } from "../config/changed_options.ts";
import { secretsOf } from "../config/option_tree.ts";
import { ConfigError } from "../config/problems/problem.ts";
import { unreadVariables } from "../config/problems/unread_variables.ts";
import { readConfig } from "../config/read_config.ts";
import { showConfig, shownOptions } from "../config/show_config.ts";
import type { Environment } from "../config/sources/settings.ts";
import type { Administration, ConfigurationCheck, Reload } from "../core/administration.ts";
import { processEnvironment } from "../host/system/environment.ts";
import type { ConfigRequest, LoadedConfig } from "../host/reload/load_config.ts";
import { createRedactor } from "../observability/redact.ts";
import { diagnose } from "./doctor.ts";

/** Reloads that are remembered. */
const MAX_RELOADS = 20;
/** What a text is called that was pasted. */
const CHECKED_NAME = "pasted";

export interface AdministrationParts {
  readonly request: ConfigRequest;
  /** The configuration that the process has started with. */
  readonly started: LoadedConfig;
  /** The one in force. */
  readonly current: () => LoadedConfig;
  readonly reload: (by: string) => Promise<Reload>;
}

export function createAdministration(parts: AdministrationParts): Administration {
  const { request, started, current } = parts;
  let reloads: readonly Reload[] = [];
  // Whatever goes wrong is a rejection, as it is for threads that ask.
  return {
    configuration: () =>
      Promise.try(() => ({
        path: current().configPath ?? null,
        text: showConfig(current()),
        options: shownOptions(current()),
        warnings: unreadVariables(current().environment),
        needRestart: changesOf(changedOptions(started.config, current().config)).needRestart,
        reloads,
      })),
    check: (text) => Promise.try(() => check(text, request, current())),
    reload: async (by) => {
      const reload = await parts.reload(by);
      reloads = [reload, ...reloads].slice(0, MAX_RELOADS);
      return reload;
    },
    diagnose: async (provider) => {
      const { forLog } = createRedactor({ secrets: secretsOf(current().config), addresses: [] });
      const findings = await diagnose(current(), provider);
      return findings?.map(({ kind, text }) => ({ kind, text: forLog(text) }));
    },
  };
}

function check(
  text: string,
  { overrides }: ConfigRequest,
  { config }: LoadedConfig,
): ConfigurationCheck {
  const environment = processEnvironment();
  try {
    const file = { path: CHECKED_NAME, text };
    const next = readConfig({ environment, file, overrides });
    return { problems: [], ...changesOf(changedOptions(config, next.config)) };
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    const problems = thrown.problems.map(({ place, message }) => ({
      place,
      message: withoutValues(message, text, environment),
    }));
    return { problems, ...changesOf([]) };
  }
}

const VARIABLE = /\$\{([A-Za-z_]\w*)/g;

/** Whoever pastes a text may name any variable in it, and is not to be told what it holds. */
function withoutValues(message: string, text: string, environment: Environment): string {
  const plain = text.replace(
    /\\u([\da-f]{4})/gi,
    (_, code: string) => String.fromCharCode(parseInt(code, 16)),
  );
  const names = new Set([...plain.matchAll(VARIABLE)].map(([, name = ""]) => name));
  const known = [...names].map((name) => ({ name, value: environment[name] ?? "" }))
    .filter(({ value }) => value !== "")
    .sort((left, right) => right.value.length - left.value.length);
  return known.reduce(
    (shown, { name, value }) => shown.replaceAll(value, () => `\${${name}}`),
    message,
  );
}
