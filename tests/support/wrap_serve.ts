/** A program whose requests pass something of the test's first. */

type Serve = (
  options: Deno.ServeTcpOptions,
  handler: Deno.ServeHandler<Deno.NetAddr>,
) => Deno.HttpServer<Deno.NetAddr>;

/** From now on, what `Deno.serve` is given as a handler is wrapped. */
export function wrapServe(
  wrap: (handler: Deno.ServeHandler<Deno.NetAddr>) => Deno.ServeHandler<Deno.NetAddr>,
): void {
  const serve = Deno.serve as Serve;
  const value: Serve = (options, handler) => serve(options, wrap(handler));
  Object.defineProperty(Deno, "serve", { value });
}
