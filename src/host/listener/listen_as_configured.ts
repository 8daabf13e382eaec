/** Where the gateway listens: plain, with TLS, or both. */

import type { Config } from "../../config/schema.ts";
import type { Log } from "../../observability/log/log.ts";
import type { HttpServer } from "../../server/http_server.ts";
import { ReadFiles } from "../reload/read_files.ts";
import { ensureFree, listen, type ListenAddress, listenOnUnixSocket } from "./listen.ts";
import { readCertificate, tlsPathsOf, watchCertificate } from "./tls_files.ts";

export interface ConfiguredListening {
  /** That of `PORT`. */
  readonly port: number;
  /** Certificates are not looked at any more. */
  readonly stopWatching: () => void;
}

/** Throws `StartError`. A Unix socket cannot be shared, so that it is for the first thread alone. */
export function listenAsConfigured(
  server: HttpServer,
  { server: { host, port, reusePort, unixSocket }, tls }: Config,
  isFirstThread: boolean,
  log: Pick<Log, "info" | "error">,
): ConfiguredListening {
  if (unixSocket !== undefined && isFirstThread) listenOnUnixSocket(server, unixSocket);
  const address: ListenAddress = { hostname: host, port, reusePort: reusePort === "on" };
  const paths = tlsPathsOf(tls);
  if (paths === undefined) return { port: listen(server, address).port, stopWatching: () => {} };
  const files = new ReadFiles();
  const certificate = readCertificate(paths, files);
  const secure = { ...address, port: tls.port ?? port, certificate };
  const plain = tls.port === undefined ? undefined : listen(server, address);
  // It is opened to be shared, with itself.
  if (reusePort === "off") ensureFree(host, secure.port);
  const settings = plain === undefined ? undefined : "HOST or TLS_PORT";
  const listening = listen(server, secure, settings);
  const replace = listening.replaceCertificate.bind(listening);
  return {
    port: (plain ?? listening).port,
    stopWatching: watchCertificate(paths, files, replace, log),
  };
}
