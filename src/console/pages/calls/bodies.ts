/** What was said: the request as it was sent and as it was forwarded, and the answer as it came. */

import { useEffect, useState } from "preact/hooks";
import type { CallDetail } from "../../api/answers.ts";
import { html, type View } from "../../parts/html.ts";
import { CodeBlock } from "../../parts/controls.ts";
import { Note, Section } from "../../parts/text.ts";

/** A long answer would hold the page. */
const MAX_SHOWN = 200_000;

export function Bodies({ call }: { call: CallDetail }): View {
  const { bodies } = call;
  if (bodies === null) {
    return html`<${Note}>No bodies were kept of this call. KEEP_BODIES says of which they are.<//>`;
  }
  const { request, forwarded, answer } = bodies;
  return html`
    <div class="columns">
      ${request !== undefined && html`
        <${Section} title="Request as sent">
          <${CodeBlock} text=${readable(request)} label="Request as sent" />
          <//>
      `}
      ${forwarded !== undefined && html`
        <${Section} title="Request as forwarded">
          <${CodeBlock} text=${readable(forwarded)} label="Request as forwarded" />
          <//>
      `}
    </div>
    ${answer !== undefined && html`<${Answer} call=${call} text=${answer} />`}
  `;
}

/** JSON with its lines, anything else as it is. */
function readable(text: string): string {
  try {
    return shown(JSON.stringify(JSON.parse(text), null, 2));
  } catch {
    return shown(text);
  }
}

function shown(text: string): string {
  if (text.length <= MAX_SHOWN) return text;
  return `${text.slice(0, MAX_SHOWN)}\n… ${text.length - MAX_SHOWN} more characters`;
}

function Answer({ call, text }: { call: CallDetail; text: string }): View {
  const events = text.split(/\r?\n\r?\n/).filter((event) => event !== "");
  // How many events have come so far; all, unless it is played.
  const [played, setPlayed] = useState<number>();
  useEffect(() => {
    if (played === undefined) return;
    if (played >= events.length) return setPlayed(undefined);
    const timer = setTimeout(() => setPlayed(played + 1), paceMs(call, events.length, played));
    return () => clearTimeout(timer);
  }, [played]);
  const isPlaying = played !== undefined;
  const seen = isPlaying ? events.slice(0, played).join("\n\n") : text;
  const replay = html`<button type="button" onClick=${() => setPlayed(isPlaying ? undefined : 0)}>${
    isPlaying ? "Show all" : "Replay the stream"
  }</button>`;
  return html`
    <${Section} title="Answer" actions=${call.stream && replay}>
      <${CodeBlock} text=${call.stream ? shown(seen) : readable(seen)} label="Answer" />
      <//>
  `;
}

/** The first token after as long as it took, and the rest evenly over the rest of the time. */
function paceMs(
  { first_token_ms = 0, duration_ms = 0 }: CallDetail,
  events: number,
  played: number,
): number {
  return played === 0 ? first_token_ms : (duration_ms - first_token_ms) / Math.max(1, events - 1);
}
