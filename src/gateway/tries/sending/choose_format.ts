/** Chooses the format in which a provider is asked. */

import type { FormatName } from "../../../core/chat/chat.ts";
import type { ProviderFormat } from "../../../core/format.ts";
import type { Operation, OperationFormats, Provider } from "../../../core/provider/provider.ts";

/**
 * The client's own format where the provider speaks it, so that bytes pass; else the first, for what can be
 * translated: a chat, embeddings, a count of tokens. `undefined` where there is none.
 *
 * @param without Formats that are not to be used.
 */
export function chooseFormat(
  formats: OperationFormats,
  operation: Operation,
  own: FormatName,
  without: (format: FormatName) => boolean = () => false,
): ProviderFormat | undefined {
  const spoken = (formats[operation] ?? []).filter(({ name }) => !without(name));
  for (const format of spoken) if (format.name === own) return format;
  if (operation === "embeddings") return spoken.find(({ encodeEmbeddings }) => encodeEmbeddings);
  if (operation === "count_tokens") return spoken.find((format) => format.encodeCountRequest);
  return operation === "chat" ? spoken[0] : undefined;
}

/** The format that tells most of a provider, for answers to requests that were in none. */
export function firstFormat({ name, formats }: Provider): ProviderFormat {
  const format = formats.chat?.[0] ?? Object.values(formats)[0]?.[0];
  if (format === undefined) throw new Error(`The upstream ${name} speaks no format`);
  return format;
}
