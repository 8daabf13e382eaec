/** Line drawings of 16 by 16, in the colour of the text beside them. */

import { html, type View } from "../parts/html.ts";

const PATHS: Readonly<Record<string, string>> = {
  now: "M1 8h3l2-5 4 10 2-5h3",
  calls: "M2 4h12M2 8h12M2 12h8",
  usage: "M3 14V8m5 6V2m5 12V6",
  keys: "M9 7a3.5 3.5 0 1 0-2 2l1 1h2v2h2v2h2v-2.5z",
  providers: "M4 12a3 3 0 0 1 0-6 4 4 0 0 1 7.7 1A2.6 2.6 0 0 1 12 12z",
  playground: "M4 2.5 13 8l-9 5.5z",
  connect: "M6 10l4-4M7 4l1-1a3.5 3.5 0 0 1 5 5l-1 1M9 12l-1 1a3.5 3.5 0 0 1-5-5l1-1",
  configuration: "M2 5h6m4 0h2M2 11h2m4 0h6M10 3v4M6 9v4",
};

export function Icon({ name }: { name: string }): View {
  return html`
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d=${PATHS[name]} />
    </svg>
  `;
}

/** Water that runs over a weir. */
export function Logo(): View {
  return html`
    <svg class="logo" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M2 8h8c4 0 3 8 7 8h5M2 12.500h6c4 0 3 7.500 7 7.500h7M2 3.500h10c4 0 3 8 7 8h3" />
    </svg>
  `;
}
