/** The secret of an installation whose machines share a Postgres and not a folder. */

import { Buffer } from "node:buffer";
import { connect, Connection } from "./connection.ts";

const NAME = "installation";
const SECRET_BYTES = 32;

/**
 * The one that is there; else one is made, and the machine that is first makes it for all.
 *
 * @throws `StateError`
 */
export async function sharedSecret(
  address: string,
  randomBytes: (bytes: Uint8Array<ArrayBuffer>) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const made = new Uint8Array(SECRET_BYTES);
  randomBytes(made);
  const connection = new Connection(address);
  try {
    const [found] = await connection.run("SELECT to_regclass('weir.secrets') AS name");
    // Tables of a newer version have it as well, and are left alone.
    if ((found?.["name"] ?? null) === null) await (await connect(address)).close();
    await connection.run(
      "INSERT INTO weir.secrets (name, secret) VALUES ($1, $2) ON CONFLICT DO NOTHING",
      [NAME, Buffer.from(made).toString("hex")],
    );
    const [row] = await connection.run("SELECT secret FROM weir.secrets WHERE name = $1", [NAME]);
    return new Uint8Array(Buffer.from(String(row?.["secret"]), "hex"));
  } finally {
    await connection.close();
  }
}
