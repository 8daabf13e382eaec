/** The admin API of a gateway that runs, as commands ask it. */

import { isJsonObject, type JsonObject, parseJsonObject } from "../../core/text/json.ts";
import type { Invocation } from "../command_line/command.ts";
import { RunningError } from "./running_error.ts";
import { runningGateway, type RunningRequest } from "./running_gateway.ts";

const BASE = "/admin/v1";

/** What the help of such commands says of the key. */
export const ADMIN_NOTE =
  "At run time: the gateway is asked with ADMIN_API_KEY of the environment or the configuration.";

export interface AdminApi extends Disposable {
  /** A JSON object. Throws `RunningError` with what the gateway says where it refuses. */
  readonly ask: (path: string, request?: RunningRequest) => Promise<JsonObject>;
}

/** Asks nothing yet. Throws `ConfigError`, `UsageError`. */
export function adminApi(invocation: Invocation): AdminApi {
  const gateway = runningGateway(invocation, ({ config }) => config.admin.apiKey);
  return {
    ask: async (path, request) => {
      const { status, text } = await gateway.answer(`${BASE}${path}`, request);
      const body = parseJsonObject(text);
      if (body !== undefined && status < 300) return body;
      throw new RunningError(describe(status, body, gateway.origin));
    },
    [Symbol.dispose]: () => gateway[Symbol.dispose](),
  };
}

function describe(status: number, body: JsonObject | undefined, origin: string): string {
  const error = body?.error;
  if (!isJsonObject(error)) {
    return `${origin} answers ${status} and is no Weir with an admin API; look at what listens there`;
  }
  const advice = status === 401 ? "; put it into ADMIN_API_KEY" : "";
  return `The gateway answers ${status}: ${error.message}${advice}`;
}
