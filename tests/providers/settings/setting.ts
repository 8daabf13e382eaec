/** What a variable of a provider is seen by: a request as it would be sent, and who was asked for credentials. */

import { ConfigError } from "../../../src/config/problems/problem.ts";
import type { JsonObject, JsonValue } from "../../../src/core/text/json.ts";
import type { Provider } from "../../../src/core/provider/provider.ts";
import type { ProviderRequest } from "../../../src/core/provider/transport.ts";
import { type Asked, type Issuer, never, testMeans } from "../../credentials/means.ts";
import { providersOf } from "../providers_of.ts";

export type Environment = Readonly<Record<string, string>>;

export interface Seen {
  readonly provider: Provider;
  /** A chat with its credentials; absent where there are none to be had. */
  readonly request: ProviderRequest | undefined;
  readonly body: JsonObject;
  readonly list: ProviderRequest | undefined;
  /** Who was asked for credentials, in order. */
  readonly asked: readonly Asked[];
}

export type Look = (seen: Seen) => JsonValue;

/** A variable, which is tried with its value and without any. */
export interface Setting {
  readonly value: string;
  readonly look: Look;
  /** What is seen without the variable; else `OFF` where the provider is not on, or `REFUSED`. */
  readonly before: JsonValue;
  /** What is seen with it; its value where nothing else is said. */
  readonly after?: JsonValue;
  /** Beside those of the table, over them. */
  readonly env?: Environment;
  readonly model?: string;
}

export interface SettingTable {
  /** Name of the provider that is looked at. */
  readonly provider: string;
  readonly env: Environment;
  readonly issuer?: Issuer;
  readonly files?: Readonly<Record<string, string>>;
  /** By the names of their variables. */
  readonly settings: Readonly<Record<string, Setting>>;
}

export const OFF = "off";
/** The configuration is not taken. */
export const REFUSED = "refused";

/** Describes a chat as the gateway does, with the provider's first format, and looks at it. */
export async function see(
  { provider: name, issuer = () => 500, files }: SettingTable,
  { look, model = "m" }: Setting,
  environment: Environment,
): Promise<JsonValue> {
  const provider = findProvider(name, environment, files);
  if (typeof provider === "string") return provider;
  const { chat: [format] = [] } = provider.formatsOf?.(model) ?? provider.formats;
  if (format === undefined) throw new Error(`${name} has no chats`);
  const call = { id: "call-1", operation: "chat", model, wantsStream: false, headers: [] } as const;
  const body = provider.adapt("chat", { model, seed: 7 }, format);
  const described = provider.prepare({
    ...call,
    format,
    body: new TextEncoder().encode(JSON.stringify(body)),
  });
  const means = testMeans(issuer, files);
  // The last one, so that a list of keys is seen by its end.
  const keyed = provider.keys?.at(-1)?.authorize(described) ?? described;
  const request = await authorized(keyed, means);
  return look({
    provider,
    request,
    body,
    list: provider.prepareModels("call-1"),
    asked: means.asked,
  });
}

function findProvider(
  name: string,
  environment: Environment,
  files: Environment = {},
): Provider | typeof OFF | typeof REFUSED {
  try {
    const providers = providersOf(environment, (path) => files[path] ?? "");
    return providers.find((each) => each.name === name) ?? OFF;
  } catch (thrown) {
    if (thrown instanceof ConfigError) return REFUSED;
    throw thrown;
  }
}

async function authorized(
  request: ProviderRequest,
  means: ReturnType<typeof testMeans>,
): Promise<ProviderRequest | undefined> {
  const { credentials } = request;
  if (credentials === undefined) return request;
  try {
    return (await credentials.authorize(request, means, never)).request;
  } catch {
    return undefined;
  }
}

/** A header of the request. */
export function header(name: string): Look {
  return ({ request }) => new Map(request?.headers).get(name) ?? null;
}

export function origin({ request }: Seen): JsonValue {
  return request?.url.origin ?? null;
}

export function path({ request }: Seen): JsonValue {
  return request?.url.pathname ?? null;
}

/** Where credentials were asked for first. */
export function issuer({ asked: [first] }: Seen): JsonValue {
  return first?.url ?? null;
}

/** A field of the form that was sent there. */
export function form(name: string): Look {
  return ({ asked: [first] }) => new URLSearchParams(first?.body).get(name);
}
