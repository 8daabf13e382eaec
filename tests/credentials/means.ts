/** What credentials are given in tests: a clock that is set, issuers that are functions, files that are texts. */

import type { JsonObject } from "../../src/core/text/json.ts";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { OwnSignal, type Signal } from "../../src/core/http/signal.ts";
import type { CredentialMeans, ProviderRequest } from "../../src/core/provider/transport.ts";

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What an issuer answers: JSON, a text, or a status that refuses. */
export type Issuer = (asked: Asked) => JsonObject | string | number;

export interface TestMeans extends CredentialMeans {
  /** Milliseconds since 1970. */
  nowMs: number;
  readonly asked: Asked[];
  readonly secrets: string[];
}

export function testMeans(
  issuer: Issuer,
  files: Readonly<Record<string, string>> = {},
): TestMeans {
  const asked: Asked[] = [];
  const secrets: string[] = [];
  const means: TestMeans = {
    nowMs: Date.UTC(2026, 10, 28),
    asked,
    secrets,
    clock: { nowMs: () => means.nowMs, epochMs: () => means.nowMs, schedule: () => () => {} },
    send: async (request, signal) => {
      await Promise.resolve();
      if (signal.aborted) throw new GatewayError("client_closed", "Aborted");
      const question = read(request);
      asked.push(question);
      const said = issuer(question);
      const text = typeof said === "object" ? JSON.stringify(said) : String(said);
      let rest: Uint8Array<ArrayBuffer> | null = new TextEncoder().encode(text);
      return {
        status: typeof said === "number" ? said : 200,
        headers: new Headers(),
        body: {
          read: () => {
            const chunk = rest;
            rest = null;
            return Promise.resolve(chunk);
          },
          cancel: () => {},
        },
      };
    },
    readFile: (path) => {
      const text = files[path];
      return text === undefined ? Promise.reject(new Error("no file")) : Promise.resolve(text);
    },
    keepSecret: (secret) => secrets.push(secret),
  };
  return means;
}

function read({ method, url, headers, body }: ProviderRequest): Asked {
  const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : "";
  return { method, url: url.href, headers: Object.fromEntries(headers), body: text };
}

export const never: Signal = new OwnSignal();

/** A request that is to be authorized. */
export function someRequest(path = "/"): ProviderRequest {
  return {
    method: "POST",
    url: new URL(path, "https://bedrock-runtime.us-east-1.amazonaws.com"),
    headers: [["content-type", "application/json"], ["user-agent", "weir"]],
    body: new TextEncoder().encode('{"messages":[{"role":"user","content":[{"text":"hi"}]}]}'),
  };
}

export function headersOf({ headers }: ProviderRequest): Readonly<Record<string, string>> {
  return Object.fromEntries(headers);
}
