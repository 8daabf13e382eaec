/** Which calls there are in the fault matrix, and which of them are played where time is short. */

import { FAULT_SCRIPTS } from "./fault_scripts.ts";

/** How a call comes in; what is handed through is not interpreted. */
export const SURFACES = [
  "json",
  "sse",
  "inference_stream",
  "websocket",
  "messages",
  "messages_stream",
  "responses",
  "responses_stream",
  "gemini",
  "gemini_stream",
  "passthrough",
  "passthrough_sse",
  "ollama",
  "ollama_stream",
] as const;
export type SurfaceName = (typeof SURFACES)[number];

/** The formats of the targets of the model that is asked for, of which the second is healthy. */
export const TARGETS = [
  "chat",
  "chat, chat",
  "chat, messages",
  "messages",
  "messages, messages",
  "messages, chat",
  "gemini",
  "gemini, chat",
  "converse",
  "converse, chat",
  "ollama",
  "ollama, chat",
] as const;
export type Targets = (typeof TARGETS)[number];
export type FormatName = "chat" | "messages" | "gemini" | "converse" | "ollama";

/** Faults of the connection itself: upstreams of their own that no answer comes from. */
export const UNREACHABLE = ["refused", "dns_failure", "tls_failure", "connect_stall"] as const;

/** A fault of Weir's own. */
export const RESTART = "proxy_restart";

export const FAULTS: readonly string[] = [...UNREACHABLE, ...Object.keys(FAULT_SCRIPTS)];

/** Those of connections, and those that it has words of its own for. */
const FAULTS_OF_CONVERSE =
  /^(none|(rst|fin|half_close|stall|client_gone)_(at_headers|before_content|after_content)|rst_after_finish|malformed_event|error_(body|first|after_preamble|after_content|after_finish)|html_body|empty_body|no_done|duplicate_finish|status_(400|401|403|404|429|429_retry_after|429_once|503|503_once))$/;

export interface PlannedCell {
  readonly fault: string;
  readonly targets: Targets;
  readonly surface: SurfaceName;
}

/** Of the target that fails. */
export function failingFormat(targets: Targets): FormatName {
  const [first] = targets.split(", ") as FormatName[];
  return first ?? "chat";
}

/** What is handed through is in the words of one API; those of Google, Bedrock and Ollama have nothing of the kind. */
function isOfOneFormat(targets: Targets): boolean {
  const isHandable = failingFormat(targets) === "chat" || failingFormat(targets) === "messages";
  return new Set(targets.split(", ")).size === 1 && isHandable;
}

export function isHanded(surface: SurfaceName): boolean {
  return surface === "passthrough" || surface === "passthrough_sse";
}

export function isMessagesSurface(surface: SurfaceName): boolean {
  return surface === "messages" || surface === "messages_stream";
}

export function isResponsesSurface(surface: SurfaceName): boolean {
  return surface === "responses" || surface === "responses_stream";
}

export function isOllamaSurface(surface: SurfaceName): boolean {
  return surface === "ollama" || surface === "ollama_stream";
}

export function isGeminiSurface(surface: SurfaceName): boolean {
  return surface === "gemini" || surface === "gemini_stream";
}

/** Whose words its clients speak. */
function apiOf(surface: SurfaceName): string {
  if (isOllamaSurface(surface)) return "ollama";
  if (isMessagesSurface(surface)) return "messages";
  if (isGeminiSurface(surface)) return "gemini";
  return isResponsesSurface(surface) ? "responses" : "chat";
}

const WHOLE: readonly SurfaceName[] = [
  "json",
  "messages",
  "responses",
  "gemini",
  "passthrough",
  "ollama",
];

/** Whether its clients are answered piece by piece. */
export function isStream(surface: SurfaceName): boolean {
  return !WHOLE.includes(surface);
}

/** All there are: whatever can be said in the format of the target that fails. */
export function planOf(faults: readonly string[]): readonly PlannedCell[] {
  return faults.flatMap((fault) =>
    TARGETS.filter((targets) => canFail(fault, targets)).flatMap((targets) =>
      SURFACES.filter((surface) => isPlayed(targets, surface))
        .map((surface) => ({ fault, targets, surface }))
    )
  );
}

/** What comes from Bedrock is events like any other's, and what clients of Gemini and Ollama make of these is played. */
function isPlayed(targets: Targets, surface: SurfaceName): boolean {
  if (isHanded(surface)) return isOfOneFormat(targets);
  return failingFormat(targets) !== "converse" ||
    !(isGeminiSurface(surface) || isOllamaSurface(surface));
}

function canFail(fault: string, targets: Targets): boolean {
  if (failingFormat(targets) === "converse") return FAULTS_OF_CONVERSE.test(fault);
  const { onlyIn = failingFormat(targets), isOfEvents } = FAULT_SCRIPTS[fault] ?? {};
  if (isOfEvents === true && failingFormat(targets) === "ollama") return false;
  // There is one address of Anthropic's API, and nobody is there.
  const isDeadTwice = targets === "messages, messages" &&
    (UNREACHABLE as readonly string[]).includes(fault);
  return onlyIn === failingFormat(targets) && !isDeadTwice;
}

/**
 * Of each fault one call for each pair of a client's format and the failing target's; in turn, so that all are
 * played. Of those of Ollama, whose streams differ in their frames alone, one by its clients and one by others.
 */
export function shortPlanOf(faults: readonly string[]): readonly PlannedCell[] {
  return faults.flatMap((fault, turn) =>
    inTurn(
      planOf([fault]),
      ({ targets, surface }) => {
        const [api, format] = [apiOf(surface), failingFormat(targets)];
        if (api === "ollama") return api;
        const isForOthers = format === "ollama" || format === "gemini" && api !== "gemini";
        return isForOthers ? `${format} for others` : `${api} ${format}`;
      },
      () => turn,
    )
  );
}

/** One call for each pair of a surface and a first target's format, but for those that end as others do. */
export function restartPlan(): readonly PlannedCell[] {
  return inTurn(
    planOf([RESTART]).filter(({ targets, surface }) =>
      !isOllamaSurface(surface) && !["gemini", "ollama"].includes(failingFormat(targets))
    ),
    ({ targets, surface }) => `${surface} ${failingFormat(targets)}`,
    (group) => group,
  );
}

/** One cell of each group. */
function inTurn(
  cells: readonly PlannedCell[],
  groupOf: (cell: PlannedCell) => string,
  turnOf: (group: number) => number,
): readonly PlannedCell[] {
  const groups = [...Map.groupBy(cells, groupOf).values()];
  return groups.flatMap((group, index) => group[turnOf(index) % group.length] ?? []);
}
