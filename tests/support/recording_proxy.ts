/**
 * A proxy that keeps what passes: put before the gateway, it knows what a client really sent and
 * what it was really answered.
 *
 * @module
 */

export interface PassedRequest {
  readonly method: string;
  /** Path and query as they were sent. */
  readonly path: string;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly status: number;
  readonly answerHeaders: Headers;
  /** Resolves with all of the answer, or with what came before it broke off. */
  readonly answer: Promise<Uint8Array<ArrayBuffer>>;
}

export interface RecordingProxy extends AsyncDisposable {
  /** Address without a path. */
  readonly origin: string;
  readonly passed: readonly PassedRequest[];
}

/** Of one connection only, or wrong once the body has been read anew. */
const NOT_PASSED = ["connection", "host", "transfer-encoding", "accept-encoding"];

/**
 * @param target The origin that everything goes on to.
 * @param added Headers that each request gets on its way.
 */
export function startRecordingProxy(
  target: string,
  added: () => Readonly<Record<string, string>> = () => ({}),
): RecordingProxy {
  const passed: PassedRequest[] = [];
  // Connections of its own, which are closed with it.
  const client = Deno.createHttpClient({});
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname, search } = new URL(request.url);
      const body = await request.bytes();
      const headers = new Headers(request.headers);
      for (const name of NOT_PASSED) headers.delete(name);
      headers.set("accept-encoding", "identity");
      for (const [name, value] of Object.entries(added())) headers.set(name, value);
      const response = await fetch(`${target}${pathname}${search}`, {
        method: request.method,
        headers,
        redirect: "manual",
        client,
        signal: request.signal,
        ...(body.length > 0 ? { body } : {}),
      });
      const { body: toClient, bytes } = kept(response.body);
      passed.push({
        method: request.method,
        path: pathname + search,
        headers: request.headers,
        body,
        status: response.status,
        answerHeaders: response.headers,
        answer: bytes,
      });
      return new Response(toClient, { status: response.status, headers: response.headers });
    },
  );
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    passed,
    [Symbol.asyncDispose]: async () => {
      await server.shutdown();
      client.close();
    },
  };
}

interface Kept {
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>> | null;
  readonly bytes: Promise<Uint8Array<ArrayBuffer>>;
}

/** The same stream, whose bytes are kept; who leaves it leaves the source as well. */
function kept(source: ReadableStream<Uint8Array<ArrayBuffer>> | null): Kept {
  if (source === null) return { body: null, bytes: Promise.resolve(new Uint8Array()) };
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const ended = Promise.withResolvers<void>();
  const reader = source.getReader();
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: async (controller) => {
      try {
        const { value, done } = await reader.read();
        if (done) {
          controller.close();
          return ended.resolve();
        }
        parts.push(value);
        controller.enqueue(value);
      } catch (error) {
        controller.error(error);
        ended.resolve();
      }
    },
    cancel: async (reason) => {
      ended.resolve();
      await reader.cancel(reason);
    },
  });
  return { body, bytes: ended.promise.then(() => new Blob(parts).bytes()) };
}
