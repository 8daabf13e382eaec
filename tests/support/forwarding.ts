/**
 * What tests of forwarded requests share: an upstream that echoes or does as its script says, and a
 * client that writes its own bytes.
 *
 * @module
 */

import { bytesOf, RawServer, type Script, textOf } from "../transport/raw_server.ts";
import { type Program, startProgram } from "./program.ts";

/** What an upstream was asked, as it came. */
export interface Echo {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An upstream that answers with what it was asked; `await using` ends it with the test. */
export interface EchoProvider extends AsyncDisposable {
  readonly origin: string;
  readonly requests: readonly Echo[];
}

/** Serves on a free port of the loopback address. */
export function startEcho(): EchoProvider {
  const requests: Echo[] = [];
  const server = Deno.serve(
    {
      hostname: "127.0.0.1",
      port: 0,
      onListen: () => {},
      // The gateway leaves in the middle of a body, as it should.
      onError: () => new Response(null, { status: 500 }),
    },
    async (request) => {
      const echo = {
        method: request.method,
        target: request.url.slice(request.url.indexOf("/", "http://".length)),
        headers: Object.fromEntries(request.headers),
        body: await request.text(),
      };
      requests.push(echo);
      return Response.json(echo);
    },
  );
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    requests,
    [Symbol.asyncDispose]: async () => await server.shutdown(),
  };
}

/** A gateway whose only upstream lies at `origin`, below `/v1`. */
export function startWeir(
  origin: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Program> {
  return startProgram({
    env: { OPENAI_API_KEY: "sk-upstream", OPENAI_BASE_URL: `${origin}/v1`, ...env },
  });
}

/** An upstream and the gateway before it. */
export interface Scripted extends AsyncDisposable {
  readonly weir: Program;
  readonly server: RawServer;
}

/** An upstream that runs a script for each connection, with a gateway before it. */
export async function startScripted(
  script: Script,
  env: Readonly<Record<string, string>> = {},
): Promise<Scripted> {
  const server = new RawServer(script);
  const weir = await startWeir(server.url("").origin, env);
  return {
    weir,
    server,
    [Symbol.asyncDispose]: async () => {
      await weir[Symbol.asyncDispose]();
      await server.stop();
    },
  };
}

const WAIT_MS = 60_000;
const SURPLUS_MS = 400;

/**
 * Sends bytes as they are, one character each, and reads until the server closes the connection, which the request
 * should ask for; or, once `isWhole` says that all has come that is due, for 400 ms more, so that a surplus is seen.
 */
export async function exchangeRaw(
  url: string,
  request: string,
  isWhole: (answer: string) => boolean = () => false,
): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = await Deno.connect({ hostname, port: Number(port) });
  const close = (): void => {
    try {
      socket.close();
    } catch {
      // It is closed.
    }
  };
  let answer = "";
  let isWaiting = !isWhole(answer);
  let timer = setTimeout(close, isWaiting ? WAIT_MS : SURPLUS_MS);
  try {
    let rest = bytesOf(request);
    while (rest.length > 0) rest = rest.subarray(await socket.write(rest));
    const buffer = new Uint8Array(65_536);
    for (let count; (count = await socket.read(buffer)) !== null;) {
      answer += textOf(buffer.subarray(0, count));
      if (!isWaiting || !isWhole(answer)) continue;
      isWaiting = false;
      clearTimeout(timer);
      timer = setTimeout(close, SURPLUS_MS);
    }
  } catch {
    // Refused in the middle of the request, or silent for too long: what came is the answer.
  }
  clearTimeout(timer);
  close();
  return answer;
}
