/** A Postgres whose connections break as soon as they are open, when its driver asks for its types. */

import { assertEquals } from "@std/assert";
import { startProgram } from "../../support/program.ts";

/** `AuthenticationOk` and `ReadyForQuery`. */
const OPEN = new Uint8Array([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]);
const CONNECTIONS = 4;

/** Resets so many connections, each at the first question on it, and is gone then: the driver tries at once again. */
function startBrokenPostgres(): { readonly url: string; readonly gone: Promise<void> } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const breakAll = async (): Promise<void> => {
    for (let count = 0; count < CONNECTIONS; count++) {
      using connection = await listener.accept();
      await connection.read(new Uint8Array(1_024));
      await connection.write(OPEN);
      // What is left unread makes a reset of the end.
      await connection.read(new Uint8Array(1));
    }
    listener.close();
  };
  const url = `postgres://weir:secret@127.0.0.1:${listener.addr.port}/weir`;
  return { url, gone: breakAll() };
}

Deno.test("a connection to Postgres that breaks while it is opened is no bug", async () => {
  const postgres = startBrokenPostgres();
  await using weir = await startProgram({
    env: { STATE: postgres.url, WEIR_SECRET: "a-secret-of-the-tests-0123456789abcdef" },
  });
  await postgres.gone;
  const { code } = await weir.stop();
  assertEquals(code, 0);
});
