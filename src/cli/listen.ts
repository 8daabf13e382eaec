/** Opens a listener and says in one sentence why it cannot be opened. */

/** The address cannot be listened on. */
export class ListenError extends Error {
  override readonly name = "ListenError";
}

/** Throws `ListenError` where somebody else listens, even if the port could be shared with them. */
export function ensureFree(hostname: string, port: number): void {
  try {
    Deno.listen({ hostname, port }).close();
  } catch (thrown) {
    throw cannotListen({ hostname, port }, thrown);
  }
}

/** `Deno.serve`. Throws `ListenError`. */
export function listen(
  options: Deno.ServeTcpOptions,
  handler: Deno.ServeHandler<Deno.NetAddr>,
  settings?: string,
): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve(options, handler);
  } catch (thrown) {
    throw cannotListen(options, thrown, settings);
  }
}

function cannotListen(
  { hostname, port }: Deno.ServeTcpOptions,
  thrown: unknown,
  settings = "HOST or PORT",
): ListenError {
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return new ListenError(
    `weir cannot listen on ${hostname}:${port}: ${reason}; choose another ${settings}`,
  );
}
