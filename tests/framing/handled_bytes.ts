/** Counts work instead of timing it, so that a test of linear cost cannot be slow or flaky. */

/**
 * Bytes that `action` copies with `Uint8Array.set` or decodes. Single bytes that a loop copies
 * are not counted.
 */
export function countHandledBytes(action: () => void): number {
  const { set } = Uint8Array.prototype;
  const { decode } = TextDecoder.prototype;
  let handledBytes = 0;
  Uint8Array.prototype.set = function (source, offset) {
    handledBytes += source.length;
    set.call(this, source, offset);
  };
  TextDecoder.prototype.decode = function (input, options) {
    handledBytes += input?.byteLength ?? 0;
    return decode.call(this, input, options);
  };
  try {
    action();
  } finally {
    Uint8Array.prototype.set = set;
    TextDecoder.prototype.decode = decode;
  }
  return handledBytes;
}
