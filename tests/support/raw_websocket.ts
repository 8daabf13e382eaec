/**
 * A client that speaks WebSocket by hand, for what no library does: it answers no ping, reads when it is
 * told to, and leaves without a word.
 *
 * @module
 */

export interface RawWebSocket extends Disposable {
  /** The answer to the upgrade, without what came after it. */
  readonly head: string;
  /** Sends a text message, or a frame of another kind. */
  send(text: string, opcode?: number): Promise<void>;
  /** Reads what is there; an empty text at the end of the connection. */
  read(): Promise<string>;
  /** Drops the connection. */
  leave(): void;
}

const TEXT = 1;
const utf8 = new TextEncoder();

/** @param address Where Weir listens. */
export async function openRawWebSocket(
  address: string,
  headers: readonly string[] = [],
): Promise<RawWebSocket> {
  const { hostname, port } = new URL(address);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const lines = [
    "GET /ws HTTP/1.1",
    `host: ${hostname}:${port}`,
    "upgrade: websocket",
    "connection: Upgrade",
    "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
    "sec-websocket-version: 13",
    ...headers,
  ];
  await connection.write(utf8.encode(`${lines.join("\r\n")}\r\n\r\n`));
  const buffer = new Uint8Array(65_536);
  const decoder = new TextDecoder();
  const read = async (): Promise<string> =>
    decoder.decode(buffer.subarray(0, await connection.read(buffer) ?? 0), { stream: true });
  let isLeft = false;
  const leave = (): void => {
    if (!isLeft) connection.close();
    isLeft = true;
  };
  let head = "";
  while (!head.includes("\r\n\r\n")) head += await read();
  return {
    head: head.slice(0, head.indexOf("\r\n\r\n")),
    send: async (text, opcode = TEXT) => {
      const bytes = frame(utf8.encode(text), opcode);
      for (let sent = 0; sent < bytes.length;) {
        sent += await connection.write(bytes.subarray(sent));
      }
    },
    read,
    leave,
    [Symbol.dispose]: leave,
  };
}

/** A whole message in one frame, with a mask of zeros. */
function frame(payload: Uint8Array, opcode: number): Uint8Array {
  const { length } = payload;
  const size = length < 126
    ? [length]
    : length < 65_536
    ? [126, length >> 8, length & 255]
    : [127, 0, 0, 0, 0, length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255];
  const [first = 0, ...rest] = size;
  return new Uint8Array([0x80 | opcode, 0x80 | first, ...rest, 0, 0, 0, 0, ...payload]);
}
