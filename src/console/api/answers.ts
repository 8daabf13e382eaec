/**
 * What the admin API answers, by the page's names for it.
 *
 * The types are those of the API's own schemas, so that neither can say what the other does not. Nothing but types is
 * taken from there: the page holds nothing of the server.
 *
 * @module
 */

import type { ShownCall, WholeCall } from "../../admin/calls/calls.ts";
import type { ShownModels } from "../../admin/process/models.ts";
import type { ShownSums } from "../../admin/calls/usage.ts";

export type { ShownEntry as AuditEntry } from "../../admin/entities/audit.ts";
export type { ShownAmount as Amount } from "../../admin/entities/budget_form.ts";
export type { ShownBudget as Budget } from "../../admin/entities/budgets.ts";
export type { ShownAttempt as Try } from "../../admin/calls/calls.ts";
export type {
  ShownCheck as Check,
  ShownConfig as Configuration,
  ShownReload as Reload,
} from "../../admin/process/configuration.ts";
export type { ShownCaller as Me, ShownHealth as Health } from "../../admin/process/health.ts";
export type { MadeKey as NewKey, ShownKey as Key } from "../../admin/entities/key_form.ts";
export type { ShownToken as PlaygroundToken } from "../../admin/callers/playground.ts";
export type {
  ShownDiagnosis as Diagnosis,
  ShownProvider as ProviderState,
} from "../../admin/process/providers.ts";
export type { RecentCalls as Recent } from "../../admin/calls/recent.ts";
export type { ShownSession as Session } from "../../admin/callers/session.ts";
export type { ShownTeam as Team } from "../../admin/entities/teams.ts";
export type { ShownSums as Sums } from "../../admin/calls/usage.ts";

export interface Page<Row> {
  readonly data: readonly Row[];
  readonly next_cursor: string | null;
}

/** A row also has a member for each group that was asked for. */
export type UsageRow = ShownSums & Readonly<Record<string, string | number | null>>;

export interface Usage {
  readonly data: readonly UsageRow[];
  readonly total: ShownSums;
  readonly is_partial: boolean;
}

/** Members of the log's line, which the API hands on as they are. */
interface LogLine {
  readonly request_id: string;
  readonly principal?: string;
  readonly surface?: string;
  readonly method?: string;
  readonly path?: string;
  readonly upstream?: string;
  readonly model?: string;
  readonly served_model?: string;
  readonly stream?: boolean;
  readonly status?: number;
  readonly outcome: string;
  readonly code?: string;
  readonly reason?: string;
  readonly cause?: string;
  readonly warnings?: string;
  readonly queue_ms?: number;
  readonly first_token_ms?: number;
  readonly duration_ms?: number;
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  readonly cached_tokens?: number;
  readonly reasoning_tokens?: number;
}

export type CallLine = ShownCall & LogLine;

export interface CallPage extends Page<CallLine> {
  /** A text was looked for among the newest calls only. */
  readonly is_partial: boolean;
}

export type CallDetail = WholeCall & LogLine;

/** Dollars for a million of something, or more from some size of the prompt on. */
type Rate = number | { readonly base: number };

export type Model = Omit<ShownModels["data"][number], "prices"> & {
  /** By unit, such as `input_mtok`. */
  readonly prices: Readonly<Record<string, Rate>> | null;
};

export type Alias = ShownModels["aliases"][number];

export type Models = Omit<ShownModels, "data"> & Page<Model>;
