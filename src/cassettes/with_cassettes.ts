/** Puts recordings around what is sent to providers, as the configuration has it. */

import type { Clock } from "../core/clock.ts";
import { GatewayError } from "../core/gateway_error.ts";
import { cassetteOf } from "../core/provider/cassette_address.ts";
import type { Provider } from "../core/provider/provider.ts";
import type { Transport } from "../core/provider/transport.ts";
import type { Redact } from "../core/text/redactor.ts";
import { CassetteError, CassetteWriter } from "./cassette_file.ts";
import type { CassetteOptions } from "./options.ts";
import { CassettePlayer } from "./player.ts";
import { recordTransport } from "./recorder.ts";

export interface CassetteParts {
  readonly options: CassetteOptions;
  readonly providers: readonly Pick<Provider, "target">[];
  readonly clock: Clock;
  readonly redact: Redact;
  /** Told of why nothing more is recorded. */
  readonly onEnd: (file: string, why: string) => void;
}

/** The transport itself where nothing is recorded or played. */
export function withCassettes(transport: Transport, parts: CassetteParts): Transport {
  const { options: { replay }, providers } = parts;
  const recorded = recording(transport, parts);
  const players = new Map<string, CassettePlayer>();
  const play = async (file: string, ...sent: Parameters<Transport>) => {
    const player = players.get(file) ?? openPlayer(file, parts);
    players.set(file, player);
    return await player.send(...sent);
  };
  if (replay !== undefined) return (request, signal) => play(replay, request, signal);
  // No call pays for a look at its address where none can be a recording's.
  if (!providers.some(({ target }) => cassetteOf(new URL(target)) !== undefined)) return recorded;
  return (request, signal) => {
    const cassette = cassetteOf(request.url);
    return cassette === undefined
      ? recorded(request, signal)
      : play(cassette.file, request, signal);
  };
}

function recording(transport: Transport, parts: CassetteParts): Transport {
  const { options: { record, maxExchangeBytes, maxFileBytes }, clock, redact, onEnd } = parts;
  if (record === undefined) return transport;
  const writer = new CassetteWriter(record, maxFileBytes, (why) => onEnd(record, why));
  const keep = writer.add.bind(writer);
  return recordTransport(transport, { clock, redact, maxExchangeBytes, keep });
}

/** Throws `GatewayError`, which tells the caller what the operator is to mend. */
function openPlayer(file: string, parts: CassetteParts): CassettePlayer {
  try {
    return new CassettePlayer(file, parts);
  } catch (thrown) {
    if (!(thrown instanceof CassetteError)) throw thrown;
    throw new GatewayError("upstream_unreachable", thrown.message, {
      code: "cassette_unreadable",
      shouldRetry: false,
    });
  }
}
