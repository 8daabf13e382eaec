/** Markup as tagged templates: every text between tags becomes a text node, and never markup. */

import type { VNode } from "preact";

export { html } from "htm/preact";

/** What a component shows. */
export type View = VNode | readonly VNode[] | null;
