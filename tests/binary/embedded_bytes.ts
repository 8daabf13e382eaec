/** Finds what `deno compile` added to the runtime: all that follows the end of the ELF file. */

/** Reads the part of a Linux executable that the operating system does not load. */
export async function embeddedBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await Deno.readFile(path);
  const header = new DataView(bytes.buffer);
  if (header.getUint32(0) !== 0x7f454c46) throw new Error(`${path} is no ELF file`);
  // A linker puts the table of sections last. Fields: e_shoff, e_shentsize, e_shnum.
  const tableOffset = Number(header.getBigUint64(0x28, true));
  const tableBytes = header.getUint16(0x3a, true) * header.getUint16(0x3c, true);
  return bytes.subarray(tableOffset + tableBytes);
}
