/**
 * What the cases of the transport contract share: how one is written, and how it is run.
 *
 * @module
 */

import { assert } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import type { ByteSource, ProviderRequest } from "../../src/core/provider/transport.ts";
import { createHttp1Transport, type TransportClient } from "../../src/transport/http1_transport.ts";
import { transportOptions } from "../../src/transport/transport_options.ts";
import type { TransportOptions } from "../../src/transport/transport_options.ts";
import { createFetchTransport } from "./fetch_transport.ts";
import { ManualClock } from "./manual_clock.ts";
import { RawServer, textOf } from "./raw_server.ts";
import type { Certificate, Script } from "./raw_server.ts";
import { withRealRests } from "./resting_clock.ts";

/** Weir's own client, and the runtime's, which it is held against. */
export type ClientName = "http1" | "fetch";

/** One promise of a transport. */
export interface ContractCase {
  readonly name: string;
  /** Why an implementation does not keep it. */
  readonly except?: Partial<Record<ClientName, string>>;
  /** What a version of the runtime leaves open by itself, where it does. */
  readonly leaksInRuntime?: string;
  readonly run: (context: ContractContext) => Promise<void>;
}

/** Long enough for any case on a busy machine; a case that takes longer hangs. */
const CASE_TIMEOUT_MS = 120_000;

/** What a case works with; `dispose` ends all of it. */
export class ContractContext {
  readonly clock = new ManualClock();
  readonly clientName: ClientName;
  readonly #servers: RawServer[] = [];
  readonly #clients: TransportClient[] = [];

  constructor(clientName: ClientName) {
    this.clientName = clientName;
  }

  serve(script: Script, certificate?: Certificate): RawServer {
    const server = new RawServer(script, certificate);
    this.#servers.push(server);
    return server;
  }

  client(options: Partial<TransportOptions> = {}): TransportClient {
    const parsed = transportOptions.parse(options);
    const create = this.clientName === "http1" ? createHttp1Transport : createFetchTransport;
    const client = create(
      parsed,
      withRealRests(this.clock),
      (bytes) => void crypto.getRandomValues(bytes),
    );
    this.#clients.push(client);
    return client;
  }

  async dispose(): Promise<void> {
    for (const client of this.#clients) client.close();
    for (const server of this.#servers) await server.stop();
  }
}

/** Runs one case with one implementation; fails when it hangs. */
export async function runCase(contractCase: ContractCase, clientName: ClientName): Promise<void> {
  const context = new ContractContext(clientName);
  try {
    await within(CASE_TIMEOUT_MS, contractCase.run(context));
  } finally {
    await context.dispose();
  }
}

/** The result of `work`, or an error after `timeoutMs`. */
export async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`Took longer than ${timeoutMs} ms`)), timeoutMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

export function get(url: URL): ProviderRequest {
  return { method: "GET", url, headers: [] };
}

export function post(url: URL, body = "{}"): ProviderRequest {
  const headers = [["content-type", "application/json"]] as const;
  return { method: "POST", url, headers, body: new TextEncoder().encode(body) };
}

/** A signal that nobody aborts. */
export function never(): AbortSignal {
  return new AbortController().signal;
}

/** What a body brings, and the failure that ends it. */
export interface ReadBody {
  readonly text: string;
  readonly chunks: number;
  readonly failure: GatewayError | undefined;
}

/** Reads a body to its end, one character a byte. */
export async function readBody(source: ByteSource): Promise<ReadBody> {
  let text = "";
  let chunks = 0;
  try {
    for (let bytes; (bytes = await source.read()) !== null;) {
      assert(bytes.length > 0, "read() must not return an empty array");
      chunks++;
      text += textOf(bytes);
    }
  } catch (error) {
    assert(error instanceof GatewayError, `read() rejected with ${error}`);
    return { text, chunks, failure: error };
  }
  return { text, chunks, failure: undefined };
}

/** What `promise` rejects with, which must be a `GatewayError`. */
export async function failureOf(promise: Promise<unknown>): Promise<GatewayError> {
  try {
    await promise;
  } catch (error) {
    assert(error instanceof GatewayError, `rejected with ${error}`);
    return error;
  }
  throw new Error("It did not fail");
}
