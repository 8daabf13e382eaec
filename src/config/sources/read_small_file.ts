/** Reads the files that configuration and secrets are in. */

import { thrownMessage } from "../../core/text/thrown_message.ts";

/** Reads a file of text. Throws `FileError`. */
export type ReadFile = (path: string, maxBytes: number) => string;

/** A file cannot be read; the message says why. */
export class FileError extends Error {
  constructor(readonly reason: "missing" | "unusable", message: string) {
    super(message);
  }
}

/** Reads a regular file of UTF-8 text from the disk. Throws `FileError`. */
export function readSmallFile(path: string, maxBytes: number): string {
  try {
    const { isFile, size } = Deno.statSync(path);
    if (!isFile) throw new FileError("unusable", "it is not a regular file");
    if (size > maxBytes) {
      throw new FileError("unusable", `it has more than the ${maxBytes} bytes that are read`);
    }
    return new TextDecoder("utf-8", { fatal: true }).decode(Deno.readFileSync(path));
  } catch (thrown) {
    throw toFileError(thrown);
  }
}

function toFileError(thrown: unknown): FileError {
  if (thrown instanceof FileError) return thrown;
  if (thrown instanceof Deno.errors.NotFound) {
    return new FileError("missing", "there is no such file");
  }
  if (thrown instanceof Deno.errors.PermissionDenied) {
    return new FileError("unusable", "its permissions do not let this user read it");
  }
  if (thrown instanceof Deno.errors.NotCapable) {
    return new FileError("unusable", "the program gives itself no right to read there");
  }
  if (thrown instanceof TypeError) return new FileError("unusable", "it is not UTF-8 text");
  return new FileError("unusable", thrownMessage(thrown));
}
