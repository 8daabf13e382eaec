/** Listens on a Unix socket, whose path is given, and on IPv6, and prints what clients get there. */

// deno-lint-ignore-file no-console -- This is a command.

import { readAnswers } from "./support/answers.ts";
import { openServer, text } from "./support/own_server.ts";
import { readToEnd, send } from "./support/raw_client.ts";

const LAST = "GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
const [path = ""] = Deno.args;

async function ask(connection: Deno.Conn): Promise<string | undefined> {
  await send(connection, LAST);
  const [answer] = readAnswers(await readToEnd(connection));
  connection.close();
  return answer?.body;
}

// Closing does not remove the file.
Deno.listen({ transport: "unix", path }).close();
const { server } = openServer(({ peerAddress }) => text(`from <${peerAddress}>`));
server.listen({ kind: "unix", path });
console.log(`unix: ${await ask(await Deno.connect({ transport: "unix", path }))}`);
const { port } = server.listen({ kind: "tcp", hostname: "::1", port: 0, reusePort: false });
console.log(`IPv6: ${await ask(await Deno.connect({ hostname: "::1", port }))}`);
await server.drain();
console.log(`left: ${await Deno.lstat(path).then(() => "yes", () => "no")}`);
