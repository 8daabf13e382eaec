/** What the admin API answers, as far as the page shows it. `null` is what nobody knows. */

export type Role = "read" | "write";

export interface Me {
  readonly role: Role;
  readonly who: string;
  readonly via: "key" | "session" | "proxy" | "loopback";
  /** Whether calls need a key here. */
  readonly needs_key?: boolean;
  readonly version?: string;
}

/** Who looks at the page, which everybody may ask. */
export interface Session {
  readonly me: Me | null;
  /** A key would let in whoever is not. */
  readonly needs_sign_in: boolean;
  readonly message: string | null;
}

export interface Page<Row> {
  readonly data: readonly Row[];
  readonly next_cursor: string | null;
  /** A text was looked for among the newest calls only. */
  readonly is_partial?: boolean;
}

export interface Percentiles {
  readonly p50: number | null;
  readonly p99: number | null;
}

export interface Recent {
  readonly calls: number;
  readonly failed: number;
  readonly since: string;
  readonly first_token_ms: Percentiles;
  readonly duration_ms: Percentiles;
}

export interface Health {
  readonly status: "healthy" | "degraded" | "stopping";
  readonly version: string;
  readonly environment: string;
  readonly started_at: string;
  readonly calls_in_flight: number;
  /** `null` while the ledger cannot be reached. */
  readonly recent: Recent | null;
}

export interface Sums {
  readonly calls: number;
  readonly failed: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cached_tokens: number;
  readonly reasoning_tokens: number;
  readonly cost: number | null;
  readonly unpriced: number;
  readonly estimated: number;
}

/** A row also has a member for each group that was asked for. */
export type UsageRow = Sums & Readonly<Record<string, string | number | null>>;

export interface Usage {
  readonly data: readonly UsageRow[];
  readonly total: Sums;
  readonly is_partial: boolean;
}

/** The members of the log's line, and what the ledger knows beside them. */
export interface CallLine {
  readonly id: string;
  readonly ended_at: string;
  readonly request_id: string;
  readonly principal?: string;
  readonly team?: string;
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
  readonly cost: number | null;
  readonly cost_estimated?: boolean;
  readonly [member: string]: unknown;
}

export interface Try {
  readonly provider: string;
  readonly model: string;
  readonly key?: string | null;
  readonly sent_ms: number;
  readonly ended_ms: number;
  readonly status?: number | null;
  readonly outcome: string;
  readonly cause?: string | null;
  readonly cost: number | null;
}

export interface Bodies {
  readonly request?: string;
  readonly forwarded?: string;
  readonly answer?: string;
}

export interface CallDetail extends CallLine {
  readonly tries: readonly Try[];
  readonly bodies: Bodies | null;
}

/** What may be spent. */
export interface Amount {
  readonly usd: number;
  readonly period: string;
  readonly mode?: string;
  readonly unpriced?: string;
  readonly time_zone?: string;
}

export interface Budget extends Amount {
  readonly id: string;
  readonly source: string;
  readonly scope: { readonly kind: string; readonly name?: string };
  readonly spent: number | null;
  readonly share: number | null;
  readonly renews_at: string | null;
}

export interface Key {
  readonly id: string;
  readonly name: string;
  readonly source: "runtime" | "file";
  readonly state: string;
  readonly models: readonly string[] | null;
  readonly limits: Readonly<Record<string, number>>;
  readonly expires: string | null;
  readonly team: string | null;
  readonly owner: string | null;
  readonly tags?: Readonly<Record<string, string>>;
  readonly budget: Amount | null;
  readonly disabled?: boolean;
  readonly created_at: string | null;
  readonly previous_until: string | null;
}

/** A key's text is shown this once. */
export interface NewKey extends Key {
  readonly key: string;
}

export interface Team {
  readonly id: string;
  readonly name: string;
  readonly description?: string | null;
  readonly budget: Amount | null;
  readonly keys?: number;
}

interface Failure {
  readonly at: string;
  readonly code: string;
}

export interface ProviderState {
  readonly name: string;
  readonly address: string;
  readonly is_default?: boolean;
  readonly formats: Readonly<Record<string, readonly string[]>>;
  readonly state: "ok" | "failing" | "unknown";
  readonly last_failure: Failure | null;
  readonly model_list_failure: Failure | null;
  readonly keys: readonly {
    readonly name: string;
    readonly state: string;
    readonly reason?: string;
    readonly retry_after_seconds?: number;
  }[];
  readonly cooling: readonly {
    readonly target: string;
    readonly reason: string;
    readonly retry_after_seconds: number;
  }[];
  readonly paced: readonly {
    readonly target: string;
    readonly waiting: number;
    readonly requests_left: number | null;
    readonly tokens_left: number | null;
  }[];
  readonly recent: Recent;
}

export interface Finding {
  readonly kind: "ok" | "note" | "problem";
  readonly text: string;
}

/** Dollars for a million of something, or more from some size of the prompt on. */
export type Rate = number | { readonly base: number };

export interface Model {
  readonly id: string;
  readonly provider: string;
  readonly model: string;
  readonly facts: Readonly<Record<string, number | boolean | null>> | null;
  /** By unit, such as `input_mtok`. */
  readonly prices: Readonly<Record<string, Rate>> | null;
}

export interface Alias {
  readonly name: string;
  readonly targets: readonly { readonly name: string; readonly weight?: number }[];
}

export interface Models extends Page<Model> {
  readonly aliases: readonly Alias[];
  readonly warnings: readonly string[];
}

export interface Reload {
  readonly at: string;
  readonly ok: boolean;
  readonly changed: readonly string[];
  readonly problems: readonly Problem[] | string | null;
  readonly by: string;
}

export interface Configuration {
  readonly path: string | null;
  readonly options: readonly {
    readonly name: string;
    readonly value: unknown;
    readonly origin: string | null;
  }[];
  readonly warnings: readonly string[];
  readonly restart_needed: readonly string[];
  readonly reloads: readonly Reload[];
}

export interface Problem {
  readonly place: string;
  readonly message: string;
}

export interface Check {
  readonly ok: boolean;
  readonly problems: readonly Problem[];
  readonly changed: readonly string[];
  readonly restart_needed: readonly string[];
}

export interface AuditEntry {
  readonly at: string;
  readonly who: string;
  readonly action: string;
  readonly target: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** What the playground calls with. */
export interface PlaygroundToken {
  readonly token: string;
  readonly principal: string;
  readonly expires_at: string;
}
