/** Addresses of Redis, as `RATE_LIMIT_STORE` has them. */

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
  /** Empty for the default user. */
  readonly username: string;
  /** Empty where none is needed. */
  readonly password: string;
  /** Number of the database. */
  readonly db: number;
}

const DEFAULT_PORT = 6379;

/**
 * Reads `redis://[[user]:password@]host[:port][/db]`, or `rediss://` for TLS. `undefined` where it is
 * none of these, or says more than that.
 */
export function readRedisAddress(text: string): RedisAddress | undefined {
  const url = URL.parse(text);
  if (url === null || !/^rediss?:$/.test(url.protocol)) return undefined;
  const [, db = "0"] = /^\/(\d{1,5})$/.exec(url.pathname) ?? [];
  const isPathRead = url.pathname === "" || url.pathname === "/" || url.pathname === `/${db}`;
  if (url.hostname === "" || !isPathRead || url.search !== "" || url.hash !== "") return undefined;
  const username = decoded(url.username);
  const password = decoded(url.password);
  if (username === undefined || password === undefined) return undefined;
  // A password without the colon before it is read as a user.
  if (username !== "" && password === "") return undefined;
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: url.port === "" ? DEFAULT_PORT : Number(url.port),
    isTls: url.protocol === "rediss:",
    username,
    password,
    db: Number(db),
  };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
