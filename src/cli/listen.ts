/** Opens a listener and says in one sentence why it cannot be opened. */

/** The address cannot be listened on. */
export class ListenError extends Error {
  override readonly name = "ListenError";
}

/** `Deno.serve`. Throws `ListenError`. */
export function listen(
  options: Deno.ServeTcpOptions,
  handler: Deno.ServeHandler<Deno.NetAddr>,
): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve(options, handler);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new ListenError(
      `weir cannot listen on ${options.hostname}:${options.port}: ${reason}; choose another HOST or PORT`,
    );
  }
}
