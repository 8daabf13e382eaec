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
  "completions",
  "completions_stream",
  "responses_socket",
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
  "responses",
  "responses, chat",
  "text",
  "text, chat",
] as const;
export type Targets = (typeof TARGETS)[number];
export type FormatName =
  | "chat"
  | "messages"
  | "responses"
  | "gemini"
  | "ollama"
  | "converse"
  | "text";

/** Faults of the connection itself: upstreams of their own that no answer comes from. */
export const UNREACHABLE = ["refused", "dns_failure", "tls_failure", "connect_stall"] as const;

/** A fault of Weir's own. */
export const RESTART = "proxy_restart";

export function isUnreachable(fault: string): boolean {
  return (UNREACHABLE as readonly string[]).includes(fault);
}

export const FAULTS: readonly string[] = [...UNREACHABLE, ...Object.keys(FAULT_SCRIPTS)];

/** Those of connections, and those that it has words of its own for. */
const FAULTS_OF_CONVERSE =
  /^(none|(rst|fin|half_close|stall|client_gone)_(at_headers|before_content|after_content)|rst_after_finish|malformed_event|error_(body|first|after_preamble|after_content|after_finish)|html_body|empty_body|no_done|duplicate_finish|status_(400|401|403|404|429|429_retry_after|429_once|503|503_once))$/;

/** What bare text can say: it has no events, and so no error within it. */
const FAULTS_OF_TEXT =
  /^(none|slow_drip|(rst|fin|half_close|stall|client_gone)_(at_headers|before_content|after_content)|end_after_content|(rst|silence|text)_after_finish|text_after_finish_rst|duplicate_finish|oversized_event|wrong_content_type|error_body|html_body|empty_body|gzip_mislabelled|length_too_(long|short)|status_\w+|\w+_(400|403|422|429|500)|finish_unknown(_end|_rst)?|chunked_twice|slow_client)$/;

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

/** They ask an Ollama in OpenAI's words, which it has as well. */
const CLIENTS_OF_CHATS: readonly SurfaceName[] = ["json", "sse", "inference_stream", "websocket"];

/** The format in which the failing target is asked. */
export function askedFormat({ targets, surface }: PlannedCell): FormatName {
  const format = failingFormat(targets);
  return format === "ollama" && CLIENTS_OF_CHATS.includes(surface) ? "chat" : format;
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
  return surface === "responses" || surface === "responses_stream" ||
    surface === "responses_socket";
}

export function isSocket(surface: SurfaceName): boolean {
  return surface === "websocket" || surface === "responses_socket";
}

export function isCompletionsSurface(surface: SurfaceName): boolean {
  return surface === "completions" || surface === "completions_stream";
}

export function isOllamaSurface(surface: SurfaceName): boolean {
  return surface === "ollama" || surface === "ollama_stream";
}

export function isGeminiSurface(surface: SurfaceName): boolean {
  return surface === "gemini" || surface === "gemini_stream";
}

const WHOLE: readonly SurfaceName[] = [
  "json",
  "messages",
  "responses",
  "gemini",
  "passthrough",
  "ollama",
  "completions",
];

/** Whether its clients are answered piece by piece. */
export function isStream(surface: SurfaceName): boolean {
  return !WHOLE.includes(surface);
}

/** Names for several surfaces. */
export const SURFACE_GROUPS: Readonly<Record<string, readonly SurfaceName[]>> = {
  all: SURFACES.filter((surface) => !isHanded(surface)),
  whole: SURFACES.filter((surface) => !isStream(surface) && !isHanded(surface)),
  streamed: SURFACES.filter((surface) => isStream(surface) && !isHanded(surface)),
  handed: SURFACES.filter(isHanded),
};

/** All there are: whatever can be said in the format of the target that fails. */
export function planOf(faults: readonly string[]): readonly PlannedCell[] {
  return faults.flatMap((fault) =>
    TARGETS.filter((targets) => canFail(fault, targets)).flatMap((targets) =>
      SURFACES.filter((surface) => isPlayed(fault, targets, surface))
        .map((surface) => ({ fault, targets, surface }))
    )
  );
}

/** Completions are never translated, and faults of chats alone are none of theirs. */
function isPlayed(fault: string, targets: Targets, surface: SurfaceName): boolean {
  if (isHanded(surface)) return isOfOneFormat(targets);
  if (!isCompletionsSurface(surface)) return true;
  const isChat = isOfOneFormat(targets) && failingFormat(targets) === "chat";
  return isChat && FAULT_SCRIPTS[fault]?.onlyIn === undefined;
}

function canFail(fault: string, targets: Targets): boolean {
  if (failingFormat(targets) === "converse") {
    return FAULTS_OF_CONVERSE.test(fault) || isUnreachable(fault);
  }
  if (failingFormat(targets) === "text") return FAULTS_OF_TEXT.test(fault) || isUnreachable(fault);
  const { onlyIn = failingFormat(targets), isOfEvents } = FAULT_SCRIPTS[fault] ?? {};
  if (isOfEvents === true && failingFormat(targets) === "ollama") return false;
  // There is one address of Anthropic's API, and nobody is there.
  const isDeadTwice = targets === "messages, messages" && isUnreachable(fault);
  return onlyIn === failingFormat(targets) && !isDeadTwice;
}

/**
 * Of each fault one call for each format of a failing target, and one for each pair of a surface and targets that these
 * leave out; in turn, so that all are played. Faults of connections know no formats, and are played in one.
 */
export function shortPlanOf(faults: readonly string[]): readonly PlannedCell[] {
  const all = planOf(faults).filter(({ fault, targets }) =>
    failingFormat(targets) === "chat" || !isUnreachable(fault)
  );
  const ofFault = Map.groupBy(all, ({ fault }) => fault);
  const played = faults.flatMap((fault, turn) =>
    inTurn(
      ofFault.get(fault) ?? [],
      ({ targets }) => failingFormat(targets),
      (group) => (turn + group) * STRIDE,
    )
  );
  const pairOf = ({ surface, targets }: PlannedCell): string => `${surface} ${targets}`;
  const pairs = new Set(played.map(pairOf));
  const others = all.filter((cell) => !pairs.has(pairOf(cell)));
  return [...played, ...inTurn(others, pairOf, (group) => group * STRIDE)];
}

/** Prime to the numbers of surfaces, so that neighbouring faults meet other ones. */
const STRIDE = 7;

/** One call for each pair of a surface and a first target's format, but for those that end as others do. */
export function restartPlan(): readonly PlannedCell[] {
  return inTurn(
    planOf([RESTART]).filter(({ targets, surface }) =>
      !isOllamaSurface(surface) && ["chat", "messages"].includes(failingFormat(targets))
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
