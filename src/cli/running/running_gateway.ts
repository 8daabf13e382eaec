/** A gateway that runs already, as its commands ask it. */

import { readBody } from "../../bytes/read_whole.ts";
import { GatewayError, toGatewayError } from "../../core/gateway_error.ts";
import type { HeaderList, ProviderResponse } from "../../core/provider/transport.ts";
import { type JsonObject, parseJsonObject } from "../../core/text/json.ts";
import { localUrl, schemeOfPort } from "../../host/listener/listen.ts";
import { loadConfig, type LoadedConfig } from "../../host/reload/load_config.ts";
import { randomBytes, systemClock } from "../../host/runtime.ts";
import { createHttp1Transport } from "../../transport/http1_transport.ts";
import {
  type CommandOption,
  type Invocation,
  textOption,
  UsageError,
} from "../command_line/command.ts";
import { RunningError } from "./running_error.ts";
import { ADDRESS_OPTIONS, CONFIG_OPTION, configRequest } from "../command_line/config_request.ts";

/** Where a gateway is asked, for commands that do so. */
export const RUNNING_OPTIONS: readonly CommandOption[] = [
  {
    name: "url",
    value: "URL",
    meaning: "Address of the gateway, instead of that of the configuration on this machine",
  },
  CONFIG_OPTION,
  ...ADDRESS_OPTIONS,
];

/** Holds a key of the gateway for commands that ask it: on a command line others would see it. */
export const KEY_VARIABLE = "WEIR_KEY";

/** What their help says of the key. */
export const KEY_NOTE =
  `The key is that of the variable ${KEY_VARIABLE}, else PROXY_API_KEY of the configuration.`;

const MAX_ANSWER_BYTES = 33_554_432;
const ANSWER_TIMEOUT_MS = 10_000;

export interface RunningGateway extends Disposable {
  /** Without a path, and without a slash at its end. */
  readonly origin: string;
  /** `undefined` where none is known; the gateway may want none. */
  readonly key: string | undefined;
  /** Sends a request, with the key. Throws `RunningError` where nobody answers. */
  readonly send: (path: string, request?: RunningRequest) => Promise<ProviderResponse>;
  /** The whole of an answer. Throws `RunningError`. */
  readonly answer: (
    path: string,
    request?: RunningRequest,
  ) => Promise<{ readonly status: number; readonly text: string }>;
  /** A JSON object by GET. Throws `RunningError`, also for any status but 200 and 503. */
  readonly get: (path: string) => Promise<JsonObject>;
  /** The text of an answer by GET; `undefined` for any status but 200. Throws `RunningError`. */
  readonly text: (path: string) => Promise<string | undefined>;
}

export interface RunningRequest {
  readonly headers?: HeaderList;
  /** Makes it a POST, unless another method is named. */
  readonly body?: JsonObject;
  readonly method?: "POST" | "PATCH" | "DELETE";
}

/**
 * Asks nothing yet. Throws `ConfigError`, `UsageError`.
 *
 * @param keyOf The key that it is asked with.
 */
export function runningGateway(
  invocation: Invocation,
  keyOf: (loaded: LoadedConfig) => string | undefined = callersKey,
): RunningGateway {
  const loaded = loadConfig(configRequest(invocation));
  const origin = originOf(textOption(invocation, "url"), loaded);
  const key = keyOf(loaded);
  const transport = createHttp1Transport(
    { ...loaded.config.transport, privateHosts: ["*"] },
    systemClock,
    randomBytes,
  );
  const send: RunningGateway["send"] = async (path, request = {}) => {
    const { headers = [], body, method = body === undefined ? "GET" : "POST" } = request;
    try {
      return await transport.send({
        method,
        url: new URL(`${origin}${path}`),
        headers: [
          ...(key === undefined ? [] : [["authorization", `Bearer ${key}`] as const]),
          ...(body === undefined ? [] : [["content-type", "application/json"] as const]),
          ...headers,
        ],
        ...(body !== undefined && { body: new TextEncoder().encode(JSON.stringify(body)) }),
      }, new AbortController().signal);
    } catch (thrown) {
      throw notThere(origin, toGatewayError(thrown));
    }
  };
  const answer: RunningGateway["answer"] = async (path, request) => {
    const { status, body } = await withinTime(send(path, request), origin);
    const { bytes } = await readBody(body, MAX_ANSWER_BYTES);
    return { status, text: new TextDecoder().decode(bytes) };
  };
  return {
    origin,
    key,
    send,
    answer,
    get: async (path) => {
      const { status, text } = await answer(path);
      const object = parseJsonObject(text);
      if (object === undefined) {
        throw new RunningError(
          `${origin}${path} answers no JSON object; look at what listens there`,
        );
      }
      if (status !== 200 && status !== 503) {
        throw new RunningError(describeRefusal(status, object));
      }
      return object;
    },
    text: async (path) => {
      const { status, text } = await answer(path);
      return status === 200 ? text : undefined;
    },
    [Symbol.dispose]: () => transport.close(),
  };
}

function callersKey({ environment, config }: LoadedConfig): string | undefined {
  return environment[KEY_VARIABLE]?.trim() || config.auth.apiKey;
}

/** What a refusal says, and whose it is to act where the key was refused. */
export function describeRefusal(status: number, body: JsonObject | undefined): string {
  const error = body?.error;
  const message = typeof error === "object" && error !== null && "message" in error
    ? String(error.message)
    : typeof error === "string"
    ? error
    : "it gives no reason";
  const advice = status === 401 ? `; put a key of the gateway into ${KEY_VARIABLE}` : "";
  return `The gateway answers ${status}: ${message}${advice}`;
}

function originOf(url: string | undefined, { config }: LoadedConfig): string {
  const { server, tls } = config;
  if (url === undefined) return localUrl(server.host, server.port, schemeOfPort(tls));
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw new UsageError(`--url: must be an address such as http://localhost:3000`);
  }
  // People paste the base URL of a client.
  return `${parsed.origin}${parsed.pathname.replace(/\/(v1)?\/?$/, "")}`;
}

async function withinTime<T>(pending: Promise<T>, origin: string): Promise<T> {
  return await new Promise<T>((resolve, reject) => {
    const cancelTimer = systemClock.schedule(
      ANSWER_TIMEOUT_MS,
      () => reject(new RunningError(`${origin} does not answer within ${ANSWER_TIMEOUT_MS} ms`)),
    );
    pending.finally(cancelTimer).then(resolve, reject);
  });
}

function notThere(origin: string, { message }: GatewayError): RunningError {
  return new RunningError(
    `${origin}: ${message.replace(/^The upstream\b/, "the gateway")}; ` +
      "start it with weir serve, or name its address by --url, --port or --config",
  );
}
