/**
 * A server in Redis's place that reads and answers as a test likes.
 *
 * @module
 */

export interface AnsweringServer extends AsyncDisposable {
  /** For `RATE_LIMIT_STORE`. */
  readonly url: string;
}

/** @param answer Called for all that a connection has said at once. */
export function startAnsweringServer(
  answer: (connection: Deno.Conn, said: string) => Promise<unknown>,
): AnsweringServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serve = async (connection: Deno.Conn) => {
    const buffer = new Uint8Array(65_536);
    for (let size = await connection.read(buffer); size !== null;) {
      await answer(connection, new TextDecoder().decode(buffer.subarray(0, size)));
      size = await connection.read(buffer);
    }
  };
  const connections: Deno.Conn[] = [];
  const ended = (async () => {
    for await (const connection of listener) {
      connections.push(connection);
      serve(connection).catch(() => {}); // The other side may leave at any time.
    }
  })();
  return {
    url: `redis://127.0.0.1:${listener.addr.port}`,
    [Symbol.asyncDispose]: async () => {
      listener.close();
      await ended;
      for (const connection of connections) closeOnce(connection);
    },
  };
}

/** One that is closed already stays so. */
export function closeOnce(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.BadResource)) throw thrown;
  }
}
