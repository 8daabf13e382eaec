import { assert, assertEquals, assertRejects } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { type ConnectTcp, openSocket } from "../../src/transport/open_socket.ts";
import { transportOptions } from "../../src/transport/transport_options.ts";
import { ManualClock } from "./manual_clock.ts";

Deno.test("openSocket() closes a connection that was made in the moment in which it was given up", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = new URL(`http://127.0.0.1:${listener.addr.port}`);
  let isClosed = false;
  const made = Promise.withResolvers<void>();
  const told = Promise.withResolvers<void>();
  // As Deno 2.9 does it: a signal that is aborted by then makes it forget the connection.
  const connectTcp: ConnectTcp = async ({ hostname, port, signal }) => {
    const connection = await Deno.connect({ hostname, port });
    const close = connection.close.bind(connection);
    connection.close = () => {
      isClosed = true;
      close();
    };
    made.resolve();
    await told.promise;
    try {
      return connection;
    } finally {
      signal.throwIfAborted();
    }
  };
  const controller = new AbortController();
  const options = transportOptions.parse({});
  const opening = openSocket(url, controller.signal, options, new ManualClock(), connectTcp);
  const failure = assertRejects(() => opening, GatewayError);
  await made.promise;
  controller.abort(new GatewayError("client_closed", "The client left"));
  told.resolve();
  assertEquals((await failure).kind, "client_closed");
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert(isClosed);
});
