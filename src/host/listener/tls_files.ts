/** The certificate of HTTPS, read from its files again whenever they change. */

import type { Log } from "../../observability/log/log.ts";
import type { Certificate } from "../../server/listener.ts";
import type { TlsOptions } from "../../server/server_options.ts";
import { ReadFiles, watchFiles } from "../reload/read_files.ts";
import { StartError } from "../start_error.ts";
import { thrownMessage } from "../../core/text/thrown_message.ts";

/** Chains have a few kilobytes; a path that names something else should not fill the memory. */
const MAX_FILE_BYTES = 1_048_576;

/** Where the files are; `undefined` where there is no HTTPS. */
export type TlsPaths = { readonly cert: string; readonly key: string } | undefined;

export function tlsPathsOf({ cert, key }: TlsOptions): TlsPaths {
  return cert === undefined || key === undefined ? undefined : { cert, key };
}

/** Throws `StartError`. */
export function readCertificate(
  { cert, key }: NonNullable<TlsPaths>,
  files: ReadFiles,
): Certificate {
  return { cert: readPem(cert, "TLS_CERT", files), key: readPem(key, "TLS_KEY", files) };
}

function readPem(path: string, variable: string, files: ReadFiles): string {
  let text: string | undefined;
  try {
    text = files.read(path, MAX_FILE_BYTES);
  } catch (thrown) {
    const reason = thrownMessage(thrown);
    throw new StartError(`weir cannot read ${variable}, ${path}: ${reason}; name another file`);
  }
  if (text?.includes("-----BEGIN ")) return text;
  throw new StartError(`${variable} names ${path}, which is no PEM file; name another one`);
}

/** Hands on each certificate that takes the place of the one that was read. Returns what ends it. */
export function watchCertificate(
  paths: NonNullable<TlsPaths>,
  files: ReadFiles,
  replace: (certificate: Certificate) => Promise<void>,
  log: Pick<Log, "info" | "error">,
): () => void {
  const reread = async (): Promise<void> => {
    try {
      files.clear();
      await replace(readCertificate(paths, files));
      log.info("certificate replaced", { file: paths.cert });
    } catch (thrown) {
      // The one before serves on, until the files change again.
      const cause = thrownMessage(thrown);
      log.error("certificate refused", { cause: cause.slice(0, 200) });
    }
  };
  return watchFiles(files, () => void reread());
}
