/** One thread that serves, as the hub of the ledger has it. */

import type { Clock } from "../../core/clock.ts";
import type { StopListening } from "../../core/ledger/ledger.ts";
import { EventBatches } from "../../ledger/events/event_batches.ts";
import { answerFrom } from "../workers/linked_methods.ts";
import type { Answers } from "../workers/thread_link.ts";
import type { LedgerQuestions } from "../workers/worker_questions.ts";
import type { LedgerHub } from "./ledger_hub.ts";
import type { LedgerNews } from "./worker_ledger.ts";

/** Tells the thread something, if it is there to hear it. */
export type TellWorker = <Name extends keyof LedgerNews>(
  name: Name,
  told: Parameters<LedgerNews[Name]>[0],
) => void;

export interface AttachedWorker {
  readonly answers: Answers<LedgerQuestions>;
  /** Tells it what is in force, now and after every change. */
  readonly begin: () => void;
  /** It is no more. */
  readonly detach: () => void;
}

export function attachWorker(hub: LedgerHub, tell: TellWorker, clock: Clock): AttachedWorker {
  const { entities, events } = hub;
  const batches = new EventBatches((sent) => tell("ledgerEvents", sent), clock);
  const stopped: StopListening[] = [];
  let stopWatching: StopListening = () => {};
  return {
    answers: {
      ledgerAsk: answerFrom(hub.queries),
      ledgerRecords: (batch) => hub.take(batch),
      ledgerPublish: (published) => published.forEach((event) => events.publish(event)),
      ledgerWatch: (isWatching) => {
        stopWatching();
        stopWatching = isWatching ? events.subscribe((event) => batches.add(event)) : () => {};
      },
    },
    begin: () => {
      const tellEntities = (): void => tell("ledgerEntities", entities.all);
      stopped.push(
        entities.onChange(tellEntities),
        events.onViewers((isWatched) => tell("ledgerWatched", isWatched)),
      );
      tellEntities();
      tell("ledgerWatched", events.hasViewers);
    },
    detach: () => {
      stopWatching();
      for (const stop of stopped) stop();
    },
  };
}
