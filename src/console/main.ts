/** The console: a page that shows every call, built into one file that asks nobody but Weir. */

import { render } from "preact";
import { html } from "./parts/html.ts";
import { App } from "./shell/app.ts";

const root = document.getElementById("root");
if (root !== null) render(html`<${App} />`, root);
