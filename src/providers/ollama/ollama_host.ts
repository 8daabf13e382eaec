/** Where Ollama is, in the forms in which its own variable says so. */

const DEFAULT_PORT = "11434";
/** An IPv6 address without its brackets. */
const BARE_IPV6 = /^[0-9a-f]*(?::[0-9a-f]*){2,}$/i;

/**
 * The address that a text such as `host`, `host:port`, `:port` or `http://host/path` stands for, without a
 * slash at its end; `undefined` where it is none.
 *
 * Without a scheme the port is Ollama's own, with one that scheme's, as Ollama's clients have it. The addresses
 * on which a server listens everywhere are asked on this machine.
 */
export function ollamaAddress(text: string): string | undefined {
  const given = text.trim().replace(/^(["'])(.*)\1$/, "$2");
  const isExplicit = /^https?:\/\//i.test(given);
  if (!isExplicit && (given.includes("://") || /[\s?#@]/.test(given))) return undefined;
  const host = BARE_IPV6.test(given)
    ? `[${given}]`
    : given.startsWith(":")
    ? `127.0.0.1${given}`
    : given;
  const url = URL.parse(isExplicit ? given : `http://${host}`);
  if (url === null) return undefined;
  if (!isExplicit && !/:\d+(?:\/|$)/.test(host.replace(/^\[[^\]]*\]/, ""))) url.port = DEFAULT_PORT;
  if (url.hostname === "0.0.0.0") url.hostname = "127.0.0.1";
  if (url.hostname === "[::]") url.hostname = "[::1]";
  const path = url.pathname.replace(/\/+$/, "").replace(/\/(?:api|v1)$/, "");
  return `${url.protocol}//${url.host}${path}`;
}
