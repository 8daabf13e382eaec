/** Opens the ledger of the process, as its configuration has it. */

import type { Config } from "../../config/schema.ts";
import type { Clock } from "../../core/clock.ts";
import type { Entity } from "../../core/ledger/ledger_store.ts";
import type { Log } from "../../observability/log/log.ts";
import { StateError } from "../../state/installation_secret.ts";
import { createMemoryStore } from "../../state/ledger/memory_store.ts";
import { isPostgresAddress } from "../../state/state_address.ts";
import { StartError } from "../start_error.ts";
import { makeId, randomBytes, within } from "../runtime.ts";
import { Webhooks } from "../../ledger/webhooks/webhooks.ts";
import { createHttp1Transport, type TransportClient } from "../../transport/http1_transport.ts";
import { LedgerHub } from "./ledger_hub.ts";
import type { LinkedStoreParts, OpenedStore } from "./linked_store.ts";
import { placeInMemory, type StorePlace } from "./store_place.ts";

/** A start does not wait longer for a database that does not answer. */
const START_MS = 3_000;

export interface OpenHubParts {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
}

/** Rejects with `StartError` where the folder cannot be used, and says what to do. */
export async function openHub(parts: OpenHubParts): Promise<LedgerHub> {
  const { config, log, clock } = parts;
  const webhooks = createWebhooks(parts);
  const hub = new LedgerHub({ place: await openPlace(parts), config, webhooks, log, clock });
  await within(hub.start(), START_MS);
  if (!hub.entities.isKnown) {
    log.warn("ledger away", { cause: "The keys that were made at run time could not be read yet" });
  }
  return hub;
}

/** Their receivers are reached as providers are, so that no name leads to a cloud's metadata. */
function createWebhooks({ config, log, clock }: OpenHubParts): Webhooks {
  let client: TransportClient | undefined;
  return new Webhooks({
    send: (request, signal) => {
      client ??= createHttp1Transport(config.transport, clock, randomBytes);
      return client.send(request, signal);
    },
    clock,
    random: Math.random,
    makeId,
    watch: {
      refused: (url, event, cause, nextMs) =>
        log.warn("webhook refused", { host: new URL(url).host, event, cause, again_in_ms: nextMs }),
      lost: (url, event, cause) =>
        log.error("webhook lost", { host: new URL(url).host, event, cause }),
    },
  });
}

async function openPlace({ config, log, clock }: OpenHubParts): Promise<StorePlace> {
  const { state: { folder: state }, ledger: options } = config;
  const inMemory = (): StorePlace => placeInMemory(createMemoryStore(options, clock));
  if (state === undefined) return inMemory();
  const noteUnclosed = (sinceMs: readonly number[]): void =>
    log.warn("ledger was not closed", {
      processes_since: sinceMs.map((ms) => new Date(ms).toISOString()).join(", "),
      cause:
        "A process that had it was ended from outside; calls of its last moment may be missing",
    });
  // Read by those who ask for it: a start without a database takes no longer.
  const { spawnThread: spawn } = await import("../workers/worker_thread.ts");
  const opened = await open({ address: { state, options }, spawn, clock, noteUnclosed });
  if (opened.newer === undefined) return opened.place;
  const { message, entities } = opened.newer;
  log.error("ledger in memory", { cause: message, keys_in_force: entities?.length ?? "unknown" });
  return withEntities(inMemory(), entities);
}

async function open(parts: LinkedStoreParts): Promise<OpenedStore> {
  const { openLinkedStore } = await import("./linked_store.ts");
  try {
    return await openLinkedStore(parts, isPostgresAddress(parts.address.state));
  } catch (thrown) {
    const isStateError = thrown instanceof Error && thrown.name === StateError.name;
    throw isStateError ? new StartError(thrown.message) : thrown;
  }
}

/** What a newer version has kept stays in force, and what it is cannot be read is not known. */
function withEntities(place: StorePlace, kept: readonly Entity[] | undefined): StorePlace {
  const { entities } = place.queries;
  return {
    ...place,
    queries: {
      ...place.queries,
      entities: async () => {
        if (kept === undefined) throw new Error("What was made at run time cannot be read");
        return [...kept, ...await entities()];
      },
    },
  };
}
