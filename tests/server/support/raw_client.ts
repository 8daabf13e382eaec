/** A client that sends bytes as they are. */

import { Buffer } from "node:buffer";
import { latin1 } from "./memory_socket.ts";

/** What the server sends until it ends the connection, one character a byte. */
export async function readToEnd(connection: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(65_536);
  let text = "";
  try {
    while (true) {
      const count = await connection.read(buffer);
      if (count === null) return text;
      text += Buffer.from(buffer.buffer, 0, count).toString("latin1");
    }
  } catch {
    // A server that closes before it has read all resets the connection.
    return text;
  }
}

/** What comes until it contains `mark`. */
export async function readUntil(connection: Deno.Conn, mark: string): Promise<string> {
  const buffer = new Uint8Array(65_536);
  let text = "";
  while (!text.includes(mark)) {
    const count = await connection.read(buffer);
    if (count === null) throw new Error(`The connection ended: ${JSON.stringify(text)}`);
    text += Buffer.from(buffer.buffer, 0, count).toString("latin1");
  }
  return text;
}

/** Sends and reads at the same time, so that neither waits for the other. */
export async function exchange(port: number, ...pieces: readonly string[]): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const [text] = await Promise.all([readToEnd(connection), sendAll(connection, pieces)]);
  return text;
}

export async function send(
  connection: Deno.Conn,
  sent: string | Uint8Array<ArrayBuffer>,
): Promise<void> {
  let rest = typeof sent === "string" ? latin1(sent) : sent;
  while (rest.length > 0) rest = rest.subarray(await connection.write(rest));
}

async function sendAll(connection: Deno.Conn, pieces: readonly string[]): Promise<void> {
  try {
    for (const piece of pieces) await send(connection, piece);
  } catch {
    // The server had enough.
  }
}
