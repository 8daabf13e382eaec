/** The upstreams of the fault matrix, and how a gateway finds them. */

import { NOBODY_URL } from "../support/provider.ts";
import { type FaultProvider, HEALTHY_MODEL, startFaultProvider } from "./fault_provider.ts";
import {
  failingFormat,
  type FormatName,
  isUnreachable,
  TARGETS,
  type Targets,
  UNREACHABLE,
} from "./matrix_plan.ts";

/** Faults at which a call merely waits for a clock. */
export const WAITS = /^(?:connect_stall|stall_|silence_)/;

/** Longer than any gateway waits for a connection. */
const SILENCE_MS = 15_000;

/** The upstream that has an address, and fails as it is told. */
export const FAULTY = "faulty";

/** The upstream that fails. */
export function providerOf(fault: string): string {
  return isUnreachable(fault) ? fault : FAULTY;
}

export interface MatrixProviders extends AsyncDisposable {
  /** For a gateway that finds Anthropic's API, and others that have one address, where the upstream of that name is. */
  settings(name: string): Readonly<Record<string, string>>;
}

/** A healthy one and several that nobody can reach, beside the one that fails as it is told. */
export function startMatrixProviders(faulty: FaultProvider): MatrixProviders {
  const healthy = startFaultProvider(true);
  const silent = startSilentServer();
  const plain = startPlainServer();
  const addresses: Readonly<Record<string, string>> = {
    faulty: faulty.baseUrl,
    healthy: healthy.baseUrl,
    refused: NOBODY_URL,
    // A name that can be none: of any other, a machine without a resolver knows nothing for sure.
    dns_failure: "http://-.invalid/v1",
    tls_failure: `https://127.0.0.1:${plain.addr.port}/v1`,
    connect_stall: `https://127.0.0.1:${silent.port}/v1`,
  };
  return {
    settings: (name) => settingsOf(addresses, name),
    [Symbol.asyncDispose]: async () => {
      await healthy[Symbol.asyncDispose]();
      silent[Symbol.dispose]();
      await plain.shutdown();
    },
  };
}

/**
 * Takes connections and says nothing, until it gives them up as servers do: the runtime keeps the socket of a
 * handshake that Weir has given up for as long as this does.
 */
function startSilentServer(): Disposable & { readonly port: number } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const timers = new Map<Deno.TcpConn, ReturnType<typeof setTimeout>>();
  const giveUp = (connection: Deno.TcpConn): void => {
    clearTimeout(timers.get(connection));
    timers.delete(connection);
    connection.close();
  };
  const accept = async (): Promise<void> => {
    for await (const connection of listener) {
      timers.set(connection, setTimeout(() => giveUp(connection), SILENCE_MS));
    }
  };
  accept().catch(() => {}); // It was closed.
  return {
    port: listener.addr.port,
    [Symbol.dispose]: () => {
      listener.close();
      for (const connection of timers.keys()) giveUp(connection);
    },
  };
}

/** Speaks no TLS, and says so in plain text as web servers do. */
function startPlainServer(): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response("This is no TLS", { status: 400 }),
  );
}

function settingsOf(
  addresses: Readonly<Record<string, string>>,
  name: string,
): Readonly<Record<string, string>> {
  const address = addresses[name] ?? "";
  const providers = Object.entries(addresses)
    .map(([provider, address]) => [`UPSTREAM_${provider.toUpperCase()}_BASE_URL`, address]);
  return {
    ...Object.fromEntries(providers),
    ANTHROPIC_API_KEY: "sk-ant-of-the-matrix",
    ANTHROPIC_BASE_URL: address,
    AWS_BEARER_TOKEN_BEDROCK: "key-of-bedrock-in-the-matrix",
    BEDROCK_BASE_URL: address,
    OLLAMA_HOST: address,
    CHATJIMMY_BASE_URL: address,
    UPSTREAM_RESPONDING_BASE_URL: address,
    UPSTREAM_RESPONDING_FORMATS: "responses",
    GEMINI_API_KEY: "AIza-of-the-matrix",
    GEMINI_BASE_URL: address,
    MODEL_ALIASES: aliases().join(),
  };
}

const HEALTHY_TARGETS = {
  chat: "healthy/m",
  messages: `anthropic/${HEALTHY_MODEL}`,
  responses: "",
  converse: "",
  text: "",
  ollama: `ollama/${HEALTHY_MODEL}`,
  gemini: `gemini/${HEALTHY_MODEL}`,
} as const;

/** A name for each list of targets, behind the name of the upstream that fails. */
function aliases(): string[] {
  return [FAULTY, ...UNREACHABLE].flatMap((name) => {
    const failing = {
      chat: `${name}/m`,
      messages: "anthropic/m",
      gemini: "gemini/m",
      converse: "bedrock/m",
      ollama: "ollama/m",
      responses: "responding/m",
      text: "chatjimmy/m",
    };
    return TARGETS.map((targets) => {
      const [, second] = targets.split(", ") as FormatName[];
      const list = [
        failing[failingFormat(targets)],
        ...(second === undefined ? [] : [HEALTHY_TARGETS[second]]),
      ];
      return `${aliasOf(name, targets)}=${list.join("|")}`;
    });
  });
}

/** The model to ask for. */
export function aliasOf(name: string, targets: Targets): string {
  return `${name}-${targets.replace(", ", "-")}`;
}
