/** Somebody else's server, to which nothing is to connect. */

export interface Canary {
  /** With its port. */
  readonly host: string;
  /** How many there have been; every one is one too many. */
  connections(): number;
  stop(): Promise<void>;
}

export function startCanary(): Canary {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let connections = 0;
  const done = (async () => {
    for await (const socket of listener) {
      connections++;
      socket.close();
    }
  })();
  return {
    host: `127.0.0.1:${listener.addr.port}`,
    connections: () => connections,
    stop: async () => {
      listener.close();
      await done;
    },
  };
}
